"""What does a day's run do, and what do workers do with it?"""

import fcntl
import threading
from datetime import date
from pathlib import Path

import pytest
from celery import current_app
from django.db import DatabaseError, connection

from amiable.ledger.models import Item
from amiable.organisation.models import AuditEvent, Creditor
from amiable.organisation.operations import create_creditor
from amiable.outreach.models import Message
from amiable.planning.models import DayPlan, Outcome, Task
from amiable.site import celery as workers
from amiable.site.cycle import import_inbox, inbox_of
from amiable.site.tasks import begin_day, look
from amiable.sources.models import ImportRun
from amiable.sources.tasks import import_run
from tests.site.conftest import DAY, TEN_O_CLOCK
from tests.site.test_commands import EXAMPLES, OPEN_ITEMS, SIMPLE

AS_OF = date.fromisoformat(DAY)


@pytest.fixture
def creditor(amiable) -> Creditor:
    return create_creditor(by=None, slug="we", name="We")


@pytest.fixture
def eager():
    """Run tasks at once instead of handing them to a worker."""
    workers.app.conf.task_always_eager = workers.app.conf.task_eager_propagates = True
    yield
    workers.app.conf.task_always_eager = workers.app.conf.task_eager_propagates = False


def remembered() -> dict:
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (Item, DayPlan, Outcome, Task, Message, AuditEvent)
    }


def test_import_plan_explain_and_cycle_tell_one_story(amiable):
    amiable("import", EXAMPLES / "clients.xlsx", OPEN_ITEMS, "--yes", "--as-of", "2026-02-28")

    planned = amiable("plan", "--as-of", "2026-03-02").output
    explained = amiable("explain", "C0001", "--as-of", "2026-03-02").output
    done = amiable("cycle", "--as-of", "2026-03-02")

    assert done.exit_code == 0
    messages, tasks, withheld = (int(word) for word in planned.splitlines()[1].split() if word.isdigit())
    assert f"2026-03-02: {messages} messages, {tasks} tasks, {withheld} steps withheld." in done.output
    assert "Messages stay in the outbox" in done.output
    assert Outcome.objects.filter(item__number="FA-2026-014").exists() == ("FA-2026-014" in planned)
    assert "FA-2026-014" in explained


def test_a_second_run_of_the_day_changes_nothing(amiable):
    amiable("import", EXAMPLES / "clients.xlsx", OPEN_ITEMS, "--yes", "--as-of", DAY)
    first = amiable("cycle", "--as-of", DAY)
    before = remembered()

    second = amiable("cycle", "--as-of", DAY)

    assert (second.exit_code, second.output) == (0, first.output)
    assert remembered() == before
    assert before["Outcome"]


class TestTheInbox:
    def test_files_come_in_and_are_put_aside(self, amiable, creditor):
        folder = inbox_of(creditor)
        (folder / "open.csv").write_text(SIMPLE)
        (folder / "holiday.jpg").write_bytes(b"\xff\xd8\xff\x00" * 20)

        result = amiable("cycle", "--as-of", DAY)

        assert "Imported open.csv." in result.output
        assert "Not imported: holiday.jpg." in result.output
        assert [path.name for path in (folder / "done").iterdir()] == ["open.csv"]
        assert sorted(path.name for path in (folder / "refused").iterdir()) == ["holiday.jpg", "holiday.jpg.why.txt"]
        assert Item.objects.get().number == "F-1"

    def test_a_file_of_the_same_name_does_not_overwrite_the_last_one(self, amiable, creditor):
        for _day in range(2):
            (inbox_of(creditor) / "open.csv").write_text(SIMPLE)
            amiable("cycle", "--as-of", DAY)
        assert sorted(path.name for path in (inbox_of(creditor) / "done").iterdir()) == ["open (2).csv", "open.csv"]
        assert Item.objects.count() == 1

    @pytest.mark.parametrize("name", [".open.csv", "open.csv.part", "open.csv.filepart"])
    def test_what_is_still_being_written_is_left_alone(self, amiable, creditor, name):
        (inbox_of(creditor) / name).write_text(SIMPLE[:40])
        amiable("cycle", "--as-of", DAY)
        assert (inbox_of(creditor) / name).exists()

    def test_a_worker_waits_until_a_file_has_settled(self, creditor):
        (inbox_of(creditor) / "open.csv").write_text(SIMPLE)
        assert import_inbox(creditor, as_of=AS_OF, now=TEN_O_CLOCK, settled_seconds=60).imported == []
        assert import_inbox(creditor, as_of=AS_OF, now=TEN_O_CLOCK).imported == ["open.csv"]

    def test_two_runs_do_not_import_at_once(self, creditor):
        (inbox_of(creditor) / "open.csv").write_text(SIMPLE)
        with (inbox_of(creditor) / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            assert import_inbox(creditor, as_of=AS_OF, now=TEN_O_CLOCK).imported == []
        assert import_inbox(creditor, as_of=AS_OF, now=TEN_O_CLOCK).imported == ["open.csv"]


class TestWorkers:
    def test_a_look_plans_the_day_once(self, creditor, eager):
        look.delay()
        before = remembered()
        look.delay()
        assert DayPlan.objects.get().day == AS_OF
        assert remembered() == before

    def test_a_look_before_the_day_begins_plans_nothing(self, creditor, eager, settings):
        settings.NOW = TEN_O_CLOCK.replace(hour=5)
        look.delay()
        assert not DayPlan.objects.exists()

    def test_a_file_that_comes_later_in_the_day_is_planned_for(self, creditor, eager, settings):
        look.delay()
        imported(creditor, settings.FILES)
        assert DayPlan.objects.get().outcomes.filter(item__number="F-1").exists()

    def test_an_upload_that_got_lost_on_the_way_is_taken_up_again(self, creditor, eager, settings):
        run = imported(creditor, settings.FILES, lost=True)
        look.delay()
        run.refresh_from_db()
        assert run.status == ImportRun.Status.DONE

    def test_a_day_is_planned_again_only_where_something_came_in(self, creditor, eager):
        begin_day.delay(creditor.pk, DAY)
        made = AuditEvent.objects.count()
        begin_day.delay(creditor.pk, DAY)
        assert AuditEvent.objects.count() == made

    def test_every_thread_of_a_web_server_hands_over_to_our_queue(self):
        from amiable.site import wsgi  # noqa: F401, PLC0415  what the web server loads

        found = []
        thread = threading.Thread(target=lambda: found.append(current_app.conf.task_default_queue))
        thread.start()
        thread.join()
        assert found == [workers.app.conf.task_default_queue] == ["amiable"]
        assert import_run.name in workers.app.tasks


def imported(creditor: Creditor, files: Path, *, lost: bool = False) -> ImportRun:
    """Upload a file and confirm it; unless it gets lost, a worker brings it in."""
    (files / "imports").mkdir(parents=True)
    (files / "imports" / "stored.csv").write_text(SIMPLE)
    run = ImportRun.objects.create(
        creditor=creditor,
        file_name="open.csv",
        stored_as="stored.csv",
        sha256="0" * 64,
        status=ImportRun.Status.QUEUED,
        started_at=TEN_O_CLOCK.replace(hour=9),
    )
    if not lost:
        import_run.delay(run.pk)
    return run


def test_a_database_that_goes_away_does_not_cost_a_file(creditor):
    (inbox_of(creditor) / "open.csv").write_text(SIMPLE)

    def gone(*_arguments):
        raise DatabaseError("gone")

    with connection.execute_wrapper(gone), pytest.raises(DatabaseError):
        import_inbox(creditor, as_of=AS_OF, now=TEN_O_CLOCK)
    assert (inbox_of(creditor) / "open.csv").exists()
