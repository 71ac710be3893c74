"""What does a reader hand over, and what did it have to assume on the way?"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from amiable.ledger.intake import Batch
from amiable.sources.tables import Rejected

DEFAULT_TERMS_DAYS = 30


@dataclass(frozen=True)
class Context:
    """What a reader needs to know that the file may not say."""

    currency: str
    country: str
    as_of: date
    terms_days: int = DEFAULT_TERMS_DAYS


@dataclass(frozen=True)
class Portion:
    """Some lines of a file: the facts they state, and those that state none."""

    batch: Batch
    rejected: list[Rejected] = field(default_factory=list)


def sentences(notes: Counter[str], context: Context) -> list[str]:
    """Put into words how often something had to be assumed or left out."""
    patterns = {
        "due_assumed": _(
            "Invoices without a due date: %(count)d. Their terms apply, else %(days)d days from their date."
        ),
        "issued_assumed": _("Invoices without a date of their own: %(count)d. The due date less the terms is taken."),
        "currency_assumed": _("Lines without a currency: %(count)d. %(currency)s is taken."),
        "unnumbered": _(
            "Lines without an invoice number: %(count)d. They are recognised, and numbered, by their content."
        ),
        "unnumbered_payments": _("Payments without a number: %(count)d. They are recognised by their content."),
        "paid_before_issue": _("Invoices paid before their own date: %(count)d. They count as paid on it."),
        "settled_undated": _("Settled invoices without a payment date: %(count)d. The day of the list is taken."),
        "no_customer": _("Payments that name no customer: %(count)d."),
        "bad_email": _("E-mail addresses that cannot be right and are left out: %(count)d."),
        "bad_phone": _("Phone numbers that cannot be right and are left out: %(count)d."),
        "bad_siren": _("SIREN or SIRET numbers with wrong check digits, left out: %(count)d."),
        "bad_vat": _("VAT numbers that cannot be right and are left out: %(count)d."),
    }
    return [
        pattern % {"count": notes[name], "days": context.terms_days, "currency": context.currency}
        for name, pattern in patterns.items()
        if notes[name]
    ]
