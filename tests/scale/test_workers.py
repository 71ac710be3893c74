"""Do workers on PostgreSQL and RabbitMQ finish a day of which two of them are killed in the middle?"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from kombu import Connection
from kombu.exceptions import OperationalError

from amiable.outreach.dispatch import IN_FLIGHT
from tests.apps.mail_server import listening
from tests.apps.test_planning_killed import ROOT
from tests.site.installation import DAY, HALF_PAST_TEN, TEN, Installation, dropped

pytestmark = [pytest.mark.scale, pytest.mark.postgres]

CUSTOMERS, ITEMS = 20_000, 5_000
BROKER = "amqp://guest:guest@127.0.0.1:5672//"
LONGEST_SECONDS = 180


def broker_answers() -> bool:
    try:
        with Connection(BROKER, connect_timeout=3) as link:
            link.ensure_connection(max_retries=1, timeout=3)
    except (OSError, OperationalError):
        return False
    return True


def missing(what: str) -> None:
    """A component that cannot be had fails the pipeline, and skips the test elsewhere."""
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(what)


@pytest.fixture(scope="module")
def broker() -> str:
    """The address of a RabbitMQ, which is installed and started where it is missing."""
    if not broker_answers():
        if not shutil.which("rabbitmq-server", path=os.environ["PATH"] + ":/usr/sbin"):
            subprocess.run([ROOT / "tests" / "system-packages", "rabbitmq-server"], check=False, timeout=300)
        server = shutil.which("rabbitmq-server", path=os.environ["PATH"] + ":/usr/sbin")
        if server:
            subprocess.run([server, "-detached"], check=False, timeout=60)
        patience = time.monotonic() + 60
        while not broker_answers():
            if not server or time.monotonic() > patience:
                missing("no RabbitMQ answers on 127.0.0.1:5672")
            time.sleep(1)
    return BROKER


@pytest.fixture
def queue(broker) -> Iterator[str]:
    """A queue of our own at the broker."""
    name = f"amiable_{uuid4().hex[:8]}"
    yield name
    with Connection(broker) as link:
        link.default_channel.queue_delete(name)


def worker(company: Installation, *, now: str = TEN) -> subprocess.Popen:
    """Start a worker; it looks at once when it is up."""
    words = ["worker", "--pool", "threads", "--concurrency", "1", "--loglevel", "ERROR", "--without-mingle"]
    name = f"{uuid4().hex[:8]}@%h"
    return company.process("celery", "--app", "amiable.site.celery", *words, "--hostname", name, now=now)


def wait_until(what: Callable[[], object], *alive: subprocess.Popen) -> None:
    patience = time.monotonic() + LONGEST_SECONDS
    while not what():
        assert time.monotonic() < patience
        assert all(process.poll() is None for process in alive)
        time.sleep(0.01)


def kill(process: subprocess.Popen) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def of(process: subprocess.Popen) -> str:
    return f"claimed_by LIKE '%:{process.pid}:%'"


def waiting(company: Installation, condition: str = "not_before IS NULL") -> int:
    return company.ask(f"SELECT count(*) FROM outreach_message WHERE status = 'ready' AND {condition}")  # noqa: S608


def planned(company: Installation) -> bool:
    finished = f"SELECT count(*) FROM planning_dayplan WHERE finished_at IS NOT NULL AND day = '{DAY}'"  # noqa: S608
    return bool(company.ask(finished))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="several workers need PostgreSQL: its own round")
def test_a_day_of_killed_workers_ends_as_if_nothing_had_happened(tmp_path, queue, broker, caplog):
    caplog.set_level("WARNING", logger="mail.log")  # the server's chatter costs more than the day
    with listening(timeout=60) as server:
        mail = {"mail_port": settings.EMAIL_PORT, "queue": queue, "broker": broker}
        filled, undisturbed, killed = (
            Installation(tmp_path, name, **mail) for name in ("filled", "undisturbed", "killed")
        )
        started: list[subprocess.Popen] = []
        with dropped(killed, undisturbed, filled):
            try:
                filled.create()
                filled.fill(CUSTOMERS, ITEMS)
                undisturbed.create(filled)
                killed.create(filled)
                assert undisturbed.cycle().wait(LONGEST_SECONDS) == 0
                expected, expected_status = undisturbed.outcome()
                server.taken.clear()

                started += [worker(killed), worker(killed)]
                first, survivor = started
                wait_until(killed.spans_planned, first, survivor)
                kill(first)  # in the middle of planning
                assert not planned(killed)
                second = worker(killed)
                started.append(second)
                sending = f"SELECT count(*) FROM outreach_message WHERE status = 'sending' AND {of(second)}"  # noqa: S608
                wait_until(lambda: killed.ask(sending), second, survivor)
                kill(second)  # in the middle of sending
                wait_until(lambda: planned(killed) and not waiting(killed), survivor)
                survivor.terminate()
                assert survivor.wait(LONGEST_SECONDS) == 0

                later = worker(killed, now=HALF_PAST_TEN)  # as the schedule would look again
                started.append(later)
                left = "SELECT count(*) FROM outreach_message WHERE status IN ('ready', 'sending')"
                wait_until(lambda: not killed.ask(left), later)
                later.terminate()
                assert later.wait(LONGEST_SECONDS) == 0

                state, status = killed.outcome()
                taken, message_ids = server.taken_by_id(), killed.message_ids()
            finally:
                for process in started:
                    if process.poll() is None:
                        kill(process)

    assert len(expected_status) > 2_000
    assert state == expected
    assert set(status) == set(expected_status)
    unclear = sum(what == "unclear" for what in status.values())
    assert set(status.values()) <= {"sent", "unclear"}
    assert unclear <= 2 * IN_FLIGHT
    assert set(taken.values()) == {1}
    assert {message_id for message_id, what in message_ids.items() if what == "sent"} <= set(taken)
    assert len(status) - unclear <= len(taken) <= len(status)
