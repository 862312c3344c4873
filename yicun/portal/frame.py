"""What stands around every page. Nothing is asked of the database before a template uses it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from yicun.base import inbox
from yicun.force.terms import Role
from yicun.kernel.actor import Actor, public_actor
from yicun.portal.terms import APP_NAME, BRAND, LINKS, NAVIGATION, POSTING, SUBJECT
from yicun.territory import queries as territory

LARGE_PRINT = "large_print"
SIDE = (
    ("home", "portal:home", "layout-dashboard"),
    ("board", "matters:board", "list-details"),
    ("record", "matters:record", "edit"),
    ("tasks", "relief:tasks", "checklist"),
    ("meetings", "orglife:meetings", "users-group"),
    ("signing", "portal:signing", "gavel"),
    ("inbox", "portal:inbox", "inbox"),
    ("import", "matters:import", "file-import"),
)
BOTTOM = (
    ("home", "portal:home", "home"),
    ("todo", "matters:board", "checklist"),
    ("record", "matters:record", "plus"),
    ("inbox", "portal:inbox", "inbox"),
    ("me", "portal:me", "user"),
)
MENU = (
    ("me", "portal:me", "id-badge-2"),
    ("signing", "portal:signing", "gavel"),
    ("leave", "portal:leave", "calendar-event"),
    ("filters", "matters:filters", "filter"),
    ("outbox", "portal:outbox", "cloud-upload"),
    ("password", "account_change_password", "key"),
    ("second_factor", "mfa_index", "shield-lock"),
)

ADDRESSES = {
    "home_url": "portal:home",
    "search_url": "matters:board",
    "outbox_url": "portal:outbox",
    "complaint_url": "portal:complain",
    "large_print_url": "portal:large_print",
    "worker_url": "portal:worker",
    "sign_out_url": "account_logout",
    "public_url": "triage:desk",
}


@dataclass(frozen=True, slots=True)
class Item:
    label: str
    url: str
    icon: str
    is_current: bool = False
    count: int = 0


class Frame:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.brand, self.name, self.subject = BRAND, APP_NAME, SUBJECT

    @property
    def _actor(self) -> Actor:
        return getattr(self._request, "actor", None) or public_actor()

    @cached_property
    def unread(self) -> int:
        """One query, and only where the frame is drawn."""
        return (
            inbox.for_actor(self._actor).filter(read_at__isnull=True).count() if self._actor.account_id else 0
        )

    @property
    def items(self) -> list[Item]:
        return self._items(SIDE)

    @property
    def tabs(self) -> list[Item]:
        return self._items(BOTTOM)

    @property
    def links(self) -> list[Item]:
        here = self._request.path
        return [Item(LINKS[key], reverse(name), icon, reverse(name) == here) for key, name, icon in MENU]

    @property
    def postings(self) -> list[str]:
        names = (
            POSTING.format(unit=territory.unit_row(post.unit_id).short_name, role=Role(post.role).label)
            for post in self._actor.posts
            if post.unit_id is not None
        )
        return list(dict.fromkeys(names))

    @property
    def user_label(self) -> str:
        return self._actor.label

    @property
    def account_key(self) -> str:
        return str(self._actor.account_id or "")

    @property
    def is_large_print(self) -> bool:
        return self._request.COOKIES.get(LARGE_PRINT) == "1"

    @property
    def kept_pages(self) -> list[str]:
        """Pages that must open without a signal."""
        return [reverse("matters:record"), reverse("portal:outbox")]

    def __getattr__(self, name: str) -> str:
        """Addresses, looked up only when a template asks for them."""
        if name not in ADDRESSES:
            raise AttributeError(name)
        return reverse(ADDRESSES[name])

    def _items(self, wanted: tuple[tuple[str, str, str], ...]) -> list[Item]:
        """The page one is on is the item with the longest address that begins the path."""
        path = self._request.path
        made = [(key, reverse(name), icon) for key, name, icon in wanted]
        around = (url for _, url, _ in made if path == url or (url != "/" and path.startswith(url)))
        here = max(around, key=len, default="")
        return [
            Item(NAVIGATION[key], url, icon, url == here, self.unread if key == "inbox" else 0)
            for key, url, icon in made
        ]


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"frame": Frame(request)}
