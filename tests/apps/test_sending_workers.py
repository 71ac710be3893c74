"""Workers are killed, workers compete: nothing leaves twice, nothing is lost."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from amiable.outreach.dispatch import IN_FLIGHT
from tests.apps.mail_server import MailServer, listening

MESSAGES = 300
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Senders:
    """Processes over one database that send to one mail server."""

    environment: dict[str, str]
    server: MailServer

    def start(self, *words: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "tests.apps.sending_worker", *words]
        return subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def run(self, *words: str) -> str:
        process = self.start(*words)
        told, _errors = process.communicate(timeout=120)
        assert process.returncode == 0
        return told

    def report(self) -> dict:
        return json.loads(self.run("report"))

    def wait_until_taken(self, count: int) -> None:
        patience = time.monotonic() + 60
        while len(self.server.taken) < count and time.monotonic() < patience:
            time.sleep(0.002)
        assert len(self.server.taken) >= count


@pytest.fixture
def database(tmp_path) -> Iterator[str]:
    """The address of an empty database of the kind that the tests run on."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'sending.sqlite3'}"
        return
    given = settings.DATABASES["default"]
    name = f"sending_{uuid4().hex[:8]}"
    access = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
    access = {key: str(value) for key, value in access.items() if value}
    with psycopg.connect(dbname="postgres", autocommit=True, **access) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    host = access.get("host", "")
    secret = f"{access.get('user', '')}:{access.get('password', '')}@" if "user" in access else ""
    port = f":{access['port']}" if "port" in access else ""
    yield f"postgresql://{secret}{host.replace('/', '%2F')}{port}/{name}"
    with psycopg.connect(dbname="postgres", autocommit=True, **access) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def senders(tmp_path, database) -> Iterator[Senders]:
    with listening(timeout=20) as server:
        environment = os.environ | {
            "AMIABLE_HOME": str(tmp_path),
            "AMIABLE_LOG_LEVEL": "ERROR",
            "AMIABLE_MAIL_URL": f"smtp://127.0.0.1:{settings.EMAIL_PORT}",
            "DATABASE_URL": database,
        }
        senders = Senders(environment, server)
        senders.run("prepare", str(MESSAGES))
        yield senders


def test_of_two_senders_one_is_killed_and_nothing_is_lost_or_repeated(senders):
    killed, survivor = senders.start("send", "killed", "0"), senders.start("send", "survivor", "0")
    senders.wait_until_taken(MESSAGES // 3)
    killed.kill()
    killed.wait()
    survivor.communicate(timeout=120)  # it takes over what the killed one had claimed and not begun

    senders.run("send", "later", "60")  # what was in flight has been settled by then

    report, taken = senders.report(), senders.server.taken_by_id()
    unclear = report["status"].get("unclear", 0)
    assert survivor.returncode == 0
    assert set(taken.values()) == {1}
    assert report["status"] == {"sent": MESSAGES - unclear} | ({"unclear": unclear} if unclear else {})
    assert unclear <= IN_FLIGHT
    assert report["touches"] == MESSAGES - unclear
    assert {message_id for message_id, status in report["id_of"].items() if status == "sent"} <= set(taken)
