from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "amiable.planning"
    label = "planning"
