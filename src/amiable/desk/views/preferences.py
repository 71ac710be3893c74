"""How does one look at the desk: in which language, in which light, for which creditor?"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from amiable.desk.access import DeskRequest, admit
from amiable.desk.middleware import CREDITOR_KEY
from amiable.organisation.access import Act
from amiable.organisation.operations import change_member
from amiable.ui.look import THEME_COOKIE, THEMES

YEAR_SECONDS = 365 * 24 * 3600


def _back(request: HttpRequest) -> HttpResponse:
    """Return to where one was; an address that leads elsewhere leads home."""
    where = request.POST.get("next") or request.headers.get("referer", "")
    safe = url_has_allowed_host_and_scheme(where, {request.get_host()}, require_https=request.is_secure())
    return redirect(where if safe else "/")


def _remember(response: HttpResponse, name: str, value: str) -> HttpResponse:
    response.set_cookie(name, value, max_age=YEAR_SECONDS, samesite="Lax", secure=settings.SECURE_COOKIES)
    return response


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Speak this language from now on; a member finds it again on every device."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest()
    if request.user.is_authenticated and request.user.language != language:
        change_member(request.user, by=request.user, language=language)
    return _remember(_back(request), settings.LANGUAGE_COOKIE_NAME, language)


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Show light or dark pages, or what the system prefers."""
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return HttpResponseBadRequest()
    return _remember(_back(request), THEME_COOKIE, theme)


@require_POST
@admit(Act.SEE_CUSTOMERS)
def choose_creditor(request: DeskRequest) -> HttpResponse:
    """Work for another creditor from now on."""
    chosen = request.POST.get("creditor", "")
    if chosen not in {str(creditor.pk) for creditor in request.desk.creditors}:
        return HttpResponseBadRequest()
    request.session[CREDITOR_KEY] = int(chosen)
    return redirect("desk:today")
