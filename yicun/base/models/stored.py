from django.db import models


class StoredFile(models.Model):
    """A file of the content-addressed store; who may read it is decided by the record it hangs on."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    mime = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256
