from django.apps import AppConfig


class LibConfig(AppConfig):
    """No models: an app only so that its template tags are found."""

    name = "crm.lib"
    label = "lib"
