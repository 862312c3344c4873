from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "yicun.triage"
    label = "triage"
    default_auto_field = "django.db.models.BigAutoField"
