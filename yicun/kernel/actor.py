"""Who is acting: built once per request, handed to every service and query."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from yicun.kernel.words import PUBLIC_LABEL


class ActorKind(StrEnum):
    MEMBER = "member"
    SERVICE = "service"
    PUBLIC = "public"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Post:
    """One posting: what role, for which unit (None: for none), over which ranges of area codes, inclusive."""

    role: str
    unit_id: int | None
    ranges: tuple[tuple[int, int], ...]

    def covers(self, area_code: int) -> bool:
        return any(lo <= area_code <= hi for lo, hi in self.ranges)


@dataclass(frozen=True, slots=True)
class Actor:
    """The first post is the main one. `codes`: area codes that other posts cover outside the widest range."""

    kind: ActorKind
    label: str
    account_id: UUID | None = None
    member_id: UUID | None = None
    posts: tuple[Post, ...] = ()
    codes: tuple[int, ...] = ()

    @property
    def unit_id(self) -> int | None:
        return next(iter(self.unit_ids), None)

    @property
    def unit_ids(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(post.unit_id for post in self.posts if post.unit_id is not None))

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(post.role for post in self.posts)

    def roles_for(self, area_code: int, unit_ids: Collection[int] = ()) -> frozenset[str]:
        """Roles held towards a thing in this area or in the hands of one of these units."""
        return frozenset(
            post.role for post in self.posts if post.unit_id in unit_ids or post.covers(area_code)
        )

    @property
    def widest(self) -> tuple[int, int] | None:
        ranges = (between for post in self.posts for between in post.ranges)
        return max(ranges, key=lambda between: between[1] - between[0], default=None)


def system_actor(label: str, lo: int, hi: int) -> Actor:
    """The product itself, over a whole county: sweeps, imports, replays."""
    return Actor(ActorKind.SYSTEM, label, posts=(Post("system", None, ((lo, hi),)),))


def service_actor(label: str, lo: int, hi: int) -> Actor:
    """Another system that calls with a token of its own."""
    return Actor(ActorKind.SERVICE, label, posts=(Post("service", None, ((lo, hi),)),))


def public_actor() -> Actor:
    """Somebody at the public desk: no account, sees nothing, may report."""
    return Actor(ActorKind.PUBLIC, PUBLIC_LABEL, posts=(Post("public", None, ()),))


def public_reporter(lo: int, hi: int) -> Actor:
    """Somebody at the public desk while it acts for him: over the county to store or find his report by its code."""
    return Actor(ActorKind.PUBLIC, PUBLIC_LABEL, posts=(Post("public", None, ((lo, hi),)),))
