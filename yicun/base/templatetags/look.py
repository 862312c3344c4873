"""The look of a page in tags: icons, status, due dates, forms, tiles.

The words stand in `templates/base/parts/`; here is only what has to be worked out.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, FileInput
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yicun.base.templatetags.due_marks import Clock, ListedClock, due_mark
from yicun.kernel.clocks import SHANGHAI

register = template.Library()

TONES = ("neutral", "info", "ok", "warn", "fire")
TONE_OF_LEVEL = {"debug": "neutral", "info": "info", "success": "ok", "warning": "warn", "error": "fire"}
ICON_OF_TONE = {
    "neutral": "info-circle",
    "info": "info-circle",
    "ok": "circle-check",
    "warn": "alert-triangle",
    "fire": "ban",
}


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """Draw one icon of the sprite; it is decoration, the words beside it speak."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {extra}" if extra else "",
        static("yicun/icons.svg"),
        name,
    )


@register.simple_tag
def tag(state: Any, tone: str = "") -> SafeString:
    """Show a status as shape and words; `state` is words, or anything with a label and perhaps a tone."""
    chosen = tone or getattr(state, "tone", "neutral")
    if chosen not in TONES:
        raise template.TemplateSyntaxError(f"unknown tone {chosen!r}: one of {', '.join(TONES)}")
    return format_html('<span class="tag tag-{}">{}</span>', chosen, getattr(state, "label", state))


@register.simple_block_tag
def callout(content: SafeString, tone: str = "info") -> SafeString:
    """Set a remark apart, with the icon of its tone."""
    return format_html(
        '<div class="callout callout-{}">{}<div>{}</div></div>', tone, icon(ICON_OF_TONE[tone]), content
    )


@register.filter
def tone(level: str) -> str:
    """Turn the level of a message into a tone."""
    return TONE_OF_LEVEL.get(level, "neutral")


@register.filter
def tone_icon(name: str) -> str:
    """Name the icon of a tone."""
    return ICON_OF_TONE[name]


@register.inclusion_tag("base/parts/due.html")
def due(clock: Clock | None, now: datetime, is_plain: bool = False) -> dict[str, object]:
    """Show when something is due; unless plain, the article and the arithmetic open below it."""
    return {"clock": clock, "mark": due_mark(clock, now, is_plain=is_plain)}


@register.inclusion_tag("base/parts/due.html")
def due_at(
    at: datetime | None, now: datetime, ended_at: datetime | None = None, is_paused: bool = False
) -> dict[str, object]:
    """Show a deadline in a list, where only the moment is known."""
    clock = ListedClock(at, ended_at, is_paused)
    return {"clock": clock, "mark": due_mark(clock, now)}


@register.inclusion_tag("base/parts/moment.html")
def moment(at: datetime | None, now: datetime) -> dict[str, object]:
    """Show a point in time as people say it; the year only when it is another one."""
    local = at.astimezone(SHANGHAI) if at else None
    today = now.astimezone(SHANGHAI).date()
    return {"at": local, "days": (today - local.date()).days if local else None, "year": today.year}


@register.inclusion_tag("base/parts/steps.html")
def steps(steps: Iterable[object]) -> dict[str, object]:
    """Draw the step bar; a step has a label, a mark (done, current, ahead, returned) and perhaps a note."""
    return {"steps": list(steps)}


@register.inclusion_tag("base/parts/timeline.html")
def timeline(entries: Iterable[object], now: datetime) -> dict[str, object]:
    """Draw what happened, newest first as given; instructions stand in a red bar."""
    return {"entries": list(entries), "now": now}


@register.inclusion_tag("base/parts/photos.html")
def photos(items: Iterable[object]) -> dict[str, object]:
    """Draw a strip of photos with thumb_url, url, label and note."""
    return {"items": list(items)}


@register.inclusion_tag("base/parts/field.html")
def field(bound: BoundField) -> dict[str, object]:
    """Draw one form field with label, help, errors and the right kind of target."""
    widget = bound.field.widget
    kind = (
        "file" if isinstance(widget, FileInput) else "tick" if isinstance(widget, CheckboxInput) else "plain"
    )
    return {"field": bound, "kind": kind, "accepts_images": "image" in str(widget.attrs.get("accept", ""))}


@register.inclusion_tag("base/parts/form.html")
def fields(form: BaseForm) -> dict[str, object]:
    """Draw every field of a form, with the errors of the whole on top."""
    return {"form": form}


@register.inclusion_tag("base/parts/tile.html")
def tile(
    label: str, value: object, url: str = "", note: str = "", tone: str = "neutral"
) -> dict[str, object]:
    """Draw a figure that opens the list behind it."""
    return {"label": label, "value": value, "url": url, "note": note, "tone": tone}


@register.inclusion_tag("base/parts/tabs.html")
def tabs(items: Iterable[object], title: str) -> dict[str, object]:
    """Draw links as tabs; each has url, label, count (or None) and is_current."""
    return {"items": list(items), "title": title}


@register.inclusion_tag("base/parts/pager.html")
def pager(shown: int, next_url: str = "", first_url: str = "", total: int | None = None) -> dict[str, object]:
    """Draw the pager of a list read by cursor: onwards, or back to its beginning."""
    return {"shown": shown, "next_url": next_url, "first_url": first_url, "total": total}


@register.inclusion_tag("base/parts/nothing.html")
def nothing(
    title: str, hint: str = "", url: str = "", label: str = "", icon: str = "inbox"
) -> dict[str, object]:
    """Say that a list is empty and what to do next."""
    return {"title": title, "hint": hint, "url": url, "label": label, "icon": icon}


@register.inclusion_tag("base/parts/definitions.html")
def definitions(pairs: Mapping[str, object] | Sequence[tuple[str, object]]) -> dict[str, object]:
    """Draw terms and their values."""
    return {"pairs": list(pairs.items()) if isinstance(pairs, Mapping) else list(pairs)}
