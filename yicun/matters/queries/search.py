"""Finding matters by words: exact at every page, and no slower for a common word than for a rare one.

Pairs of characters find the rows of a rare word, the words then decide. A common word is found sooner by walking the
newest rows: they fill the page before the index has listed the many thousand others. So the newest are walked first,
as far as a fixed number of the county's matters reaches, and everything is asked only when they do not fill the page.
"""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Func, Q, QuerySet, Value

from yicun.kernel.words import clean_line
from yicun.matters.models import Matter

LONGEST = 200
WALKED = 4_000


class HasPairs(Func):
    """Whether the row's pairs hold those of the words. The column is unknown to Django, its table's name is not."""

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        column: Any
        words: Any
        column, words = self.source_expressions
        table = connection.ops.quote_name(column.alias)
        return f"{table}.pairs @@ pairs_wanted(lower(%s))", [words.value]


def containing(text: str) -> Q:
    words = clean_line(text, LONGEST)
    return Q(number__icontains=words) | Q(title__icontains=words) | Q(body__icontains=words)


def matching(found: QuerySet[Matter], text: str) -> QuerySet[Matter]:
    """Rows whose number, title or text contains `text`."""
    words = clean_line(text, LONGEST)
    if len(words) < 2:
        return found.filter(containing(words))
    return found.filter(HasPairs("pk", Value(words)), containing(words))


def newest_matching(
    found: QuerySet[Matter], text: str, before: datetime | None, most: int, *, walked: int = WALKED
) -> list[Matter]:
    """The first `most` rows of `found`, which is in order from the newest down and begins at `before`."""
    since = _end_of_walk(before, walked)
    if since is not None:
        newest = list(found.filter(containing(text), recorded_at__gte=since)[:most])
        if len(newest) == most:
            return newest
    return list(matching(found, text)[:most])


def _end_of_walk(before: datetime | None, walked: int) -> datetime | None:
    """When the last of the walked matters was recorded; None in a county that has no more than these."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nth_matter_before(%s, %s)", [before, walked])
        row = cursor.fetchone()
    moment: datetime | None = row[0] if row else None
    return moment
