from django.apps import AppConfig


class OrglifeConfig(AppConfig):
    name = "yicun.orglife"
    label = "orglife"
    default_auto_field = "django.db.models.BigAutoField"
