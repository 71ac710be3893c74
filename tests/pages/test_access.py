"""Who may open what? Every address × role × status. A new address without a row here fails the last test."""

import pytest
from django.urls import get_resolver, reverse

from amiable.outreach.operations import log_touch
from amiable.planning.models import Task
from amiable.sources.models import ImportRun
from tests.apps.mail_server import written

ROLES = ("administrator", "manager", "collector", "sales", "reader")
# What a role gets: 200 opens, 302 done and on to a page, 403 refused, 404 not theirs. The customer of this table is
# sold by somebody else, so sellers find nothing.
TABLE = {  # name: (method, one status per role, in their order)
    "today": ("get", (200, 200, 200, 200, 200)),
    "task_done": ("get", (200, 200, 200, 404, 403)),
    "task_reopen": ("post", (302, 302, 302, 404, 403)),
    "customers": ("get", (200, 200, 200, 200, 200)),
    "customers_export": ("get", (200, 200, 200, 403, 403)),
    "customers_assign": ("post", (302, 302, 302, 403, 403)),
    "customers_hold": ("post", (302, 302, 302, 403, 403)),
    "customers_unhold": ("post", (302, 302, 302, 403, 403)),
    "customer": ("get", (200, 200, 200, 404, 200)),
    "customer_details": ("get", (200, 200, 200, 403, 403)),
    "customer_call": ("get", (200, 200, 200, 404, 403)),
    "customer_note": ("get", (200, 200, 200, 404, 403)),
    "customer_hold": ("get", (200, 200, 200, 403, 403)),
    "customer_hold_end": ("post", (302, 302, 302, 403, 403)),
    "customer_answered": ("post", (302, 302, 302, 404, 403)),
    "customer_email": ("get", (200, 200, 200, 403, 403)),
    "customer_email_preview": ("post", (200, 200, 200, 403, 403)),
    "customer_contact_new": ("get", (200, 200, 200, 403, 403)),
    "customer_contact": ("get", (200, 200, 200, 403, 403)),
    "invoices": ("get", (200, 200, 200, 200, 200)),
    "invoices_export": ("get", (200, 200, 200, 403, 403)),
    "outbox": ("get", (200, 200, 200, 403, 200)),
    "outbox_hold": ("post", (302, 302, 302, 403, 403)),
    "outbox_release": ("post", (302, 302, 302, 403, 403)),
    "message": ("get", (200, 200, 200, 403, 200)),
    "message_letter": ("get", (200, 200, 200, 403, 200)),
    "message_edit": ("get", (200, 200, 200, 403, 403)),
    "message_preview": ("post", (200, 200, 200, 403, 403)),
    "message_send": ("get", (200, 200, 200, 403, 403)),
    "message_cancel": ("get", (200, 200, 200, 403, 403)),
    "message_resolve": ("post", (302, 302, 302, 403, 403)),
    "strategy": ("get", (200, 200, 200, 403, 200)),
    "policy": ("get", (200, 200, 403, 403, 403)),
    "wording": ("get", (200, 200, 200, 403, 200)),
    "wording_save": ("post", (422, 422, 403, 403, 403)),
    "wording_preview": ("post", (404, 404, 404, 403, 404)),
    "import": ("get", (200, 200, 200, 403, 403)),
    "import_run": ("get", (200, 200, 200, 403, 403)),
    "import_start": ("post", (302, 302, 302, 403, 403)),
    "import_rejected": ("get", (200, 200, 200, 403, 403)),
    "settings": ("get", (200, 403, 403, 403, 403)),
    "settings_creditor": ("get", (200, 403, 403, 403, 403)),
    "settings_sender": ("get", (200, 403, 403, 403, 403)),
    "settings_sending": ("post", (302, 403, 403, 403, 403)),
    "settings_test_mail": ("get", (200, 403, 403, 403, 403)),
    "settings_bank_account": ("get", (200, 403, 403, 403, 403)),
    "settings_members": ("get", (200, 403, 403, 403, 403)),
    "settings_member_add": ("get", (200, 403, 403, 403, 403)),
    "settings_member": ("get", (200, 403, 403, 403, 403)),
    "settings_member_password": ("get", (200, 403, 403, 403, 403)),
    "settings_member_active": ("post", (302, 403, 403, 403, 403)),
    "settings_audit": ("get", (200, 200, 403, 403, 403)),
    "search": ("get", (200, 200, 200, 200, 200)),
    "creditor": ("post", (400, 400, 400, 400, 400)),
    "gallery": ("get", (200, 403, 403, 403, 403)),
}
OPEN_TO_ALL = {"language", "theme"}  # how one reads, before one signs in as well


@pytest.fixture
def world(make):
    """One customer of everything that an address can name."""
    customer = make.customer()
    contact = make.contact(customer)
    invoice = make.invoice(customer, due="40 days ago", amount="900.00")
    hold = make.hold(customer, item=invoice)
    touch = log_touch(
        customer, by=None, channel="email", direction="in", at=make.now, on=make.day, summary="?", needs_answer=True
    )
    task = Task.objects.create(
        creditor=customer.creditor, customer=customer, kind="call", key="a", planned_for=make.day, due_on=make.day
    )
    message = written(make, contact, about=(invoice,))
    run = ImportRun.objects.create(creditor=customer.creditor, started_at=make.now, status=ImportRun.Status.DONE)
    colleague = make.member()
    return {
        **{name: [message.pk] for name in TABLE if name.split("_")[0] == "message"},
        **{name: [run.pk] for name in TABLE if name.startswith("import_")},
        **{name: [colleague.pk] for name in ("settings_member", "settings_member_password", "settings_member_active")},
        "wording": ["reminder", "en"],
        "wording_save": ["reminder", "en"],
        "wording_preview": ["en"],
        "task_done": [task.pk],
        "task_reopen": [task.pk],
        "customer_hold_end": [customer.pk, hold.pk],
        "customer_answered": [customer.pk, touch.pk],
        "customer_contact": [customer.pk, contact.pk],
        "customer": [customer.pk],
    }


def address(name: str, world: dict) -> str:
    """Return the address of a page about the world's customer."""
    about = world.get(name) or (world["customer"] if name.startswith("customer_") else [])
    return reverse(f"desk:{name}", args=about)


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_it_may_and_nothing_else(name, role, world, enter):
    method, statuses = TABLE[name]
    answer = getattr(enter(role), method)(address(name, world))
    assert answer.status_code == statuses[ROLES.index(role)]


@pytest.mark.parametrize("name", TABLE)
def test_whoever_is_not_signed_in_is_asked_to_sign_in(name, world, client):
    answer = getattr(client, TABLE[name][0])(address(name, world))
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=")


@pytest.mark.parametrize("name", [name for name, (method, _) in TABLE.items() if method == "post"])
def test_what_changes_something_cannot_be_done_by_following_a_link(name, world, enter):
    assert enter("administrator").get(address(name, world)).status_code == 405


def test_a_member_who_left_is_asked_to_sign_in(make, enter, world):
    member = make.member("collector")
    client = enter(member=member)
    member.is_active = False
    member.save()
    assert client.get("/").status_code == 302


def test_a_seller_sees_their_own_customers_only(make, enter):
    seller = make.member("sales")
    mine, theirs = make.customer("Chez Moi", salesperson=seller), make.customer("Chez Eux")
    client = enter(member=seller)
    assert client.get(reverse("desk:customer", args=[mine.pk])).status_code == 200
    assert client.get(reverse("desk:customer", args=[theirs.pk])).status_code == 404
    listed = client.get(reverse("desk:customers")).content.decode()
    assert "Chez Moi" in listed
    assert "Chez Eux" not in listed


def test_the_book_of_another_creditor_is_not_found_under_this_one(make, enter):
    make.creditor()
    other = make.customer("Ailleurs", creditor=make.creditor("zz-other", name="Zz Other"))
    assert enter().get(reverse("desk:customer", args=[other.pk])).status_code == 404


def test_every_address_of_the_desk_stands_in_the_table():
    desk = next(part for part in get_resolver().url_patterns if getattr(part, "app_name", "") == "desk")
    assert {pattern.name for pattern in desk.url_patterns} - set(TABLE) - OPEN_TO_ALL == set()
