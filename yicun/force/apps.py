from django.apps import AppConfig


class ForceConfig(AppConfig):
    name = "yicun.force"
    label = "force"
    default_auto_field = "django.db.models.BigAutoField"
