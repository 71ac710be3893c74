"""Who is on the team, and who did what?"""

from datetime import date

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from amiable.desk.access import DeskRequest, admit, found_or_404
from amiable.desk.views.actions import done, show_form
from amiable.ledger.queries import Page
from amiable.organisation.access import Act
from amiable.organisation.operations import (
    BadFact,
    LastAdministrator,
    change_member,
    invite_member,
    set_password,
)
from amiable.organisation.queries import LANGUAGES, Role, audit_page, colleagues, member_or_none, members


class MemberForm(forms.Form):
    """What we know of a member."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"))
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=80, required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=80, required=False)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)
    job_title = forms.CharField(label=gettext_lazy("Job title"), max_length=80, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Phone"), max_length=32, required=False, help_text=gettext_lazy("Customers see it.")
    )
    manager = forms.TypedChoiceField(
        label=gettext_lazy("Manager"), required=False, coerce=int, empty_value=None, choices=[("", "–")]
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"].choices = [("", "–"), *((member.pk, str(member)) for member in colleagues())]

    def facts(self) -> dict[str, object]:
        """Return what was written, with the manager as a member."""
        pk = self.cleaned_data["manager"]
        return {**self.cleaned_data, "manager": member_or_none(pk) if pk else None}


class InvitationForm(MemberForm):
    """A new member also gets a first password, to be changed by them."""

    password = forms.CharField(
        label=gettext_lazy("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least ten characters. Tell them in person; they can change it."),
    )


class PasswordForm(forms.Form):
    """A new password for somebody who lost theirs."""

    password = forms.CharField(
        label=gettext_lazy("New password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )


@admit(Act.MANAGE_MEMBERS, needs_creditor=False)
def settings_members(request: DeskRequest) -> HttpResponse:
    """Show everybody on the team. One statement."""
    return render(request, "desk/settings_members.html", {"members": members(), "tab": "members"})


@admit(Act.MANAGE_MEMBERS, needs_creditor=False)
def settings_member_add(request: DeskRequest) -> HttpResponse:
    """Invite somebody."""
    form = InvitationForm(request.POST or None, initial={"language": request.user.language, "role": Role.COLLECTOR})
    if form.is_valid():
        facts = form.facts()
        password = facts.pop("password")
        try:
            with transaction.atomic():
                member = invite_member(by=request.user, **facts)
                set_password(member, by=request.user, password=password)
            return done(request, _("%(name)s can sign in now.") % {"name": member}, to=reverse("desk:settings_members"))
        except BadFact as refusal:
            form.add_error(refusal.field, str(refusal))
    return show_form(
        request, form, title=_("Invite a colleague"), submit=_("Invite"), back=reverse("desk:settings_members")
    )


@admit(Act.MANAGE_MEMBERS, needs_creditor=False)
def settings_member(request: DeskRequest, pk: int) -> HttpResponse:
    """Change what we know of a member, or their role."""
    member = found_or_404(member_or_none(pk))
    standing = {name: getattr(member, name) for name in MemberForm.base_fields} | {"manager": member.manager_id}
    form = MemberForm(request.POST or None, initial=standing)
    if form.is_valid():
        try:
            change_member(member, by=request.user, **form.facts())
            return done(request, _("Saved."), to=reverse("desk:settings_members"))
        except BadFact as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        except LastAdministrator as refusal:
            form.add_error("role", str(refusal))
    return show_form(request, form, title=str(member), submit=_("Save"), back=reverse("desk:settings_members"))


@admit(Act.MANAGE_MEMBERS, needs_creditor=False)
def settings_member_password(request: DeskRequest, pk: int) -> HttpResponse:
    """Give a member a new password."""
    member = found_or_404(member_or_none(pk))
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        try:
            set_password(member, by=request.user, password=form.cleaned_data["password"])
            return done(request, _("The new password holds from now on."), to=reverse("desk:settings_members"))
        except BadFact as refusal:
            form.add_error("password", str(refusal))
    title = _("A new password for %(name)s") % {"name": member}
    return show_form(request, form, title=title, submit=_("Save"), back=reverse("desk:settings_members"))


@require_POST
@admit(Act.MANAGE_MEMBERS, needs_creditor=False)
def settings_member_active(request: DeskRequest, pk: int) -> HttpResponse:
    """Let a member leave, or come back; what they did stays."""
    member = found_or_404(member_or_none(pk))
    active = request.POST.get("active") == "on"
    try:
        change_member(member, by=request.user, is_active=active)
    except LastAdministrator as refusal:
        return done(request, str(refusal), to=reverse("desk:settings_members"))
    told = _("%(name)s can sign in again.") if active else _("%(name)s can no longer sign in.")
    return done(request, told % {"name": member}, to=reverse("desk:settings_members"))


@admit(Act.SEE_AUDIT, needs_creditor=False)
def settings_audit(request: DeskRequest) -> HttpResponse:
    """Show who did what, newest first. Three statements."""
    query = request.GET
    try:
        until = date.fromisoformat(query.get("until", ""))
    except ValueError:
        until = None
    number, actor = query.get("page", "1"), query.get("actor", "")
    page = audit_page(
        number=int(number) if number.isdecimal() else 1,
        actor=int(actor) if actor.isdecimal() and len(actor) < 19 else None,
        action=query.get("action", "")[:60],
        until=until,
    )
    shown = Page(tuple(page.object_list), page.number, page.paginator.count, page.paginator.per_page)
    facts = {"page": shown, "lines": [(line, list(line.facts.items())) for line in shown.rows]}
    facts |= {"members": members(), "tab": "audit"}
    return render(request, "desk/settings_audit.html#rows" if request.htmx else "desk/settings_audit.html", facts)
