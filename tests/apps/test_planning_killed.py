"""Is a day that was killed in the middle completed by the next run, and by two runs at once?"""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
LONGEST_WAIT_SECONDS = 120


class Place:
    """A database of its own, of the kind that the tests run on."""

    def __init__(self, home: Path, name: str) -> None:
        self.name = f"{name}_{uuid4().hex[:8]}"
        self.home = home / self.name
        self.home.mkdir()
        self.on_postgresql = connection.vendor == "postgresql"
        if self.on_postgresql:
            self.server = os.environ["DATABASE_URL"]
            self.address = re.sub(r"^(\w+://[^/]*)/[^?]*", rf"\1/{self.name}", self.server)
        else:
            self.file = self.home / "data.sqlite3"
            self.address = f"sqlite:///{self.file}"

    def create(self, template: "Place | None" = None) -> "Place":
        if self.on_postgresql:
            like = f' TEMPLATE "{template.name}"' if template else ""
            self._on_server(f'CREATE DATABASE "{self.name}"{like}')
        elif template:
            shutil.copy(template.file, self.file)
        return self

    def drop(self) -> None:
        if self.on_postgresql:
            self._on_server(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _on_server(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as server:
            server.execute(statement)

    def start(self, what: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.apps.planning_process", what],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": self.address, "AMIABLE_HOME": str(self.home)},
            stdout=subprocess.PIPE,
        )

    def run(self, what: str) -> bytes:
        process = self.start(what)
        answer, _ = process.communicate(timeout=LONGEST_WAIT_SECONDS)
        assert process.returncode == 0
        return answer

    def state(self) -> dict:
        return json.loads(self.run("state"))

    def spans_planned(self) -> int:
        query = "SELECT count(*) FROM planning_plannedspan"
        if self.on_postgresql:
            with psycopg.connect(self.address) as database:
                return database.execute(query).fetchone()[0]
        database = sqlite3.connect(self.file)
        try:
            return database.execute(query).fetchone()[0]
        finally:
            database.close()


@pytest.fixture
def places(tmp_path) -> Iterator[list[Place]]:
    """A filled database, and two copies to plan in."""
    filled = Place(tmp_path, "filled").create()
    made = [filled]
    try:
        filled.run("fill")
        made += [Place(tmp_path, name).create(filled) for name in ("undisturbed", "killed")]
        yield made[1:]
    finally:
        for place in made:
            place.drop()


def kill_in_the_middle(place: Place, *, after_spans: int) -> None:
    process = place.start("plan")
    try:
        patience = time.monotonic() + LONGEST_WAIT_SECONDS
        while place.spans_planned() < after_spans:
            assert process.poll() is None, "the run ended before it could be killed"
            assert time.monotonic() < patience
            time.sleep(0.005)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def test_a_day_killed_in_the_middle_is_completed_as_if_nothing_had_happened(places):
    undisturbed, killed = places
    undisturbed.run("plan")
    expected = undisturbed.state()

    for after_spans in (1, 6):
        kill_in_the_middle(killed, after_spans=after_spans)
        assert 0 < killed.spans_planned() < len(expected["spans"])
    both = [killed.start("plan") for _ in range(2)]
    assert [process.wait(LONGEST_WAIT_SECONDS) for process in both] == [0, 0]

    assert killed.state() == expected
    assert len(expected["messages"]) > 1_000
