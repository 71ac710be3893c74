"""How many messages are handed over per second, against what the mail server could take?

    python -m bench.sending --messages 5000 --database sqlite

Customers who each have a reminder waiting are filled in, and three things measured over a mail server that keeps
nothing: a prebuilt message again and again on one connection (the limit), handing over claimed messages (begin, write
the letter, send, record), and the whole way (claim, gate, hand over).
"""

import os
from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amiable.site.settings")
django.setup()

# ruff: noqa: E402 models are known once Django is set up
from django.conf import settings
from django.core.management import call_command

from amiable.ledger.models import Address, Contact, Customer, Item
from amiable.organisation.models import Creditor
from amiable.outreach.channels.email.mime import letter_writer
from amiable.outreach.compose.qr import source
from amiable.outreach.dispatch import dispatch
from amiable.outreach.models import Message, MessageItem
from amiable.outreach.operations import claim_ready
from amiable.planning.sending import send_day

from . import sink
from .limits import peak_mb, timed
from .scratch import Figure, main

SIZES = {"messages": 20_000}
SAMPLED_LETTERS = 1_000
TODAY = date(2026, 3, 11)
NOW = datetime(2026, 3, 11, 10, tzinfo=ZoneInfo("Europe/Paris"))
TEXT = "Bonjour,\n\nvotre facture n° {n} de 1 234,50 € était à régler le 1er mars.\n\n" + "Bien à vous, é à ü\n" * 50
HTML = (
    "<!doctype html><p>Bonjour,</p>"
    + "<tr><td class='td' style='padding:11px 0'>F-{n}</td><td>1 234,50 €</td></tr>" * 75
)


def fill(count: int, *, qr: bool) -> Creditor:
    """Make one creditor and `count` customers with a late invoice and a reminder about it each."""
    creditor = Creditor.objects.create(
        slug="bench", name="Bench", sender_email="us@bench.example", bank_data_until=TODAY, sending=True
    )
    numbers = range(count)
    customers = Customer.objects.bulk_create(
        (Customer(creditor=creditor, code=f"C-{n}", name=f"Maison {n}") for n in numbers), batch_size=2000
    )
    contacts = Contact.objects.bulk_create((Contact(customer=c, name="Zoé Petit") for c in customers), batch_size=2000)
    Address.objects.bulk_create(
        (Address(contact=c, channel="email", value=f"c{n}@client.example") for n, c in enumerate(contacts)),
        batch_size=2000,
    )
    items = Item.objects.bulk_create(
        (
            Item(
                creditor=creditor,
                customer=customer,
                number=f"F-{n}",
                source_key=f"F-{n}",
                issued_on=TODAY - timedelta(days=40),
                due_on=TODAY - timedelta(days=10),
                currency="EUR",
                amount_minor=123450,
            )
            for n, customer in enumerate(customers)
        ),
        batch_size=2000,
    )
    for first in range(0, count, 2000):
        messages = Message.objects.bulk_create(
            _message(creditor, customers[n], contacts[n], n, qr=qr) for n in numbers[first : first + 2000]
        )
        MessageItem.objects.bulk_create(
            MessageItem(message=message, item=items[first + n], open_minor=123450) for n, message in enumerate(messages)
        )
    return creditor


def _message(creditor: Creditor, customer: Customer, contact: Contact, n: int, *, qr: bool) -> Message:
    code = source(f"BCD\n002\n1\nSCT\n\nBench\nFR7630006000011234567890189\nEUR{n}.50")
    picture = f'<img src="{code}">' if qr else ""
    return Message(
        creditor=creditor,
        customer=customer,
        contact=contact,
        channel="email",
        address=f"c{n}@client.example",
        language="fr",
        scenario="courteous",
        step="gentle-reminder",
        subject=f"Votre facture F-{n} à régler",
        text=TEXT.replace("{n}", str(n)),
        html=HTML.replace("{n}", str(n)) + picture,
        send_key=f"{TODAY}/bench/{customer.code}",
        planned_for=TODAY,
        send_from=NOW - timedelta(hours=1),
        send_until=NOW + timedelta(hours=5),
        status_at=NOW,
    )


def sending(messages: int) -> list[Figure]:
    """Hand over half of the messages claim by claim, the other half the whole way."""
    call_command("migrate", verbosity=0)
    creditor = fill(messages, qr=True)
    port = settings.EMAIL_PORT
    with sink.running(port) as language:
        write = letter_writer(creditor, NOW)
        some = list(Message.objects.select_related("contact")[:SAMPLED_LETTERS])
        seconds, letters = timed(lambda: [write(message) for message in some])
        limit = sink.limit_per_second(port, letters[0].content, 10_000)
        claims = [claim_ready(creditor, now=NOW, worker="bench", limit=500) for _n in range(max(messages // 1000, 1))]
        over, sent = timed(
            lambda: sum((dispatch(creditor, claim, claimed_at=NOW, now=NOW) for claim in claims), Counter())["sent"]
        )
        whole, rest = timed(lambda: send_day(creditor, now=NOW, worker="bench")["sent"])
    assert sent + rest == messages, (sent, rest)
    told = f"{limit:,.0f}/s into a sink in {language} ({len(letters[0].content) / 1000:.0f} kB each)"
    rates = (
        ("Write the letters (MIME)", len(some) / seconds, ""),
        ("Hand over claimed messages and record it", sent / over, "> 5,000/s"),
        ("Claim, ask the gate, hand over, record", rest / whole, "> 5,000/s"),
    )
    return [
        Figure(work, f"{rate:,.0f}/s", told, f"{rate / limit:.2f} of it", target, peak_mb())
        for work, rate, target in rates
        if rate
    ]


PARTS = {"send": sending}

if __name__ == "__main__":
    main("bench.sending", PARTS, SIZES)
