from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "amiable.desk"
    label = "desk"
