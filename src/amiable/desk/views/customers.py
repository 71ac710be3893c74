"""Who owes what, and how do we stand with them?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from amiable.core.money import to_major
from amiable.desk.access import DeskRequest, admit
from amiable.desk.export import csv_response
from amiable.desk.forms import DayField, chosen_numbers
from amiable.desk.views.actions import done, show_form
from amiable.desk.words import VERY_LATE_DAYS
from amiable.ledger.operations import AlreadyEnded, HoldTooShort, change_customer, end_hold, set_hold
from amiable.ledger.queries import NOBODY, CustomerRow, Page, customer_rows, segments
from amiable.ledger.queries.desk import customers_among, holds_among
from amiable.ledger.queries.overview import overview
from amiable.organisation.access import Act, may
from amiable.organisation.queries import colleagues
from amiable.ui.templatetags.amiable import age_labels

EXPORTED_AT_A_TIME = 1000
BUCKET_NAMES = ("current", "1-30", "31-60", "61-90", "over-90")


@dataclass(frozen=True)
class Filters:
    """What the query asks for; whatever it does not understand is not asked for."""

    search: str = ""
    segment: str = ""
    owner: int | None = None
    bucket: str = ""
    late: bool = False
    held: bool = False
    sort: str = "-late"

    @classmethod
    def of(cls, query: QueryDict) -> "Filters":
        """Read the filters from an address."""
        owner, bucket = query.get("owner", ""), query.get("bucket", "")
        return cls(
            search=query.get("q", "").strip()[:100],
            segment=query.get("segment", ""),
            owner=int(owner) if owner.isdecimal() else None,
            bucket=BUCKET_NAMES[int(bucket)] if bucket in "01234" and bucket else "",
            late=query.get("state") == "late",
            held=query.get("state") == "held",
            sort=query.get("sort") or "-late",
        )

    def asked(self) -> dict[str, Any]:
        """Return them as `customer_rows` takes them."""
        return dict(vars(self))


@admit(Act.SEE_CUSTOMERS)
def customers(request: DeskRequest) -> HttpResponse:
    """Show a page of customers. Four statements for the rows, three around them."""
    filters = Filters.of(request.GET)
    number = request.GET.get("page", "1")
    page: Page[CustomerRow] = customer_rows(
        request.user,
        creditor=request.creditor,
        as_of=request.day,
        page=int(number) if number.isdecimal() else 1,
        **filters.asked(),
    )
    facts = {"page": page, "filters": filters, "sort": filters.sort, "very_late_days": VERY_LATE_DAYS}
    if request.htmx:
        return render(request, "desk/customers.html#rows", facts | {"colleagues": colleagues()})
    facts |= {
        "segments": segments(request.creditor),
        "colleagues": colleagues(),
        "ages": list(enumerate(age_labels())),
        "books": overview(request.creditor, as_of=request.day) if may(request.user, Act.SEE_ALL_CUSTOMERS) else [],
        "nobody": NOBODY,
        "query": request.GET.urlencode(),
    }
    return render(request, "desk/customers.html", facts)


@admit(Act.EXPORT)
def customers_export(request: DeskRequest) -> StreamingHttpResponse:
    """Hand out the filtered list as a CSV file: a line per customer and currency, amounts in major units."""
    filters = Filters.of(request.GET)
    name = f"{request.creditor.slug}-customers-{request.day}.csv"
    return csv_response(_lines(request, filters), name=name)


def _lines(request: DeskRequest, filters: Filters) -> Iterator[list]:
    yield [_("Code"), _("Customer"), _("Segment"), _("Country"), _("Owner"), _("Currency"), _("Open"), *age_labels()]
    number, last = 1, 1
    while number <= last:
        asked = {"page": number, "per_page": EXPORTED_AT_A_TIME, **filters.asked()}
        page = customer_rows(request.user, creditor=request.creditor, as_of=request.day, **asked)
        for row in page.rows:
            for balance in row.balances:
                amounts = [to_major(minor, balance.currency) for minor in (balance.open_minor, *balance.buckets)]
                yield [row.code, row.name, row.segment, row.country, row.owner, balance.currency, *amounts]
        number, last = number + 1, page.last


class BulkHoldForm(forms.Form):
    """A hold on several customers at once."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300)
    held_until = DayField(label=gettext_lazy("Reminders may go on from"), required=False)


@require_POST
@admit(Act.EDIT_CUSTOMERS)
def customers_assign(request: DeskRequest) -> HttpResponse:
    """Give the chosen customers to a colleague, or to nobody."""
    chosen = customers_among(
        chosen_numbers(request.POST.getlist("chosen")), member=request.user, creditor=request.creditor
    )
    owner = next((c for c in colleagues() if str(c.pk) == request.POST.get("owner")), None)
    with transaction.atomic():
        for customer in chosen:
            change_customer(customer, by=request.user, owner=owner)
    who = str(owner) if owner else _("nobody")
    told = ngettext("One customer now belongs to %(who)s.", "%(n)s customers now belong to %(who)s.", len(chosen))
    return done(request, told % {"n": len(chosen), "who": who}, to=reverse("desk:customers"))


@require_POST
@admit(Act.HOLD)
def customers_hold(request: DeskRequest) -> HttpResponse:
    """Stop reminders to the chosen customers; asks why first."""
    chosen = customers_among(
        chosen_numbers(request.POST.getlist("chosen")), member=request.user, creditor=request.creditor
    )
    if not chosen:
        return redirect("desk:customers")
    form = BulkHoldForm(request.POST if "reason" in request.POST else None)
    if form.is_valid():
        facts = {"kind": "hold", "held_from": request.day, **form.cleaned_data}
        try:
            with transaction.atomic():
                holds = [set_hold(customer, by=request.user, **facts) for customer in chosen]
        except HoldTooShort as refusal:
            form.add_error("held_until", str(refusal))
        else:
            told = ngettext("Reminders to one customer stop.", "Reminders to %(n)s customers stop.", len(chosen))
            undo = f"{reverse('desk:customers_unhold')}?holds={','.join(str(hold.pk) for hold in holds)}"
            return done(request, told % {"n": len(chosen)}, to=reverse("desk:customers"), undo=undo)
    return show_form(
        request,
        form,
        title=_("Stop reminders"),
        subject=", ".join(customer.name for customer in chosen[:6]) + (" …" if len(chosen) > 6 else ""),
        submit=ngettext("Hold one customer", "Hold %(n)s customers", len(chosen)) % {"n": len(chosen)},
        back=reverse("desk:customers"),
        hidden=[("chosen", customer.pk) for customer in chosen],
    )


@require_POST
@admit(Act.HOLD)
def customers_unhold(request: DeskRequest) -> HttpResponse:
    """Undo a hold on several customers."""
    pks = chosen_numbers(request.GET.get("holds", "").split(","))
    with transaction.atomic():
        for hold in holds_among(pks, member=request.user, creditor=request.creditor):
            try:
                end_hold(hold, by=request.user, on=request.day)
            except AlreadyEnded:
                continue  # somebody was quicker; the outcome is the same
    return done(request, _("Reminders may go on."), to=reverse("desk:customers"))
