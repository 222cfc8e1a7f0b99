from django.apps import AppConfig


class CaringConfig(AppConfig):
    name = "caring"
    default_auto_field = "django.db.models.BigAutoField"
