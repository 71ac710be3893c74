"""Which address leads where?"""

from django.urls import include, path

from amiable.desk.accounts import sign_in

urlpatterns = [
    path("accounts/login/", sign_in, name="account_login"),
    path("accounts/", include("allauth.urls")),
    path("", include("amiable.desk.urls")),
]
