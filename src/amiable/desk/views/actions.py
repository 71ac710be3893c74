"""How does something get done from a dialog, or from a page where there is no script?

An action's address shows its form on GET and does it on POST. The shared dialog asks for the same address.
"""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from amiable.ui.toasts import toast

REFUSED = 422


def show_form(
    request: HttpRequest,
    form: forms.Form | None,
    *,
    title: str,
    submit: str,
    back: str,
    template: str = "desk/action.html",
    **facts: object,
) -> HttpResponse:
    """Show an action's form, as a page or for the dialog; one with errors answers 422."""
    facts |= {"form": form, "title": title, "submit": submit, "back": coming_from(request, back)}
    status = REFUSED if form is not None and form.is_bound and form.errors else 200
    return render(request, f"{template}#dialog" if request.htmx else template, facts, status=status)


def coming_from(request: HttpRequest, otherwise: str) -> str:
    """Return where to go when an action is done or given up: where one was, if that is a page of ours."""
    asked = request.POST.get("back") or request.GET.get("back") or ""
    if request.htmx and not asked:
        asked = request.htmx.current_url_abs_path or ""
    return asked if url_has_allowed_host_and_scheme(asked, None) else otherwise


def done(request: HttpRequest, text: str, *, to: str, undo: str = "") -> HttpResponse:
    """Say what was done and go on where one was, else to `to`; offer to undo it where that is possible."""
    toast(request, text, undo=undo)
    where = coming_from(request, to)
    return HttpResponseClientRedirect(where) if request.htmx else redirect(where)
