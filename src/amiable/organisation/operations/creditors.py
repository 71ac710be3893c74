"""Writes about creditors: who we are to our customers, and where they pay."""

import re
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from amiable.organisation.identifiers import check_bic, check_iban, check_siren, check_vat_number
from amiable.organisation.models import BankAccount, Creditor, Member
from amiable.organisation.operations.audit import record
from amiable.organisation.operations.facts import BadFact, admit, change, check, known_places

FACTS = (
    "name",
    "legal_name",
    "siren",
    "vat_number",
    "address",
    "country",
    "currency",
    "language",
    "time_zone",
    "sender_name",
    "sender_email",
    "reply_to",
    "phone",
    "brand_colour",
)


def create_creditor(*, by: Member | None, slug: str, name: str, **facts: Any) -> Creditor:
    """Create a creditor in safe mode; raise `BadFact` or `BadIdentifier` for what cannot be right."""
    admit(facts, FACTS)
    creditor = Creditor(slug=slug, name=name, **_normal(facts, facts.get("country", "FR").upper()))
    check(creditor, ["slug", "name", *facts])
    with transaction.atomic():
        if Creditor.objects.filter(slug=slug).exists():
            raise BadFact("slug", _("Another creditor is already called “%(slug)s”.") % {"slug": slug})
        creditor.save(force_insert=True)
        record("creditor.created", by=by, creditor=creditor, facts={"slug": slug, "name": name, **facts})
    return creditor


def change_creditor(creditor: Creditor, *, by: Member | None, **facts: Any) -> Creditor:
    """Change facts of a creditor; nothing is written where nothing differs."""
    admit(facts, FACTS)
    with transaction.atomic():
        row = Creditor.objects.select_for_update().get(pk=creditor.pk)
        if changes := change(row, _normal(facts, facts.get("country", row.country))):
            record("creditor.changed", by=by, creditor=row, facts=changes)
    return row


def set_sending(creditor: Creditor, *, sending: bool, by: Member | None) -> Creditor:
    """Let messages leave, or go back to safe mode, where they stay in the outbox."""
    with transaction.atomic():
        row = Creditor.objects.select_for_update().get(pk=creditor.pk)
        if change(row, {"sending": sending}):
            record("creditor.sending_on" if sending else "creditor.sending_off", by=by, creditor=row)
    return row


def record_test_mail(creditor: Creditor, *, by: Member | None, to: str) -> None:
    """Remember that somebody sent themselves a test message."""
    with transaction.atomic():
        record("creditor.test_mail", by=by, creditor=creditor, facts={"to": to})


def set_bank_data_until(creditor: Creditor, *, day: date, by: Member | None) -> Creditor:
    """Say up to which day all bank movements are known; an earlier day than before changes nothing."""
    with transaction.atomic():
        row = Creditor.objects.select_for_update().get(pk=creditor.pk)
        if row.bank_data_until is None or row.bank_data_until < day:
            changes = change(row, {"bank_data_until": day})
            record("creditor.bank_data_until", by=by, creditor=row, facts=changes)
    return row


def set_bank_account(
    creditor: Creditor,
    *,
    by: Member | None,
    currency: str,
    iban: str,
    holder: str = "",
    bic: str = "",
    bank_name: str = "",
) -> BankAccount:
    """Set where customers pay to in one currency; the account before it stays on record and is no longer printed."""
    account = BankAccount(
        creditor=creditor,
        currency=currency,
        iban=check_iban(iban),
        bic=check_bic(bic),
        holder=holder or creditor.legal_name or creditor.name,
        bank_name=bank_name,
    )
    check(account, ["currency", "iban", "bic", "holder", "bank_name"])
    with transaction.atomic():
        Creditor.objects.select_for_update().get(pk=creditor.pk)
        standing = creditor.bank_accounts.filter(currency=currency, is_default=True).first()
        if standing and all(
            getattr(standing, name) == getattr(account, name) for name in ("iban", "bic", "holder", "bank_name")
        ):
            return standing
        creditor.bank_accounts.filter(currency=currency, is_default=True).update(is_default=False)
        account.save(force_insert=True)
        facts = {"currency": currency, "iban": [standing.iban if standing else "", account.iban]}
        record("creditor.bank_account", by=by, creditor=creditor, subject=f"bank_account:{account.pk}", facts=facts)
    return account


def _normal(facts: dict[str, Any], country: str) -> dict[str, Any]:
    """Return facts with identifiers checked and compact, and places known."""
    normal = dict(facts)
    if "siren" in normal:
        normal["siren"] = check_siren(normal["siren"])
    if "vat_number" in normal:
        normal["vat_number"] = check_vat_number(normal["vat_number"], country=country)
    if "brand_colour" in normal:
        normal["brand_colour"] = normal["brand_colour"].lower()
        if not re.fullmatch(r"#[0-9a-f]{6}", normal["brand_colour"]):
            wrong = {"written": facts["brand_colour"]}
            raise BadFact("brand_colour", _("“%(written)s” is not a colour, such as “#1f5f4a”.") % wrong)
    return known_places(normal)
