from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "amiable.organisation"
    label = "organisation"
