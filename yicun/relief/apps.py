from django.apps import AppConfig


class ReliefConfig(AppConfig):
    name = "yicun.relief"
    label = "relief"
    default_auto_field = "django.db.models.BigAutoField"
