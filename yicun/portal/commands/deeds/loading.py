"""`yicun load`: territory and the tables of matters, from the package or from a county's own folder."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from yicun.base.tenancy import scoped
from yicun.kernel.actor import Actor, system_actor
from yicun.matters import services as matters
from yicun.orglife import services as orglife
from yicun.portal.commands import terms
from yicun.portal.commands.deeds.acting import ordered
from yicun.territory import queries as territory_queries
from yicun.territory import services as territory
from yicun.territory.services.reference import REFERENCE_FILES

# Before a county is loaded nobody knows its range; reference data has none.
NOWHERE = (1, 0)


def load_all(*, folder: Path | None = None, ordered_by: str | None = None) -> dict[str, int]:
    """How many rows of each table were new; files that a folder of the county's own lacks are left alone.

    Deadlines are counted anew each time: what a broken-off run left undone, the next one does.
    """
    now = timezone.now()
    label = terms.COMMAND_LINE if ordered_by is None else ordered(ordered_by, now).label
    actor = system_actor(label, *NOWHERE)
    with scoped(actor):
        loaded = load_into(actor=actor, now=now, folder=folder)
        if not territory_queries.current().areas:
            return {**loaded, "recounted": 0}
        actor = system_actor(label, *territory_queries.area(territory_queries.home_county()).range)
    with scoped(actor):
        return {**loaded, "recounted": matters.recount(actor=actor, now=now)}


def load_into(*, actor: Actor, now: datetime, folder: Path | None = None) -> dict[str, int]:
    if folder is None:
        loaded = asdict(territory.load_reference(folder=territory.PACKAGED, actor=actor, now=now))
        systems = orglife.load_systems(actor=actor, now=now)
        return {**loaded, "matters": matters.load_reference(actor=actor, now=now), "systems": systems}
    whole = all((folder / name).exists() for name in REFERENCE_FILES)
    none = {"areas": 0, "units": 0, "jurisdictions": 0, "market_days": 0}
    loaded = asdict(territory.load_reference(folder=folder, actor=actor, now=now)) if whole else none
    systems = orglife.load_systems(actor=actor, now=now, folder=folder)
    counted = matters.load_reference(actor=actor, now=now, folder=folder)
    return {**loaded, "matters": counted, "systems": systems}
