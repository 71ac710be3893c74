"""What does a reader hand over, and what did it have to assume on the way?"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
    days = context.terms_days
    patterns = {
        "due_assumed": ngettext(
            "%(count)d invoice has no due date: its terms apply, else %(days)d days from its date.",
            "%(count)d invoices have no due date: their terms apply, else %(days)d days from their date.",
            notes["due_assumed"],
        ),
        "issued_assumed": ngettext(
            "%(count)d invoice has no date of its own: its due date less its terms is taken.",
            "%(count)d invoices have no date of their own: their due date less their terms is taken.",
            notes["issued_assumed"],
        ),
        "currency_assumed": _("No currency is given for %(count)d lines: %(currency)s is taken."),
        "unnumbered": _(
            "%(count)d lines have no invoice number: they are recognised by their content, and numbered by it."
        ),
        "unnumbered_payments": _("%(count)d payments have no number: they are recognised by their content."),
        "paid_before_issue": _("%(count)d invoices were paid before their own date: they count as paid on it."),
        "bad_email": _("%(count)d e-mail addresses cannot be right and are left out."),
        "bad_phone": _("%(count)d phone numbers cannot be right and are left out."),
        "bad_siren": _("%(count)d SIREN or SIRET numbers have wrong check digits and are left out."),
        "bad_vat": _("%(count)d VAT numbers cannot be right and are left out."),
        "settled_undated": _("%(count)d invoices are settled without a payment date: the day of the list is taken."),
        "no_customer": _("%(count)d payments name no customer."),
    }
    return [
        pattern % {"count": notes[name], "days": days, "currency": context.currency}
        for name, pattern in patterns.items()
        if notes[name]
    ]
