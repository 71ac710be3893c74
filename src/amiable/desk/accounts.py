"""Who may have an account, and how does one come in? Only those whom an administrator invites."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LoginView
from django.http import HttpRequest

from amiable.organisation.queries import has_members


class InvitationOnly(DefaultAccountAdapter):
    """Closes the public sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SignIn(LoginView):
    """Says how to create the first administrator while there is nobody who could sign in."""

    def get_context_data(self, **kwargs: object) -> dict:
        return super().get_context_data(nobody_yet=not has_members(), **kwargs)


sign_in = SignIn.as_view()
