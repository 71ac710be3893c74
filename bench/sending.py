"""How many messages are handed over per second, against what the mail server could take?

    AMIABLE_HOME=/tmp/bench python -m bench.sending --messages 20000 [--qr]

Fills an empty database (the one that the environment names) with customers who each have a reminder waiting,
compiles and starts a mail server in C that keeps nothing (`smtp_sink.c`), and measures three things over it: a
prebuilt message again and again on one connection (the limit), handing over claimed messages (begin, write the
letter, send, record), and the whole way (claim, gate, hand over).
"""

import argparse
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

PORT = 2525 + os.getpid() % 2000
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amiable.site.settings")
os.environ["AMIABLE_MAIL_URL"] = f"smtp://127.0.0.1:{PORT}"

import django

django.setup()

# ruff: noqa: E402 models are known once Django is set up
from django.core.management import call_command
from django.db import connection

from amiable.ledger.models import Address, Contact, Customer, Item
from amiable.organisation.models import Creditor
from amiable.outreach.channels.email.mime import letter_writer
from amiable.outreach.compose.qr import source
from amiable.outreach.dispatch import dispatch
from amiable.outreach.models import Message, MessageItem
from amiable.outreach.operations import claim_ready
from amiable.planning.sending import send_day

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


@contextmanager
def sink() -> Iterator[subprocess.Popen]:
    """Run the mail server in C."""
    with tempfile.TemporaryDirectory() as folder:
        binary = Path(folder) / "smtp_sink"
        subprocess.run(["cc", "-O2", "-o", binary, Path(__file__).with_name("smtp_sink.c")], check=True)
        process = subprocess.Popen([binary, str(PORT)], stdout=subprocess.PIPE, text=True)
        time.sleep(0.2)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)


def limit_per_second(content: bytes, count: int) -> float:
    """Return how many times a second one connection can hand over a prebuilt message."""
    envelope = b"MAIL FROM:<us@bench.example>\r\nRCPT TO:<c@client.example>\r\nDATA\r\n"
    with socket.create_connection(("127.0.0.1", PORT)) as wire:
        answers = wire.makefile("rb")
        answers.readline()
        started = time.perf_counter()
        for _n in range(count):
            wire.sendall(envelope)
            for _reply in range(3):
                answers.readline()
            wire.sendall(content + b".\r\n")
            answers.readline()
        return count / (time.perf_counter() - started)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--qr", action="store_true", help="each message carries a QR code of its own")
    asked = parser.parse_args()
    call_command("migrate", verbosity=0)
    creditor = fill(asked.messages, qr=asked.qr)
    with sink():
        write = letter_writer(creditor, NOW)
        some = list(Message.objects.select_related("contact")[:1000])
        started = time.perf_counter()
        letters = [write(message) for message in some]
        written = len(some) / (time.perf_counter() - started)
        limit = limit_per_second(letters[0].content, 10_000)
        claims = [claim_ready(creditor, now=NOW, worker="bench", limit=500) for _n in range(asked.messages // 1000)]
        started = time.perf_counter()
        counts = sum((dispatch(creditor, claim, claimed_at=NOW, now=NOW) for claim in claims), Counter())
        handed_over = counts["sent"] / (time.perf_counter() - started)
        started = time.perf_counter()
        counts = send_day(creditor, now=NOW, worker="bench")
        whole = counts["sent"] / (time.perf_counter() - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = (
        (f"limit: one connection, prebuilt ({len(letters[0].content)} bytes)", limit),
        ("letters written", written),
        ("claimed messages handed over and recorded", handed_over),
        ("the whole way: claim, gate, hand over, record", whole),
    )
    sys.stdout.write(f"{connection.vendor}, {asked.messages} messages, peak {peak:.0f} MB\n")
    for name, per_second in rows:
        sys.stdout.write(f"{name:60} {per_second:9,.0f}/s  {per_second / limit:5.2f} of the limit\n")


if __name__ == "__main__":
    main()
