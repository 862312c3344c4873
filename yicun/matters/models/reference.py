"""Reference data: versioned rows with an effective date and a source. Superseded, never edited."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from yicun.base.models.fields import CodeField
from yicun.kernel.ids import uuid7
from yicun.matters.terms import DayKind


class Versioned(models.Model):
    """In force from `starts_on` until the day before `ends_on`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    source = models.CharField(max_length=200)

    class Meta:
        abstract = True


class TimeLimit(Versioned):
    """Blank kind, urgency and channel: any. `article` is what a red mark on the screen shows."""

    clock = CodeField()
    kind = CodeField(blank=True)
    urgency = CodeField(blank=True)
    channel = CodeField(blank=True)
    unit = CodeField()
    amount = models.PositiveSmallIntegerField()
    pauses = ArrayField(models.CharField(max_length=40), default=list)
    extension_most = models.PositiveSmallIntegerField(default=0)
    article = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "kind", "urgency", "channel", "starts_on"], name="time_limit_once"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="time_limit_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.amount} {self.unit}"


class Supervision(Versioned):
    """A rung of the ladder: `level` is reached `hours` after the deadline; a negative number means before it."""

    level = CodeField()
    height = models.PositiveSmallIntegerField()
    hours = models.SmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "starts_on"], name="supervision_once")]

    def __str__(self) -> str:
        return str(self.level)


class Category(Versioned):
    """A code of a classification: `dispute` is GB/T 31000-2015, `incident` the classes of police calls."""

    scheme = CodeField()
    code = models.CharField(max_length=10)
    label = models.CharField(max_length=80)
    parent = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "code", "starts_on"], name="category_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class CalendarDay(Versioned):
    """A day of a year's arrangement of holidays, as its notice says. `year`: whose arrangement it is part of."""

    year = models.PositiveSmallIntegerField()
    day = models.DateField()
    kind = CodeField(choices=DayKind.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "day", "starts_on"], name="calendar_day_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=DayKind.values), name="calendar_day_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"


class RoutingWord(Versioned):
    word = models.CharField(max_length=20)
    partner_kind = CodeField()
    weight = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["word", "partner_kind", "starts_on"], name="routing_word_once")
        ]

    def __str__(self) -> str:
        return self.word


class ColumnMapping(models.Model):
    """Which header of somebody's file is which field of a matter; remembered under a name."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=60, unique=True)
    columns = models.JSONField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name
