from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "amiable.sources"
    label = "sources"
