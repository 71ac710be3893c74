from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "amiable.ui"
    label = "ui"
