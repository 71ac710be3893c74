"""Who may open which page? The only door of the desk."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from amiable.organisation.access import Act, may

if TYPE_CHECKING:
    from datetime import date, datetime

    from amiable.organisation.models import Creditor, Member

View = Callable[..., HttpResponse]
T = TypeVar("T")


class DeskRequest(HttpRequest):
    """A request whose sender was admitted: what views may rely on."""

    user: Member
    htmx: HtmxDetails
    creditor: Creditor
    day: date  # today, where the creditor is
    now: datetime


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Ask who they are, and come back here afterwards; a fragment takes the whole page along."""
    if request.htmx:
        return HttpResponseClientRedirect(resolve_url("account_login"))
    return redirect_to_login(request.get_full_path())


def admit(act: Act, *, needs_creditor: bool = True) -> Callable[[View], View]:
    """Let only those in whose role allows the act: others sign in first (302), or are refused (403).

    Where there is no creditor yet, a page that needs one says how to begin instead.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def admitted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            if not may(request.user, act):
                raise PermissionDenied(_("Your role does not allow this. An administrator can change it."))
            request.creditor, request.day, request.now = request.desk.creditor, request.desk.day, request.desk.now
            if needs_creditor and request.creditor is None:
                return render(request, "desk/begin.html")
            return view(request, *args, **kwargs)

        admitted.act = act  # the table of pages and roles is tested against this
        return admitted

    return decorate


def found_or_404(thing: T | None) -> T:
    """Return what a question found; nothing, and what the member may not see, look the same from outside."""
    if thing is None:
        raise Http404
    return thing
