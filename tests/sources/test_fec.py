"""Are the books of a year read as the law prescribes them, in each of their forms?"""

from datetime import date

import pytest

from amiable.ledger.intake.book import open_total_minor
from amiable.ledger.models import Allocation, Customer, Item, Receipt
from amiable.sources.adapters import open_source
from amiable.sources.facts import Context
from amiable.sources.queries import rejected_rows

pytestmark = pytest.mark.django_db

COLUMNS = (
    "JournalCode JournalLib EcritureNum EcritureDate CompteNum CompteLib CompAuxNum CompAuxLib PieceRef PieceDate "
    "EcritureLib Debit Credit EcritureLet DateLet ValidDate Montantdevise Idevise"
).split()


def line(
    journal: str, number: int, day: str, amount: str, *, ref: str = "", let: str = "", aux: str = "C1", **more: str
) -> dict:
    """One line on a customer account: an amount above zero is a debit."""
    sides = (
        {"Debit": amount, "Credit": "0,00"} if not amount.startswith("-") else {"Debit": "0,00", "Credit": amount[1:]}
    )
    standard = {
        "JournalCode": journal,
        "JournalLib": journal,
        "EcritureNum": str(number),
        "EcritureDate": day,
        "CompteNum": "411000",
        "CompteLib": "Clients",
        "CompAuxNum": aux,
        "CompAuxLib": aux and f"Client {aux}",
        "PieceRef": ref or f"P{number}",
        "PieceDate": day,
        "EcritureLib": "…",
        "EcritureLet": let,
        "ValidDate": day,
    }
    return standard | sides | more


def fec(*lines: dict, delimiter: str = "\t", columns: list[str] = COLUMNS) -> str:
    return (
        "\n".join(
            delimiter.join(cells) for cells in [columns, *([each.get(name, "") for name in columns] for each in lines)]
        )
        + "\n"
    )


YEAR = (
    line("VE", 1, "20250110", "1200,00", ref="FA1", let="A"),
    line("VE", 2, "20250115", "300,00", ref="FA2", let="A"),
    line("VE", 3, "20250120", "-100,00", ref="AV1", let="A"),
    line("BQ", 4, "20250301", "-1400,00", let="A", DateLet="20251231"),
    line("VE", 5, "20250610", "50,00", ref="FA3"),
    line("BQ", 6, "20250701", "-20,00"),
)


def test_letters_pair_invoices_with_payments_and_credit_notes_on_the_day_money_came(bring_in, creditor):
    run = bring_in(fec(*YEAR))

    settled = dict(Item.objects.values_list("number", "settled_on"))
    assert settled == {"FA1": date(2025, 3, 1), "FA2": date(2025, 3, 1), "AV1": date(2025, 1, 20), "FA3": None}
    assert Item.objects.get(number="AV1").kind == "credit_note"
    unapplied = Receipt.objects.get(allocated_minor=0)
    assert (unapplied.amount_minor, unapplied.received_on) == (2_000, date(2025, 7, 1))
    assert open_total_minor(creditor, "EUR") == 3_000
    assert run.counts["settlements"]["new"] == Allocation.objects.count() == 3


@pytest.mark.parametrize("delimiter", ["\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-15", "utf-16"])
def test_every_delimiter_and_encoding_says_the_same(bring_in, write, delimiter, encoding):
    bring_in(write(fec(*YEAR, delimiter=delimiter).replace("…", "Élan œuvre"), encoding=encoding))

    assert Item.objects.get(number="FA1").description == "Élan œuvre"
    assert Item.objects.count() == 4


def test_amount_and_sense_say_the_same_as_debit_and_credit(bring_in, creditor):
    columns = [{"Debit": "Montant", "Credit": "Sens"}.get(name, name) for name in COLUMNS]
    lines = [
        each
        | (
            {"Montant": each["Debit"], "Sens": "D"}
            if each["Credit"] == "0,00"
            else {"Montant": each["Credit"], "Sens": "C"}
        )
        for each in YEAR
    ]

    bring_in(fec(*lines, columns=columns))

    assert open_total_minor(creditor, "EUR") == 3_000
    assert Item.objects.filter(settled_on=None).get().number == "FA3"


def test_padding_and_columns_beyond_the_law_do_no_harm(bring_in, creditor):
    padded = [
        {name: f"{text:<12}" for name, text in each.items()} | {"Debit": each["Debit"].zfill(13)} for each in YEAR
    ]

    bring_in(fec(*padded, delimiter="|", columns=[*COLUMNS, "Analytique", ""]))

    assert open_total_minor(creditor, "EUR") == 3_000


def test_without_auxiliary_accounts_the_sub_accounts_are_the_customers(bring_in):
    bring_in(fec(line("VE", 1, "20250110", "10,00", aux="", CompteNum="411ELAN", CompteLib="Élan SARL")))

    assert Customer.objects.values_list("code", "name").get() == ("411ELAN", "Élan SARL")


def test_other_accounts_are_no_business_of_ours(bring_in):
    run = bring_in(
        fec(*YEAR, line("AC", 7, "20250110", "-10,00", CompteNum="401000"), line("OD", 8, "x", "y", CompteNum="512"))
    )

    assert (Item.objects.count(), run.counts["rows"]["rejected"]) == (4, 0)


def test_a_reference_that_many_entries_share_is_no_invoice_number(bring_in):
    bring_in(fec(line("VE", 1, "20250110", "10,00", ref="VE 0125"), line("VE", 2, "20250110", "10,00", ref="VE 0125")))

    assert set(Item.objects.values_list("number", flat=True)) == {"VE-1", "VE-2"}


def test_unreadable_lines_on_customer_accounts_are_listed_and_the_difference_is_told(bring_in, creditor, write):
    path = write(fec(*YEAR, line("VE", 9, "20250231", "10,00"), line("VE", 10, "20250110", "dix")))

    run = bring_in(path)

    assert [(row.line, row.reason) for row in rejected_rows(run)] == [
        (8, "EcritureDate is no day."),
        (9, "The amount cannot be read."),
    ]
    source = open_source(path, context=Context("EUR", "FR", date(2026, 1, 1)))
    list(source.portions())
    assert source.warnings[0].startswith("Lines on accounts 411 that could not be read: 2.")


def test_a_later_export_of_the_same_year_adds_only_what_is_new(bring_in, creditor):
    bring_in(fec(*YEAR[:3]))
    bring_in(fec(*YEAR))
    bring_in(fec(*YEAR))

    assert (Item.objects.count(), Receipt.objects.count(), Allocation.objects.count()) == (4, 2, 3)
    assert open_total_minor(creditor, "EUR") == 3_000


def test_the_opening_balance_of_the_next_year_is_not_booked_twice(bring_in, creditor):
    bring_in(fec(*YEAR))
    bring_in(
        fec(
            line("AN", 1, "20260101", "50,00", ref="FA3", let="A", JournalLib="A nouveaux"),
            line("AN", 1, "20260101", "-20,00", JournalLib="A nouveaux"),
            line("AN", 1, "20260101", "77,00", aux="C2", JournalLib="A nouveaux"),
            line("BQ", 2, "20260120", "-50,00", let="A"),
        )
    )

    assert Item.objects.get(number="FA3").settled_on == date(2026, 1, 20)
    assert Item.objects.filter(customer__code="C1").count() == 4
    assert open_total_minor(creditor, "EUR") == 7_700 - 2_000


def test_a_fec_without_customers_says_so(creditor, write):
    source = open_source(
        write(fec(line("AC", 1, "20250110", "1,00", CompteNum="401"))), context=Context("EUR", "FR", date(2026, 1, 1))
    )

    assert [p.batch.items.height for p in source.portions()] == [0]
    assert source.warnings == ["No line of this file is on a customer account (411)."]
