"""Reference data kept in a process's memory, read anew when its edition changes.

A request or a job asks once per edition and is then answered from one and the same state of the data.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Generic, TypeVar
from uuid import UUID

from yicun.base.models import Edition
from yicun.kernel.ids import uuid7

Value = TypeVar("Value")

_pinned: ContextVar[dict[str, Any] | None] = ContextVar("editions", default=None)


class Shelf(Generic[Value]):
    """One set of reference data under its edition's name; `load` reads it all."""

    def __init__(self, name: str, load: Callable[[], Value]) -> None:
        self.name = name
        self._load = load
        self._kept: tuple[UUID | None, Value] | None = None

    def get(self) -> Value:
        pinned = _pinned.get()
        if pinned is not None and self.name in pinned:
            value: Value = pinned[self.name]
            return value
        stamp = Edition.objects.filter(pk=self.name).values_list("stamp", flat=True).first()
        if self._kept is None or self._kept[0] != stamp or stamp is None:
            self._kept = (stamp, self._load())
        if pinned is not None:
            pinned[self.name] = self._kept[1]
        return self._kept[1]


@contextmanager
def one_edition() -> Iterator[None]:
    """Within it every shelf is compared once and then answers from memory; inside another one it adds nothing."""
    if _pinned.get() is not None:
        yield
        return
    token = _pinned.set({})
    try:
        yield
    finally:
        _pinned.reset(token)


def renew(name: str) -> None:
    """Called by whoever changes the data, in the same transaction."""
    Edition.objects.update_or_create(pk=name, defaults={"stamp": uuid7()})
    pinned = _pinned.get()
    if pinned is not None:
        pinned.pop(name, None)
