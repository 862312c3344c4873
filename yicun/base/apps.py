from django.apps import AppConfig

from yicun.base import terms


class BaseConfig(AppConfig):
    """Naming the terms here makes every refusal of the plumbing known before the first request."""

    name = "yicun.base"
    label = "base"
    default_auto_field = "django.db.models.BigAutoField"
    refusals = terms.REFUSALS
