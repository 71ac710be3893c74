"""What comes in from files that this project did not write? Every figure is counted again here by other means."""

import csv
from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from amiable.ledger.intake.book import open_total_minor
from amiable.ledger.models import Allocation, Customer, Item, Receipt
from amiable.organisation.models import Creditor
from amiable.sources.mapping import ListKind
from amiable.sources.operations import import_file, preview_file
from amiable.sources.reading.days import Order
from amiable.sources.vocabulary import Role
from tests.shared_data import shared_data

TODAY = date(2024, 6, 1)
NOW = datetime.fromisoformat("2024-06-01T10:00:00+02:00")
IBM = {
    "customerID": Role.CUSTOMER_CODE,
    "invoiceNumber": Role.NUMBER,
    "InvoiceDate": Role.ISSUED_ON,
    "DueDate": Role.DUE_ON,
    "InvoiceAmount": Role.AMOUNT,
    "Disputed": Role.DISPUTED,
    "SettledDate": Role.PAID_ON,
    "DaysToSettle": Role.DAYS_TO_PAY,
}


def minor(text: str) -> int:
    return int(Decimal(text.replace(",", ".")) * 100)


def rows_of(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bring_in(creditor: Creditor, path, **options):
    return import_file(path, creditor=creditor, by=None, file_name=path.name, as_of=TODAY, now=NOW, **options)


@pytest.fixture
def creditor(db) -> Creditor:
    return Creditor.objects.create(slug="acme", name="Acme", currency="USD")


@pytest.mark.parametrize(
    ("name", "order", "written"),
    [
        ("WA_Fn-UseC_-Accounts-Receivable.csv", Order.MONTH_FIRST, "%m/%d/%Y"),
        ("variant_dayfirst_sorted.csv", Order.DAY_FIRST, "%d/%m/%Y"),
        ("variant_with_missing.csv", Order.MONTH_FIRST, "%m/%d/%Y"),
    ],
)
def test_an_invoice_list_with_payment_dates_in_two_dialects_and_with_gaps(creditor, name, order, written):
    path = shared_data(f"ledgers/ibm/{name}")
    stated = rows_of(path)

    preview = preview_file(path, creditor=creditor, as_of=TODAY)
    run = bring_in(creditor, path)

    assert {c.column: c.role for c in preview.columns if c.role} == IBM
    assert (preview.kind, preview.mapping.order, preview.rejected_count) == (ListKind.INVOICES, order, 0)
    assert run.counts["items"]["new"] == len(stated)
    assert preview.totals["USD"].invoiced_minor == sum(minor(row["InvoiceAmount"]) for row in stated)
    booked = {item.number: item for item in Item.objects.select_related("customer")}
    for row in stated:
        item = booked[row["invoiceNumber"]]
        assert (item.customer.code, item.amount_minor) == (row["customerID"], minor(row["InvoiceAmount"]))
        days = [datetime.strptime(row[c], written).date() for c in ("InvoiceDate", "DueDate", "SettledDate")]  # noqa: DTZ007
        assert [item.issued_on, item.due_on, item.settled_on] == days
    assert open_total_minor(creditor, "USD") == 0


def test_cleared_invoices_of_two_currencies_that_the_file_does_not_name(creditor):
    path = shared_data("ledgers/highradius/cleared_invoices_first60pct.csv")
    stated = rows_of(path)

    run = bring_in(creditor, path)

    assert run.counts["items"]["new"] == len(stated) == 23_945
    assert run.counts["rows"]["rejected"] == 0
    assert sum(Item.objects.values_list("amount_minor", flat=True)) == sum(minor(row["amount"]) for row in stated)
    paid = Counter((row["cust_number"], row["clear_date"]) for row in stated)
    received = Receipt.objects.values_list("customer__code", "received_on")
    assert Counter((code, day.isoformat()) for code, day in received) == paid
    assert not Item.objects.filter(settled_on=None).exists()


def test_open_invoices_whose_numbers_went_through_a_spreadsheet(creditor):
    path = shared_data("ledgers/highradius/open_invoices_2020.csv")
    stated = rows_of(path)

    run = bring_in(creditor, path)

    assert run.counts["items"]["new"] == len(stated) == 9_700
    assert Customer.objects.count() == len({row["cust_number"] for row in stated}) == 664
    for currency in ("USD", "CAD"):
        owed = sum(minor(row["total_open_amount"]) for row in stated if row["invoice_currency"] == currency)
        assert open_total_minor(creditor, currency) == owed
    assert set(Item.objects.values_list("number", flat=True)) == {
        row["invoice_id"].removesuffix(".0") for row in stated
    }
    row = stated[0]
    item = Item.objects.get(number=row["invoice_id"].removesuffix(".0"))
    assert (item.due_on.isoformat(), item.issued_on.isoformat()) == (row["due_in_date"], row["posting_date"])


def test_partly_settled_invoices_with_days_until_payment(creditor):
    path = shared_data("ledgers/cassandra/invoices_first60pct.csv")
    stated = rows_of(path)

    run = bring_in(creditor, path)

    assert run.counts["items"]["new"] == len(stated) == 5_239
    assert open_total_minor(creditor, "USD") == sum(minor(row["Outstanding"]) for row in stated)
    assert sum(Receipt.objects.values_list("amount_minor", flat=True)) == sum(minor(row["Settled"]) for row in stated)
    assert Item.objects.filter(settled_on=None).count() == sum(minor(row["Outstanding"]) > 0 for row in stated)
    issued = [datetime.strptime(row["Invoice_Date"], "%d-%b-%y").date() for row in stated]  # noqa: DTZ007
    paid = Counter(
        day + timedelta(days=int(row["Number_of_Days_until_Payment"])) for day, row in zip(issued, stated, strict=True)
    )
    assert Counter(Receipt.objects.values_list("received_on", flat=True)) == paid


def test_a_fec_is_paired_by_its_letters_and_its_balance_is_the_books(creditor):
    path = shared_data("fec/neolegal-fr__fec-reader/111111111FEC20221231.TXT")
    with path.open(encoding="cp1252") as file:
        lines = [[cell.strip() for cell in line.rstrip("\n").split("|")] for line in file][1:]
    customers = [line for line in lines if line[4].startswith("411")]

    run = bring_in(creditor, path)

    debits, credits = (sum(minor(line[side]) for line in customers) for side in (11, 12))
    assert run.counts["rows"]["rejected"] == 0
    assert open_total_minor(creditor, "EUR") == debits - credits
    assert Item.objects.count() + Receipt.objects.count() == len(customers) == 151
    assert Customer.objects.count() == len({line[6] for line in customers})
    # What no letter joins, and what a letter leaves over, is open; in whole this is the balance again.
    unlettered = sum(minor(line[11]) for line in customers if not line[13])
    still_open = sum(i.amount_minor - i.allocated_minor for i in Item.objects.filter(kind="invoice"))
    assert still_open >= unlettered
    assert Item.objects.filter(kind="credit_note").count() == sum(
        line[0] == "VE" and minor(line[12]) > 0 for line in customers
    )
    paid = Item.objects.get(customer__code="41101591", amount_minor=56031)
    assert paid.settled_on == date(2023, 5, 3)


def test_a_small_fec_with_tabs(creditor):
    path = shared_data("fec/La-Societe-Nouvelle__fec-reader/sample_tab.txt")

    bring_in(creditor, path)

    item = Item.objects.get()
    assert (item.customer.code, item.customer.name, item.number) == ("C001", "Martin SAS", "FA00002")
    assert (item.issued_on, item.due_on, item.amount_minor) == (date(2024, 12, 20), date(2025, 1, 19), 120_000)


@pytest.mark.parametrize(
    "name",
    [
        "ledgers/ibm/WA_Fn-UseC_-Accounts-Receivable.csv",
        "ledgers/highradius/open_invoices_2020.csv",
        "ledgers/cassandra/invoices_first60pct.csv",
        "fec/neolegal-fr__fec-reader/111111111FEC20221231.TXT",
    ],
)
def test_the_same_file_again_changes_nothing(creditor, name):
    path = shared_data(name)
    bring_in(creditor, path)
    before = [list(table.objects.order_by("pk").values()) for table in (Customer, Item, Receipt, Allocation)]

    again = bring_in(creditor, path)

    assert before == [list(table.objects.order_by("pk").values()) for table in (Customer, Item, Receipt, Allocation)]
    changes = {f"{kind}.{what}" for kind, counts in again.counts.items() for what, n in counts.items() if n}
    assert changes <= {"customers.same", "items.same", "receipts.same"}
