"""The desk's addresses."""

from django.urls import path

from amiable.desk.views import gallery, preferences, search, today

app_name = "desk"
urlpatterns = [
    path("", today.today, name="today"),
    path("search/", search.search, name="search"),
    path("language/", preferences.choose_language, name="language"),
    path("theme/", preferences.choose_theme, name="theme"),
    path("creditor/", preferences.choose_creditor, name="creditor"),
    path("gallery/", gallery.gallery, name="gallery"),
]
