"""What comes in from files, and how was it understood?"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from amiable.ledger.models import Item
from amiable.sources.models import ImportRun
from amiable.sources.tasks import import_run as work_off

LIST = "Client;Nom;Facture;Date;Échéance;Montant;Devise\nC1;Élan;F1;05/01/2026;04/02/2026;1 200,50;EUR\n"
BAD_LINE = "C2;Boréal;F2;05/01/2026;04/02/2026;beaucoup;EUR\n"


@pytest.fixture
def upload(make, enter, settings, tmp_path):
    """Upload a file and stand before its preview."""
    make.creditor()
    client = enter()

    def uploading(text: str = LIST, name: str = "list.csv"):
        answer = client.post("/import/", {"file": SimpleUploadedFile(name, text.encode())})
        assert answer.status_code == 302
        return client, answer.url

    return uploading


def book(client, page: str, **said) -> ImportRun:
    """Confirm what the preview shows, and let the worker do it."""
    hidden = {"kind": "open_items", "currency": "EUR"}
    preview = client.get(page).context
    columns = {name: role for name, _column, role in preview["columns"]}
    client.post(f"{page}start/", hidden | columns | {"kind": preview["preview"].kind} | said)
    run = ImportRun.objects.latest("pk")
    work_off(run.pk)
    return run


def test_a_file_is_shown_in_business_words_before_anything_is_booked(upload):
    client, page = upload()
    shown = client.get(page).content.decode()
    told = ("Nothing is booked yet", "Customer", "Issued", "5 Jan 2026", "€1,200.50", "F1")
    assert [words for words in told if words not in shown] == []
    assert "customer_code" not in shown.replace('value="customer_code"', "")
    assert not Item.objects.exists()


def test_a_column_is_corrected_and_the_preview_follows(upload):
    client, page = upload()
    columns = {name: role for name, _column, role in client.get(page).context["columns"]}
    number = next(name for name, role in columns.items() if role == "number")
    corrected = client.get(page, columns | {"kind": "open_items", number: "reference"})
    assert {role for _name, _column, role in corrected.context["columns"]} >= {"reference"}


def test_a_booked_file_tells_what_it_brought_and_which_lines_it_did_not(upload):
    client, page = upload(LIST + BAD_LINE)
    book(client, page)
    shown = client.get(page).content.decode()
    assert Item.objects.get().number == "F1"
    assert "What it brought" in shown
    assert "Boréal" in shown
    rejected = b"".join(client.get(f"{page}rejected/").streaming_content).decode()
    assert "beaucoup" in rejected


def test_a_second_press_of_the_button_changes_nothing(upload):
    client, page = upload()
    run = book(client, page)
    again = client.post(f"{page}start/", {}, follow=True)
    run.refresh_from_db()
    assert again.status_code == 200
    assert (run.status, Item.objects.count()) == ("done", 1)


def test_a_file_that_is_no_list_is_refused_in_words(upload):
    client, page = upload("\x00\x01\x02 nothing", name="photo.csv")
    answer = client.get(page)
    assert answer.status_code == 422
    assert "Nothing was changed." in answer.content.decode()


def test_no_file_is_asked_for_again(make, enter):
    make.creditor()
    assert enter().post("/import/", {}).status_code == 422


def test_a_running_import_says_how_far_it_is(make, enter):
    run = ImportRun.objects.create(
        creditor=make.creditor(), started_at=make.now, status="running", file_name="big.csv", rows_total=1000
    )
    page = enter().get(reverse("desk:import_run", args=[run.pk])).content.decode()
    assert "You can leave this page; it goes on." in page
    assert "<progress" in page
