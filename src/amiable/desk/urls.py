"""The desk's addresses."""

from django.urls import path

app_name = "desk"
urlpatterns: list[path] = []
