"""Is a day's run that is killed at any moment completed by the next one, with every message sent once?"""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable

from django.conf import settings

from amiable.outreach.dispatch import IN_FLIGHT
from tests.apps.mail_server import listening
from tests.site.installation import HALF_PAST_TEN, Installation, dropped

CUSTOMERS, ITEMS = 400, 1_200
LONGEST_SECONDS = 120


def kill_when(process: subprocess.Popen, moment: Callable[[], bool]) -> bool:
    """Kill a run at a moment; say whether it was still running then."""
    patience = time.monotonic() + LONGEST_SECONDS
    while not moment() and process.poll() is None:
        assert time.monotonic() < patience
        time.sleep(0.002)
    if process.poll() is not None:
        return False
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return True


def test_a_run_killed_at_any_moment_is_completed_by_the_next(tmp_path, caplog):
    caplog.set_level("WARNING", logger="mail.log")  # the server's chatter costs more than the run
    with listening(timeout=20) as server:
        filled = Installation(tmp_path, "filled", mail_port=settings.EMAIL_PORT)
        undisturbed, killed = (
            Installation(tmp_path, name, mail_port=settings.EMAIL_PORT) for name in ("undisturbed", "killed")
        )
        with dropped(killed, undisturbed, filled):
            filled.create()
            filled.fill(CUSTOMERS, ITEMS)
            began = time.monotonic()
            undisturbed.create(filled)
            assert undisturbed.cycle().wait(LONGEST_SECONDS) == 0
            seconds = time.monotonic() - began
            expected, expected_status = undisturbed.outcome()
            assert set(expected_status.values()) == {"sent"}
            assert len(server.taken) == len(expected_status) > 200

            server.taken.clear()
            killed.create(filled)
            chance = random.Random(42)  # noqa: S311  moments, not secrets
            kills = 0
            for _attempt in range(3):
                until = time.monotonic() + chance.uniform(0.3, 1.0) * seconds
                kills += kill_when(killed.cycle(), lambda until=until: time.monotonic() > until)
            for share in (0.3, 0.6):
                enough = int(len(expected_status) * share)
                kills += kill_when(killed.cycle(), lambda enough=enough: len(server.taken) >= enough)
            assert kills >= 2
            for now in ("", HALF_PAST_TEN):
                assert (killed.cycle(now=now) if now else killed.cycle()).wait(LONGEST_SECONDS) == 0

            state, status = killed.outcome()
            taken = server.taken_by_id()
            message_ids = killed.message_ids()

    assert state == expected
    assert set(status) == set(expected_status)
    assert set(status.values()) <= {"sent", "unclear"}
    assert set(taken.values()) == {1}
    assert {message_id for message_id, status in message_ids.items() if status == "sent"} <= set(taken)
    unclear = sum(what == "unclear" for what in status.values())
    assert unclear <= kills * IN_FLIGHT
    assert len(status) - unclear <= len(taken) <= len(status)
