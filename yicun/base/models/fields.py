"""Column types whose migrations stay English: the choices are checked by a named constraint and by the rules."""

from typing import Any

from django.db import models


class CodeField(models.CharField):  # type: ignore[type-arg]  # not subscriptable at run time
    """A stored code of a `TextChoices`; its Chinese labels never enter a migration."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("choices", None)
        return name, path, args, kwargs
