"""What waits for a person, module by module: a plain list, so that one page says everything."""

from datetime import datetime

from yicun.kernel.actor import Actor
from yicun.matters import queries as matters
from yicun.matters.queries.rows import MatterRow


def todo_for(actor: Actor, now: datetime) -> list[MatterRow]:
    return matters.rows_of(matters.todo_for(actor, now), now)


def decisions_for(actor: Actor, now: datetime) -> list[MatterRow]:
    """What only this person's word can move on."""
    return matters.rows_of(matters.waiting_for_decision(actor), now)
