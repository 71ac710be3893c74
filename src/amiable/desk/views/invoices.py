"""Which invoices, in which state?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from amiable.core.money import to_major
from amiable.desk.access import DeskRequest, admit
from amiable.desk.export import csv_response
from amiable.desk.views.customers import BUCKET_NAMES, EXPORTED_AT_A_TIME
from amiable.desk.words import HOLD_ICONS, VERY_LATE_DAYS
from amiable.ledger.queries import ItemState, item_rows
from amiable.organisation.access import Act
from amiable.ui.templatetags.amiable import age_labels

STATES = {
    ItemState.OPEN: gettext_lazy("Open"),
    ItemState.LATE: gettext_lazy("Late"),
    ItemState.PAUSED: gettext_lazy("Paused"),
    ItemState.PART_PAID: gettext_lazy("Paid in part"),
    ItemState.PAID: gettext_lazy("Paid"),
}
KINDS = {"invoice": gettext_lazy("Invoices"), "credit_note": gettext_lazy("Credit notes")}
PAUSES = {
    "dispute": gettext_lazy("Dispute"),
    "promise": gettext_lazy("Promise"),
    "plan": gettext_lazy("Payment plan"),
    "deferral": gettext_lazy("Deferral"),
    "in_transit": gettext_lazy("Payment in transit"),
    "hold": gettext_lazy("Hold"),
}


@dataclass(frozen=True)
class ItemFilters:
    """What the query asks for; whatever it does not understand is not asked for."""

    search: str = ""
    state: str = ItemState.OPEN
    kind: str = "invoice"
    currency: str = ""
    bucket: str = ""
    pause: str = ""
    sort: str = "due"

    @classmethod
    def of(cls, query: QueryDict) -> "ItemFilters":
        """Read the filters from an address."""
        state, bucket = query.get("state", ItemState.OPEN), query.get("bucket", "")
        return cls(
            search=query.get("q", "").strip()[:100],
            state=state if state in STATES or state == "" else ItemState.OPEN,
            kind=query.get("kind") if query.get("kind") in KINDS else "invoice",
            currency=query.get("currency", "")[:3].upper(),
            bucket=BUCKET_NAMES[int(bucket)] if bucket in "01234" and bucket else "",
            pause=query.get("pause") if query.get("pause") in PAUSES else "",
            sort=query.get("sort") or "due",
        )

    def asked(self) -> dict[str, Any]:
        """Return them as `item_rows` takes them."""
        return dict(vars(self))


@admit(Act.SEE_CUSTOMERS)
def invoices(request: DeskRequest) -> HttpResponse:
    """Show a page of invoices or credit notes. Four statements for the rows."""
    filters = ItemFilters.of(request.GET)
    number = request.GET.get("page", "1")
    page = item_rows(
        request.user,
        creditor=request.creditor,
        as_of=request.day,
        page=int(number) if number.isdecimal() else 1,
        **filters.asked(),
    )
    facts = {
        "page": page,
        "filters": filters,
        "sort": filters.sort,
        "states": STATES.items(),
        "kinds": KINDS.items(),
        "pauses": PAUSES,
        "pause_icons": HOLD_ICONS,
        "ages": list(enumerate(age_labels())),
        "very_late_days": VERY_LATE_DAYS,
        "query": request.GET.urlencode(),
    }
    return render(request, "desk/invoices.html#rows" if request.htmx else "desk/invoices.html", facts)


@admit(Act.EXPORT)
def invoices_export(request: DeskRequest) -> StreamingHttpResponse:
    """Hand out the filtered list as a CSV file: a line per item, amounts in major units."""
    return csv_response(
        _lines(request, ItemFilters.of(request.GET)), name=f"{request.creditor.slug}-invoices-{request.day}.csv"
    )


def _lines(request: DeskRequest, filters: ItemFilters) -> Iterator[list]:
    yield [
        _("Number"), _("Kind"), _("Customer"), _("Issued"), _("Due"), _("Days late"), _("Currency"), _("Amount"),
        _("Open"), _("State"), _("Purchase order"),
    ]  # fmt: skip
    number, last = 1, 1
    while number <= last:
        asked = {"page": number, "per_page": EXPORTED_AT_A_TIME, **filters.asked()}
        page = item_rows(request.user, creditor=request.creditor, as_of=request.day, **asked)
        for row in page.rows:
            amounts = [to_major(minor, row.currency) for minor in (row.amount_minor, row.open_minor)]
            late = max(0, row.age_days) if row.open_minor else 0
            yield [
                row.number, KINDS[row.kind], row.customer, row.issued_on, row.due_on, late, row.currency, *amounts,
                STATES[row.state], row.po_number,
            ]  # fmt: skip
        number, last = number + 1, page.last
