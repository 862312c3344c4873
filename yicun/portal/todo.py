"""What waits for a person, module by module: a plain list, so that one page says everything."""

from datetime import datetime

from yicun.kernel.actor import Actor
from yicun.matters import queries as matters
from yicun.matters.queries.rows import MatterRow
from yicun.orglife import queries as orglife
from yicun.orglife.queries.systems import SystemRow
from yicun.relief import queries as relief
from yicun.relief.queries import DemandRow


def todo_for(actor: Actor, now: datetime) -> list[MatterRow]:
    return matters.rows_of(matters.todo_for(actor, now), now)


def demands_for(actor: Actor, now: datetime) -> list[DemandRow]:
    """What somebody asked of this person's unit, by what authority, and is still owed."""
    return relief.owed_by(actor, now)


def gate_for(actor: Actor, now: datetime) -> list[DemandRow]:
    """What somebody wants to ask of the stations and this person has to let in or send back."""
    return relief.at_gate(actor, now)


def meetings_for(actor: Actor, now: datetime) -> list[SystemRow]:
    """Meetings that the working systems ask of this person's unit now."""
    return orglife.todo_for(actor, now)
