"""In whose name a command acts."""

from dataclasses import replace
from datetime import datetime

from yicun.base.models import Account
from yicun.base.pages import today
from yicun.force import queries as force
from yicun.kernel.actor import Actor, system_actor
from yicun.kernel.refusals import Refused
from yicun.portal.commands import terms
from yicun.territory import queries as territory


def ordered(username: str | None, now: datetime) -> Actor:
    """The product itself, which the member named by `--as` has told to: the trail keeps who that was."""
    system = acting(None, now)
    if username is None:
        return system
    return replace(system, label=terms.ORDERED.format(who=acting(username, now).label))


def acting(username: str | None, now: datetime) -> Actor:
    """The member named by `--as`, with the rights of today; else the product itself over the whole county."""
    if username is None:
        lo, hi = territory.area(territory.home_county()).range
        return system_actor(terms.COMMAND_LINE, lo, hi)
    account = Account.objects.filter(username=username, is_active=True).first()
    if account is None:
        raise Refused("command.unknown_member", username=username)
    actor = force.actor_for(account.pk, today(now))
    if not actor.posts:
        raise Refused("account.no_posting")
    return actor
