"""One run of the demo county's stories: the clock they are told by, and who acts in them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from yicun.base import tenancy
from yicun.base.pages import today
from yicun.force import queries as force
from yicun.kernel.actor import Actor
from yicun.matters.models import Matter


@dataclass
class Telling:
    """One run: who is who, and the matters told so far by their key."""

    now: datetime
    accounts: dict[str, UUID]
    told: dict[str, Matter] = field(default_factory=dict)
    actors: dict[tuple[str, date], Actor] = field(default_factory=dict)

    def actor(self, username: str, at: datetime) -> Actor:
        """As of that day; the transaction sees what that person sees."""
        key = username, today(at)
        if key not in self.actors:
            self.actors[key] = force.actor_for(self.accounts[username], key[1])
        tenancy.set_scope(self.actors[key])
        return self.actors[key]
