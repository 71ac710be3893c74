"""Who owes what?"""

import csv
import io

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from amiable.desk.export import harmless

CUSTOMERS = "/customers/"


def owing(make, name: str, *, due: str = "10 days ago", amount: str = "120.00", **facts):
    """Make a customer who owes something."""
    customer = make.customer(name, **facts)
    make.invoice(customer, due=due, amount=amount)
    return customer


def test_the_list_says_who_owes_how_much_and_how_late(make, enter):
    owing(make, "Ateliers Duval", amount="1234.50")
    page = enter().get(CUSTOMERS).content.decode()
    assert "Ateliers Duval" in page
    assert "€1,234.50" in page
    assert "10 days late" in page


def test_filters_keep_what_was_asked_for(make, enter):
    owing(make, "Late Ltd")
    owing(make, "Early Ltd", due="in 10 days")
    page = enter().get(CUSTOMERS, {"state": "late"}).content.decode()
    assert "Late Ltd" in page
    assert "Early Ltd" not in page


def test_nonsense_in_the_address_shows_the_list_all_the_same(make, enter):
    owing(make, "Late Ltd")
    nonsense = {"owner": "x", "bucket": "9x", "page": "-3", "sort": "'; drop", "state": "??", "segment": ""}
    assert enter().get(CUSTOMERS, nonsense).status_code == 200


def test_htmx_gets_the_rows_alone(make, enter):
    owing(make, "Late Ltd")
    page = enter().get(CUSTOMERS, headers={"HX-Request": "true"}).content.decode()
    assert "Late Ltd" in page
    assert "<html" not in page


def test_nobody_fits_offers_the_way_back(make, enter):
    owing(make, "Late Ltd")
    assert "No customer fits these filters." in enter().get(CUSTOMERS, {"q": "zzzz"}).content.decode()


def test_what_others_wrote_cannot_run_in_a_page(make, enter):
    owing(make, "<script>alert(1)</script>", segment='"><img src=x onerror=alert(1)>')
    page = enter().get(CUSTOMERS).content.decode()
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page


def test_the_export_holds_every_filtered_row_and_no_formula(make, enter):
    owing(make, '=HYPERLINK("https://evil.example")', amount="1234.50")
    owing(make, "Early Ltd", due="in 10 days")
    answer = enter().get(reverse("desk:customers_export"), {"state": "late"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 2
    assert rows[1][1].startswith("'=HYPERLINK")
    assert rows[1][6] == "1234.50"


def test_cells_that_begin_a_formula_are_made_harmless_and_others_stay():
    assert [harmless(cell) for cell in ("=1", "+1", "-1", "@a", "\ta", "a=1", "", None, -5)] == [
        "'=1", "'+1", "'-1", "'@a", "'\ta", "a=1", "", "", -5,
    ]  # fmt: skip


def test_the_chosen_ones_get_a_new_owner(make, enter):
    chosen, other, colleague = owing(make, "Chosen"), owing(make, "Other"), make.member()
    enter().post(reverse("desk:customers_assign"), {"chosen": [chosen.pk], "owner": colleague.pk})
    chosen.refresh_from_db()
    other.refresh_from_db()
    assert (chosen.owner, other.owner) == (colleague, None)


def test_the_chosen_ones_are_held_once_somebody_said_why_and_it_can_be_undone(make, enter):
    chosen, client = owing(make, "Chosen"), enter()
    asked = client.post(reverse("desk:customers_hold"), {"chosen": [chosen.pk]})
    assert asked.status_code == 200
    assert not chosen.holds.exists()
    client.post(reverse("desk:customers_hold"), {"chosen": [chosen.pk], "reason": "New address is coming"})
    hold = chosen.holds.get()
    assert hold.reason == "New address is coming"
    client.post(f"{reverse('desk:customers_unhold')}?holds={hold.pk}")
    hold.refresh_from_db()
    assert hold.ended_on == make.day


def test_the_page_asks_as_many_questions_for_many_as_for_few(make, enter):
    client = enter()
    owing(make, "Alone")
    client.get(CUSTOMERS)
    with CaptureQueriesContext(connection) as few:
        client.get(CUSTOMERS)
    for n in range(30):
        owing(make, f"Customer {n}", owner=make.member(), segment="public")
    client.get(CUSTOMERS)  # the first visit after a write adds the book up anew
    with CaptureQueriesContext(connection) as many:
        client.get(CUSTOMERS)
    assert len(many) == len(few)
    assert len(many) <= 12


def test_a_search_finds_customers_and_invoices(make, enter):
    customer = owing(make, "Élodie Traiteur")
    make.invoice(customer, number="F-77812")
    client = enter()
    assert "Élodie Traiteur" in client.get("/search/", {"q": "elodie"}).content.decode()
    assert "F-77812" in client.get("/search/", {"q": "f-778"}).content.decode()
    assert "Nothing fits" in client.get("/search/", {"q": "zzzz"}).content.decode()
