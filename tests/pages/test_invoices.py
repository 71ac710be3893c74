"""Which invoices, in which state?"""

import csv
import io

from django.db import connection
from django.test.utils import CaptureQueriesContext

from amiable.desk.export import harmless

INVOICES = "/invoices/"


def test_an_invoice_is_listed_with_its_customer_its_lateness_and_what_is_open(make, enter):
    make.invoice(make.customer("Ateliers Duval"), due="10 days ago", amount="1234.50", number="F-1")
    page = enter().get(INVOICES).content.decode()
    told = ("F-1", "Ateliers Duval", "10 days late", "€1,234.50")
    assert [words for words in told if words not in page] == []


def test_states_and_pauses_narrow_the_list(make, enter):
    customer = make.customer()
    make.invoice(customer, due="in 10 days", number="F-EARLY")
    make.invoice(customer, due="10 days ago", number="F-LATE")
    make.invoice(customer, due="10 days ago", number="F-DISPUTED", disputed=True)
    client = enter()

    def listed(**asked) -> set[str]:
        page = client.get(INVOICES, asked).content.decode()
        return {number for number in ("F-EARLY", "F-LATE", "F-DISPUTED") if number in page}

    assert listed() == {"F-EARLY", "F-LATE", "F-DISPUTED"}
    assert listed(pause="dispute", state="open") == {"F-DISPUTED"}
    assert listed(q="early") == {"F-EARLY"}
    assert "F-EARLY" not in listed(state="late")


def test_nonsense_in_the_address_shows_the_list_all_the_same(make, enter):
    make.invoice(make.customer(), number="F-1")
    nonsense = {
        "state": "?",
        "bucket": "9x",
        "page": "-3",
        "sort": "'; drop",
        "kind": "x",
        "currency": "€€€€€",
        "q": "F-1",
    }
    assert enter().get(INVOICES, nonsense).status_code == 200


def test_the_exported_file_says_the_same_as_the_list(make, enter):
    make.invoice(make.customer("Ateliers Duval"), due="10 days ago", amount="1234.50", number="F-1")
    answer = enter().get("/invoices/export/")
    head, line = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    told = dict(zip(head, line, strict=True))
    assert [told[name] for name in ("Number", "Customer", "Days late", "Amount", "Open")] == [
        "F-1", "Ateliers Duval", "10", "1234.50", "1234.50",
    ]  # fmt: skip


def test_what_suppliers_and_customers_wrote_is_no_formula_in_a_spreadsheet(make, enter):
    hostile = '=HYPERLINK("http://evil.example","Pay")'
    make.invoice(make.customer("@SUM(A1:A9)"), number=hostile, po_number="+1+1")
    answer = enter().get("/invoices/export/")
    _head, line = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert [cell for cell in line if cell[:1] in "=+-@\t\r"] == []
    assert harmless(hostile) in line


def test_the_list_asks_no_more_questions_for_many_invoices_than_for_one(make, enter):
    client = enter()
    make.invoice(make.customer())
    client.get(INVOICES)
    with CaptureQueriesContext(connection) as few:
        client.get(INVOICES)
    for _n in range(5):
        make.invoice(make.customer(), disputed=True)
    with CaptureQueriesContext(connection) as many:
        client.get(INVOICES)
    assert len(many) == len(few) <= 10
