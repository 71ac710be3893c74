"""Do lists of every kind come in as what they are, and are doubts and bad lines told?"""

from datetime import date

import pytest

from amiable.ledger.models import Address, Contact, Correction, Customer, Hold, Item, Receipt
from amiable.organisation.models import AuditEvent
from amiable.sources.errors import BadMapping, ColumnsMissing, NoHeader
from amiable.sources.mapping import ListKind, Mapping
from amiable.sources.models import ImportRun
from amiable.sources.operations import UnknownProfile, load_profile, preview_file, save_profile
from amiable.sources.queries import rejected_rows, runs
from amiable.sources.vocabulary import Role
from tests.sources.conftest import TODAY

pytestmark = pytest.mark.django_db

OPEN = "Code client;Nom;Facture;Date;Échéance;Montant;Solde;Devise\n"


def test_a_french_open_item_list_with_title_total_and_credit_note(bring_in):
    run = bring_in(
        "Encours au 28/02/2026\n\n"
        + OPEN
        + "C1;Élan;F1;05/01/2026;04/02/2026;1 200,50;1 000,00;EUR\n"
        + "C1;Élan;A1;20/01/2026;20/01/2026;-100,00;-100,00;EUR\n"
        + "TOTAL;;;;;;900,00;\n"
    )

    invoice, credit_note = Item.objects.order_by("kind").reverse()
    assert (invoice.number, invoice.amount_minor, invoice.allocated_minor) == ("F1", 120_050, 20_050)
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 1, 5), date(2026, 2, 4))
    assert (credit_note.kind, credit_note.amount_minor, credit_note.allocated_minor) == ("credit_note", 10_000, 0)
    assert [(row.line, row.reason) for row in rejected_rows(run)] == [(6, "This line is a total, not an entry.")]


def test_good_lines_come_in_and_bad_ones_are_listed_with_line_and_reason(bring_in):
    run = bring_in(
        OPEN
        + "C1;Un;F1;05/01/2026;04/02/2026;10,00;10,00;EUR\n"
        + ";;F2;05/01/2026;04/02/2026;10,00;10,00;EUR\n"
        + "C1;Un;F3;05/01/2026;31/02/2026;10,00;10,00;EUR\n"
        + "C1;Un;F4;05/01/2026;04/02/2026;dix;dix;EUR\n"
        + "C1;Un;F5;05/01/2026;04/02/2026;0,00;0,00;EUR\n"
        + "C1;Un;F6;05/01/2026;04/02/2026;10,00;12,00;EUR\n"
        + "C1;Un;F7;05/01/2026;04/02/2026;10,00;10,00;ZZZ\n"
        + "C1;Un;F1;05/01/2026;04/02/2026;10,00;10,00;EUR\n"
        + "C1;Un;F8;05/01/2026;04/02/2026;10,00;10,00;EUR;trop;long\n"
        + f"C1;Un;{'F' * 65};05/01/2026;04/02/2026;10,00;10,00;EUR\n"
        + "C2;Deux;F9;05/01/2026;04/02/2026;1"
        + "0" * 30
        + ";1;EUR\n"
        + "C2;Deux;F10;05/01/2026;04/02/9999;1,00;1,00;EUR\n"
        + "C2;Deux;F11;05/01/2026;04/02/2026;99,90;99,90;EUR\n"
    )

    assert set(Item.objects.values_list("number", flat=True)) == {"F1", "F11"}
    told = {row.line: row.reason for row in rejected_rows(run)}
    assert sorted(told) == list(range(3, 14))
    assert told[3] == "No customer is named."
    assert told[4] == "Due date: “31/02/2026” is no day between 1950 and 2099."
    assert told[5] == "Amount: “dix” is no amount that can be booked."
    assert told[6] == "The amount is zero: nothing is owed."
    assert told[7] == "More is said to be open than the invoice's amount."
    assert told[8] == "“ZZZ” is no currency."
    assert told[9] == "The same invoice stands in line 2 already."
    assert told[10] == "This line has 10 cells, the header has 8."
    assert run.counts["rows"]["rejected"] == 11
    assert rejected_rows(run).get(line=5).content.startswith("C1 | Un | F4 | 05/01/2026")


def test_instalments_of_one_invoice_are_items_of_their_own(bring_in):
    rows = OPEN + "C1;Un;F1;05/01/2026;04/02/2026;10,00;10,00;EUR\nC1;Un;F1;05/01/2026;04/03/2026;10,00;10,00;EUR\n"
    bring_in(rows)
    bring_in(rows)

    assert sorted(Item.objects.values_list("due_on", flat=True)) == [date(2026, 2, 4), date(2026, 3, 4)]


def test_terms_stand_in_for_a_missing_due_date(bring_in, creditor, write):
    text = (
        "Customer,Invoice,Invoice date,Amount,Terms\n"
        "A,1,2026-01-10,100.00,30 jours fin de mois\n"
        "A,2,2026-01-10,100.00,à réception\n"
        "A,3,2026-01-10,100.00,60\n"
        "A,4,2026-01-10,100.00,\n"
    )
    bring_in(text)

    days = dict(Item.objects.values_list("number", "due_on"))
    assert days == {"1": date(2026, 2, 28), "2": date(2026, 1, 10), "3": date(2026, 3, 11), "4": date(2026, 2, 9)}
    warnings = preview_file(write(text), creditor=creditor, as_of=TODAY).warnings
    assert any(warning.startswith("Invoices without a due date: 4.") for warning in warnings)


def test_a_derived_due_date_never_corrects_a_known_one(bring_in):
    bring_in("Customer,Invoice,Invoice date,Due date,Amount\nA,1,2026-01-10,2026-03-31,100.00\n")
    bring_in("Customer,Invoice,Invoice date,Amount\nA,1,2026-01-10,100.00\n")

    assert Item.objects.get().due_on == date(2026, 3, 31)
    assert not Correction.objects.exists()


def test_ambiguous_days_and_amounts_are_said_in_the_preview(creditor, write):
    path = write('Customer,Invoice,Date,Due date,Amount\nA,1,01/02/2026,03/04/2026,"1,234"\n')

    preview = preview_file(path, creditor=creditor, as_of=TODAY)

    assert preview.rows[0]["issued_on"] == date(2026, 2, 1)
    assert "Nothing tells whether the day or the month comes first; the day is assumed." in preview.warnings
    assert any("read as decimal" in warning for warning in preview.warnings)


def test_a_preview_writes_nothing(creditor, write):
    preview = preview_file(
        write(OPEN + "C1;Un;F1;05/01/2026;04/02/2026;10,00;10,00;EUR\n"), creditor=creditor, as_of=TODAY
    )

    assert (preview.kind, preview.counts["items"], preview.totals["EUR"].open_minor) == (ListKind.OPEN_ITEMS, 1, 1000)
    assert preview.details["delimiter"] == ";"
    assert not Customer.objects.exists() and not ImportRun.objects.exists() and not AuditEvent.objects.exists()


def test_customers_and_contacts_come_in_and_a_later_list_changes_them(bring_in):
    bring_in(
        "Code client;Raison sociale;SIREN;Pays;Ville;Code postal;Adresse;"
        "Contact;Fonction;E-mail;Téléphone\n"
        "C1;Élan SARL;732829320;France;Paris;75002;1 rue de la Paix;"
        "Maya Lefort;Comptable;Maya@Elan.example;01 23 45 67 89\n"
        "C2;Keller GmbH;123456789;Allemagne;Berlin;;;Anke;Achats;kein-mail;030 1234567\n"
    )
    run = bring_in("Code client;Raison sociale;Ville\nC1;Élan & Fils;Lyon\n")

    first, second = Customer.objects.order_by("code")
    assert (first.name, first.siren, first.language, first.address) == ("Élan & Fils", "732829320", "fr", "Lyon")
    assert (second.country, second.time_zone, second.language, second.siren) == ("DE", "Europe/Berlin", "en", "")
    assert run.counts["customers"] == {"new": 0, "changed": 1, "same": 0}
    assert dict(Contact.objects.values_list("name", "role")) == {"Maya Lefort": "accounts_payable", "Anke": "buyer"}
    assert set(Address.objects.values_list("value", flat=True)) == {"maya@elan.example", "+33123456789", "+49301234567"}


def test_a_bounced_address_stays_bounced(bring_in):
    rows = "Customer,Contact,Email\nA,Ann,ann@a.example\n"
    bring_in(rows)
    Address.objects.update(reach="bounced")

    bring_in(rows)

    assert Address.objects.get().reach == "bounced"


def test_an_invoice_list_names_new_customers_and_leaves_known_ones_alone(bring_in):
    bring_in("Customer code,Customer name,Invoice,Due date,Amount\nC1,First spelling,1,2026-01-10,5.00\n")
    bring_in("Customer code,Customer name,Invoice,Due date,Amount\nC1,Second spelling,2,2026-01-10,5.00\n")

    assert Customer.objects.get().name == "First spelling"


def test_payments_settle_the_invoices_they_name(bring_in):
    bring_in(
        "Customer,Invoice,Date,Due date,Amount\nA,1,2026-01-10,2026-02-09,100.00\nA,12,2026-01-10,2026-02-09,50.00\n"
    )
    payments = (
        "Payment date,Customer,Invoice,Amount,Payment method\n"
        "2026-02-05,A,1,100.00,transfer\n2026-02-06,A,12,60.00,transfer\n2026-02-07,A,,5.00,cheque\n"
    )
    run = bring_in(payments)
    bring_in(payments)

    assert run.counts["settlements"] == {"new": 1, "misfits": 1}
    assert Item.objects.get(number="1").settled_on == date(2026, 2, 5)
    assert Item.objects.get(number="12").allocated_minor == 0
    received = Receipt.objects.order_by("received_on").values_list("amount_minor", "allocated_minor")
    assert list(received) == [(10_000, 10_000), (6_000, 0), (500, 0)]


def test_disputed_open_items_pause_and_what_a_person_ended_stays_ended(bring_in):
    rows = (
        "Customer,Invoice,Date,Due date,Amount,Disputed\n"
        "A,1,2026-01-10,2026-02-09,100.00,Yes\nA,2,2026-01-10,2026-02-09,1.00,No\n"
    )
    bring_in(rows)
    assert [(hold.item.number, hold.kind) for hold in Hold.objects.all()] == [("1", "dispute")]
    Hold.objects.update(ended_on=TODAY)

    bring_in(rows)

    assert Hold.objects.count() == 1


def test_two_customers_may_have_the_same_invoice_number(bring_in):
    bring_in("Customer,Invoice,Due date,Amount\nA,1,2026-01-10,5.00\nB,1,2026-01-10,5.00\n")

    assert Item.objects.count() == 2


def test_each_currency_has_its_own_minor_units(bring_in):
    bring_in(
        "Customer,Invoice,Due date,Amount,Currency\n"
        "A,1,2026-01-10,5000,JPY\nA,2,2026-01-10,5.125,TND\nA,3,2026-01-10,5.12,EUR\n"
    )

    assert dict(Item.objects.values_list("currency", "amount_minor")) == {"JPY": 5000, "TND": 5125, "EUR": 512}


def test_bank_data_are_as_fresh_as_the_list_and_never_older_or_ahead(bring_in, creditor):
    header = "Customer,Invoice,Date,Due date,Amount\n"
    for issued, expected in (("2026-02-10", "2026-02-10"), ("2026-01-10", "2026-02-10"), ("2026-12-24", "2026-03-11")):
        bring_in(header + f"A,{issued},{issued},2027-01-01,100.00\n")
        creditor.refresh_from_db()
        assert creditor.bank_data_until.isoformat() == expected


def test_a_file_without_what_is_needed_says_what_is_missing(bring_in):
    with pytest.raises(ColumnsMissing, match="Customer code / Customer name"):
        bring_in("Invoice,Due date,Amount\n1,2026-01-10,5.00\n")
    with pytest.raises(NoHeader):
        bring_in("1,2,3\n4,5,6\n")

    assert [run.status for run in runs()] == ["failed", "failed"]
    assert "Customer code" in runs().last().error
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["import.failed", "import.failed"]


def test_a_corrected_mapping_is_saved_and_found_again_for_the_same_columns(bring_in, creditor, write):
    path = write("Who,What,Until,How much\nA,1,2026-01-10,5.00\n")
    with pytest.raises(ColumnsMissing):
        preview_file(path, creditor=creditor, as_of=TODAY)
    unread = preview_file(path, creditor=creditor, as_of=TODAY, incomplete=True)
    assert [column.column for column in unread.columns] == ["Who", "What", "Until", "How much"]
    assert unread.missing
    header = ("Who", "What", "Until", "How much")
    mapping = Mapping(ListKind.OPEN_ITEMS, {}, header=header).with_columns(
        {"Who": "customer_name", "What": "number", "Until": "due_on", "How much": "amount"}
    )
    save_profile("odd", mapping, format="csv", by=None)

    assert load_profile("odd") == mapping
    preview = preview_file(path, creditor=creditor, as_of=TODAY, profile="odd")
    assert preview.counts["items"] == 1


def test_profiles_are_files_too_and_speak_up_when_wrong(tmp_path):
    path = tmp_path / "p.yaml"
    path.write_text("kind: open_items\ncolumns: {customer_name: Who, amount: How much, due_on: Until}\ndecimal: ','\n")
    assert load_profile(str(path)).columns[Role.CUSTOMER_NAME] == "Who"

    for wrong in (
        "kind: nonsense\ncolumns: {}",
        "columns: 5",
        "[",
        "kind: payments\ncolumns: {}\nsize: 3",
        "decimal: x",
    ):
        path.write_text(wrong)
        with pytest.raises(BadMapping):
            load_profile(str(path))
    with pytest.raises(UnknownProfile):
        load_profile("nobody")


def test_two_columns_cannot_play_one_part():
    with pytest.raises(BadMapping, match="Amount"):
        Mapping(ListKind.OPEN_ITEMS, {}).with_columns({"a": "amount", "b": "amount"})
