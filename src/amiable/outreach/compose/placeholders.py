"""Which facts may a wording speak of?

A wording is plain text with placeholders. Values stand inside a sentence; blocks stand alone on a line and are
written by us, so that amounts, bank details and options are always complete and right.
"""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """What a placeholder is filled with."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    ITEM = "item"
    BLOCK = "block"


VALUES = {
    "greeting": (Kind.TEXT, _("How the contact is addressed, without a comma")),
    "contact_name": (Kind.TEXT, _("The contact's name, or nothing")),
    "customer_name": (Kind.TEXT, _("The customer's name")),
    "creditor_name": (Kind.TEXT, _("Our name")),
    "tenure_years": (Kind.NUMBER, _("Whole years since they became a customer; 0 where unknown")),
    "good_payer": (Kind.YES_NO, _("They paid at least four invoices in two years, nearly all in time")),
    "item_count": (Kind.NUMBER, _("How many invoices the message asks for")),
    "first_item": (Kind.ITEM, _("The oldest of them: .number, .due_on, .open, .days_late")),
    "oldest_days_late": (Kind.NUMBER, _("Days since the oldest due date; 0 if none has passed")),
    "any_late": (Kind.YES_NO, _("At least one invoice is past its due date")),
    "all_late": (Kind.YES_NO, _("Every invoice is past its due date")),
    "total": (Kind.TEXT, _("The open total, per currency")),
    "late_total": (Kind.TEXT, _("The total past its due date, per currency")),
    "paid_count": (Kind.NUMBER, _("How many paid invoices we thank for")),
    "paid_total": (Kind.TEXT, _("Their total, per currency")),
    "told_us": (Kind.TEXT, _("A sentence on what they last told us, or nothing")),
    "last_contact_on": (Kind.TEXT, _("The day of the last contact, or nothing")),
    "earlier_reminders": (Kind.NUMBER, _("How many reminders of these invoices they had")),
    "next_step_on": (Kind.TEXT, _("The day we would act next, or nothing")),
    "next_step": (Kind.TEXT, _("What we would do then, or nothing")),
    "sender_name": (Kind.TEXT, _("The person who writes")),
    "sender_phone": (Kind.TEXT, _("Their phone number")),
    "sender_email": (Kind.TEXT, _("Their e-mail address")),
    "creditor_phone": (Kind.TEXT, _("Our phone number")),
}
BLOCKS = {
    "items": (Kind.BLOCK, _("The table of invoices with due dates and open amounts")),
    "also_open": (Kind.BLOCK, _("Invoices that are not due yet, for information")),
    "totals": (Kind.BLOCK, _("The totals, per currency")),
    "paid_items": (Kind.BLOCK, _("The invoices that were just paid")),
    "payment": (Kind.BLOCK, _("Bank details in the right currency, reference and QR code")),
    "options": (Kind.BLOCK, _("What the step offers: instalments, a later date, help, a call")),
    "next": (Kind.BLOCK, _("What happens next")),
    "signature": (Kind.BLOCK, _("Who writes, with phone and e-mail")),
}
ITEM_FIELDS = ("number", "due_on", "open", "days_late")
PLACEHOLDERS = {**VALUES, **BLOCKS}
