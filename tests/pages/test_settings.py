"""Who are we to customers, may we send, who is on the team, and who did what?"""

import pytest
from django.core import mail
from django.urls import reverse

from amiable.organisation.models import AuditEvent, Member

CREDITOR = {
    "name": "Atelier Lumen", "legal_name": "", "siren": "732829320", "vat_number": "", "address": "", "phone": "",
    "language": "fr", "time_zone": "Europe/Paris", "brand_colour": "#7a3e1d",
}  # fmt: skip


def page_of(name: str, *about) -> str:
    return reverse(f"desk:settings{name}", args=about)


def test_what_customers_see_of_us_is_changed(make, enter):
    creditor = make.creditor()
    page = enter().post(page_of("_creditor"), CREDITOR, follow=True).content.decode()
    creditor.refresh_from_db()
    assert (creditor.siren, creditor.brand_colour) == ("732829320", "#7a3e1d")
    assert "732829320" in page


@pytest.mark.parametrize(("field", "wrong"), [("siren", "123456789"), ("time_zone", "Mars/Olympus"), ("name", "")])
def test_what_cannot_be_right_is_told_at_its_field(field, wrong, make, enter):
    make.creditor()
    answer = enter().post(page_of("_creditor"), CREDITOR | {field: wrong})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_the_time_zone_is_chosen_from_places(make, enter):
    make.creditor()
    page = enter().get(page_of("_creditor")).content.decode()
    assert '<option value="Europe/Paris"' in page
    assert "posixrules" not in page


def test_an_iban_with_a_slip_of_the_pen_is_not_taken(make, enter):
    make.creditor()
    answer = enter().post(page_of("_bank_account"), {"currency": "EUR", "iban": "FR7630006000011234567890188"})
    assert answer.status_code == 422
    assert "iban" in answer.context["form"].errors


def test_sending_is_switched_on_and_back_to_safe_mode_at_once(make, enter):
    creditor = make.creditor()
    client = enter()
    client.post(page_of("_sending"), {"sending": "on"})
    creditor.refresh_from_db()
    assert creditor.sending
    client.post(page_of("_sending"), {})
    creditor.refresh_from_db()
    assert not creditor.sending


def test_a_test_message_reaches_the_mailbox(make, enter):
    make.creditor(sender_email="us@lumen.example")
    enter().post(page_of("_test_mail"), {"to": "me@lumen.example"})
    assert [message.to for message in mail.outbox] == [["me@lumen.example"]]


def test_a_colleague_is_invited_and_can_sign_in(make, enter, client):
    make.creditor()
    facts = {"email": "nadia@lumen.example", "role": "collector", "language": "fr", "password": "a kind long word"}
    page = enter().post(page_of("_member_add"), facts, follow=True).content.decode()
    assert "nadia@lumen.example" in page
    assert client.login(email="nadia@lumen.example", password="a kind long word")


def test_the_last_administrator_cannot_leave(make, enter):
    alone = make.member("administrator")
    page = enter(member=alone).post(page_of("_member_active", alone.pk), {}, follow=True).content.decode()
    assert Member.objects.get(pk=alone.pk).is_active
    assert "administrator" in page


def test_the_trail_tells_who_did_what_and_can_be_narrowed(make, enter):
    make.creditor()
    boss = make.member("administrator")
    client = enter(member=boss)
    client.post(page_of("_sending"), {"sending": "on"})
    action = AuditEvent.objects.latest("pk").action
    page = client.get(page_of("_audit"), {"actor": boss.pk, "action": action}).content.decode()
    assert action in page
    assert str(boss) in page
    assert "No line of the trail fits" in client.get(page_of("_audit"), {"action": "nothing."}).content.decode()


def test_nonsense_in_the_address_of_the_trail_shows_it_all_the_same(make, enter):
    make.creditor()
    assert enter().get(page_of("_audit"), {"actor": "x", "until": "soon", "page": "-1"}).status_code == 200
