from django.db import models


class Edition(models.Model):
    """The state of one set of reference data: a new stamp with every change of it."""

    name = models.CharField(max_length=40, primary_key=True)
    stamp = models.UUIDField()

    def __str__(self) -> str:
        return self.name
