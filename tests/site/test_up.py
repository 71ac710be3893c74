"""Does `amiable up` serve, plan the day, mend itself and stop without leaving anything behind?"""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from tests.apps.mail_server import free_port
from tests.apps.test_planning_killed import ROOT, Place
from tests.site.test_commands import OPEN_ITEMS

LONGEST_SECONDS = 60

pytestmark = [
    pytest.mark.scale,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="the embedded installation"),
]


def processes_of(session: int) -> dict[int, str]:
    """Return the running processes of a session: id → command line."""
    found = {}
    for folder in Path("/proc").iterdir():
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if folder.name.isdigit() and int(fields[3]) == session and fields[0] != "Z":
                found[int(folder.name)] = (folder / "cmdline").read_text().replace("\0", " ")
        except (OSError, IndexError):  # it ended while we looked, or is no process
            continue
    return found


def child(session: int, word: str) -> int:
    """Return the direct child of `amiable up` whose command line holds a word; 0: there is none."""
    children = Path(f"/proc/{session}/task/{session}/children").read_text().split()
    running = processes_of(session)
    return next((int(pid) for pid in children if word in running.get(int(pid), "")), 0)


def wait_until(what: Callable[[], object]) -> None:
    patience = time.monotonic() + LONGEST_SECONDS
    while not what():
        assert time.monotonic() < patience
        time.sleep(0.1)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=5) as page:
            return page.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def test_up_serves_plans_mends_itself_and_stops(tmp_path):
    place, port = Place(tmp_path, "up"), free_port()
    environment = os.environ | {
        "AMIABLE_HOME": str(place.home),
        "DATABASE_URL": place.address,
        "AMIABLE_NOW": "2026-03-11T10:00:00+01:00",
        "DJANGO_SETTINGS_MODULE": "amiable.site.settings",
    }
    environment.pop("AMIABLE_TESTING", None)
    amiable = [sys.executable, "-m", "amiable.site"]
    subprocess.run([*amiable, "import", OPEN_ITEMS, "--yes"], cwd=ROOT, env=environment, check=False, timeout=60)
    up = subprocess.Popen(
        [*amiable, "up", "--port", str(port), "--workers", "1", "--threads", "1"],
        cwd=ROOT,
        env=environment,
        start_new_session=True,
    )
    try:
        wait_until(lambda: answers(port))
        wait_until(place.spans_planned)  # the worker looked at once, through the broker of files

        worker, web = child(up.pid, "celery"), child(up.pid, "granian")
        os.kill(worker, signal.SIGKILL)
        wait_until(lambda: child(up.pid, "celery") not in (0, worker))
        os.kill(web, signal.SIGKILL)
        wait_until(lambda: child(up.pid, "granian") not in (0, web))
        wait_until(lambda: answers(port))

        up.send_signal(signal.SIGTERM)
        assert up.wait(30) == 0
        wait_until(lambda: not processes_of(up.pid))
    finally:
        for pid in processes_of(up.pid):
            os.kill(pid, signal.SIGKILL)
        up.wait()
