"""From a file with a column of its own kind to invoices in the list."""

import pytest

from amiable.sources.models import ImportRun
from amiable.sources.tasks import import_run as work_off

LIST = (
    "Client;Nom;Facture;Notre dossier;Date;Échéance;Montant;Devise\n"
    "C1;Élan;F1;CMD-77;05/01/2026;04/02/2026;1 200,50;EUR\n"
    "C2;Boréal;F2;CMD-78;06/01/2026;05/02/2026;300,00;EUR\n"
)


@pytest.mark.browser
def test_a_file_is_brought_in_with_a_column_corrected(transactional_db, make, tab, tmp_path):
    make.creditor()
    page, complaints = tab
    file = tmp_path / "encours.csv"
    file.write_text(LIST, encoding="utf-8")

    page.goto("/import/")
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Look into it").click()
    page.get_by_label("Notre dossier").select_option("po_number")
    page.get_by_role("button", name="Read it like this").click()
    assert page.get_by_role("cell", name="CMD-77").is_visible()
    assert page.get_by_role("cell", name="€1,200.50").first.is_visible()

    page.get_by_role("button", name="Book it").click()
    page.get_by_text("You can leave this page; it goes on.").wait_for()
    work_off(ImportRun.objects.get().pk)
    page.get_by_text("What it brought").first.wait_for()  # the page asks by itself how far it is
    page.get_by_role("link", name="See invoices").click()

    assert page.get_by_text("F1", exact=True).is_visible()
    assert page.get_by_text("CMD-78").is_visible()
    assert complaints == []
