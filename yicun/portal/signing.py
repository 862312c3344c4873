"""The leader's queue: what every module brings to be signed, in one visible list. Each decides by its own services."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.urls import reverse

from yicun.kernel.actor import Actor
from yicun.kernel.refusals import Refused
from yicun.matters import queries as matters
from yicun.matters import services as matter_services

HOME_PANEL = "portal/parts/home_signatures.html"
SHOWN_AT_HOME = 5
MOST_TOGETHER = 20
ACTS = ("sign", "send_back", "forward", "withdraw")


class Paper(Protocol):
    """The one shape of a row, whichever module brings it."""

    @property
    def id(self) -> UUID: ...
    @property
    def version(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def kind_label(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def asked_by(self) -> str: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def is_late(self) -> bool: ...
    @property
    def decided_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Source:
    """A module that brings papers. `subject`: the attribute of a paper that names the record it is about."""

    waiting: Callable[[Actor, datetime], Sequence[Paper]]
    returned: Callable[[Actor, datetime], Sequence[Paper]]
    signed: Callable[[Actor, datetime], Sequence[Paper]]
    asked: Callable[[Actor, datetime], Sequence[Paper]]
    one: Callable[[UUID, Actor, datetime], Paper]
    signers: Callable[[UUID, Actor, datetime], list[tuple[UUID, str]]]
    deeds: Mapping[str, Callable[..., Any]]
    subject: str
    subject_url: str
    print_url: str
    word_url: str


@dataclass(frozen=True, slots=True)
class Card:
    """A paper with its addresses."""

    source: str
    paper: Paper
    subject_url: str
    print_url: str
    word_url: str

    @property
    def kind(self) -> tuple[str, str]:
        return self.source, self.paper.kind

    @property
    def key(self) -> str:
        """What a tick sends: the paper, as it was seen."""
        return f"{self.source}:{self.paper.id}:{self.paper.version}"

    def url(self, act: str) -> str:
        return reverse("portal:decide", args=[self.source, self.paper.id, act])

    @property
    def sign_url(self) -> str:
        return self.url("sign")

    @property
    def send_back_url(self) -> str:
        return self.url("send_back")

    @property
    def forward_url(self) -> str:
        return self.url("forward")

    @property
    def withdraw_url(self) -> str:
        return self.url("withdraw")


SOURCES: Mapping[str, Source] = {
    "matters": Source(
        waiting=matters.waiting_for_signature,
        returned=matters.returned_by,
        signed=matters.signed_by,
        asked=matters.asked_by,
        one=matters.paper_for,
        signers=matters.possible_signers,
        deeds={
            "sign": matter_services.sign,
            "send_back": matter_services.send_back,
            "forward": matter_services.forward,
            "withdraw": matter_services.withdraw,
        },
        subject="matter_id",
        subject_url="matters:detail",
        print_url="matters:print_approval",
        word_url="matters:approval_word",
    ),
}


def waiting_for(actor: Actor, now: datetime) -> list[Card]:
    """The most urgent first, whichever module it comes from."""
    cards = _cards(lambda source: source.waiting, actor, now)
    return sorted(cards, key=lambda card: (card.paper.due_at is None, card.paper.due_at, card.paper.id))


def returned_by(actor: Actor, now: datetime) -> list[Card]:
    return _newest(_cards(lambda source: source.returned, actor, now))


def signed_by(actor: Actor, now: datetime) -> list[Card]:
    return _newest(_cards(lambda source: source.signed, actor, now))


def asked_by(actor: Actor, now: datetime) -> list[Card]:
    return _cards(lambda source: source.asked, actor, now)


def card_of(source: str, paper_id: UUID, actor: Actor, now: datetime) -> Card:
    return _card(source, source_of(source), source_of(source).one(paper_id, actor, now))


def home_signatures(actor: Actor, now: datetime) -> dict[str, Any]:
    """For the home page: `HOME_PANEL` draws it, and nothing where nothing waits."""
    waiting = waiting_for(actor, now)
    back = [card for card in asked_by(actor, now) if card.paper.decided_at is not None]
    return {
        "waiting": waiting[:SHOWN_AT_HOME],
        "count": len(waiting),
        "returned": back[:SHOWN_AT_HOME],
        "url": reverse("portal:signing"),
    }


def source_of(name: str) -> Source:
    if name not in SOURCES:
        raise Refused("record.not_found")
    return SOURCES[name]


def deed_of(source: str, act: str) -> Callable[..., Any]:
    """The service; an act that there is not is a page that there is not."""
    deeds = source_of(source).deeds
    if act not in deeds:
        raise Refused("record.not_found")
    return deeds[act]


def _cards(
    ask: Callable[[Source], Callable[[Actor, datetime], Sequence[Paper]]], actor: Actor, now: datetime
) -> list[Card]:
    return [
        _card(name, source, paper) for name, source in SOURCES.items() for paper in ask(source)(actor, now)
    ]


def _card(name: str, source: Source, paper: Paper) -> Card:
    return Card(
        source=name,
        paper=paper,
        subject_url=reverse(source.subject_url, args=[getattr(paper, source.subject)]),
        print_url=reverse(source.print_url, args=[paper.id]),
        word_url=reverse(source.word_url, args=[paper.id]),
    )


def _newest(cards: list[Card]) -> list[Card]:
    return sorted(
        cards, key=lambda card: (card.paper.decided_at is None, card.paper.decided_at), reverse=True
    )


def chosen_cards(keys: Sequence[str], actor: Actor, now: datetime) -> list[tuple[Card, int]]:
    """The ticked papers with the version that was seen: of one kind only, or nobody reads what he signs."""
    if not keys:
        raise Refused("approval.none_chosen")
    found = [_chosen(key, actor, now) for key in dict.fromkeys(keys[:MOST_TOGETHER])]
    if len({card.kind for card, _ in found}) > 1:
        raise Refused("approval.together_differ")
    return found


def _chosen(key: str, actor: Actor, now: datetime) -> tuple[Card, int]:
    source, _, rest = key.partition(":")
    paper_id, _, version = rest.partition(":")
    try:
        return card_of(source, UUID(paper_id), actor, now), int(version)
    except ValueError as wrong:
        raise Refused("value.malformed", text=key[:40]) from wrong
