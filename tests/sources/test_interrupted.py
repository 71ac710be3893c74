"""What is left when an import dies half-way, or when two bring the same file at once?"""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, connections

from amiable.ledger.models import Customer, Item
from amiable.organisation.models import AuditEvent, Creditor
from amiable.sources import progress
from amiable.sources.models import ImportRun
from amiable.sources.operations import close_interrupted, import_file, import_stored, receive_upload, start_import
from amiable.sources.operations.uploads import NotWaiting
from amiable.sources.queries import progress_of
from amiable.sources.tasks import import_run
from tests.sources.conftest import NOW, TODAY

ROOT = Path(__file__).resolve().parents[2]
HEADER = "Customer,Invoice,Date,Due date,Amount\n"


def rows(count: int) -> str:
    return HEADER + "".join(f"C{n % 97},{n},2026-01-10,2026-02-09,{n}.50\n" for n in range(1, count + 1))


SCRIPT = """
    import os, sys, time
    import django
    django.setup()
    from pathlib import Path
    from django.conf import settings
    from datetime import date, datetime
    from amiable.organisation.models import Creditor
    from amiable.sources import tables
    from amiable.sources.operations import import_file
    tables.ROWS_PER_PORTION = 500
    tables.Table.portions.__defaults__ = (500,)
    def on_progress(rows):
        if rows >= 3000:
            print("half", flush=True)
            time.sleep(60)
    import_file(Path(sys.argv[1]), creditor=Creditor.objects.get(), by=None, file_name="a.csv", as_of=date(2026, 3, 11),
        now=datetime.fromisoformat("2026-03-11T10:00:00+01:00"), on_progress=on_progress)
"""


@pytest.mark.django_db(transaction=True)
def test_an_import_killed_in_the_middle_leaves_nothing_half_done(tmp_path, write):
    path = write(rows(6_000))
    database = str(connection.settings_dict["NAME"])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "amiable.site.settings",
        "AMIABLE_HOME": str(tmp_path / "home"),
    }
    if connection.vendor == "sqlite":
        # The tests' own database lives in memory; a process that can be killed needs one on disk.
        environment["DATABASE_URL"] = f"sqlite:///{tmp_path / 'killed.sqlite3'}"
        run = [sys.executable, "-m", "django"]
        subprocess.run([*run, "migrate", "-v0"], env=environment, check=True, cwd=ROOT)
        code = (
            "import django; django.setup(); from amiable.organisation.models import Creditor; "
            "Creditor.objects.create(slug='a', name='A')"
        )
        subprocess.run([sys.executable, "-c", code], env=environment, check=True, cwd=ROOT)
    else:
        environment["DATABASE_URL"] = f"postgresql:///{database}"
        Creditor.objects.create(slug="a", name="A")

    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SCRIPT), str(path)],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline().strip() == "half"
    process.send_signal(signal.SIGKILL)
    process.wait()

    question = textwrap.dedent("""
        import django; django.setup()
        from amiable.ledger.models import Customer, Item
        from amiable.organisation.models import AuditEvent
        from amiable.sources.models import ImportRun
        counts = [table.objects.count() for table in (Item, Customer, AuditEvent)]
        print(*counts, *ImportRun.objects.values_list("status", flat=True))
    """)
    ask = [sys.executable, "-c", question]
    found = subprocess.run(ask, env=environment, check=True, cwd=ROOT, capture_output=True, text=True).stdout.split()
    assert found == ["0", "0", "0", "running"]
    again = SCRIPT.replace("rows >= 3000", "False")
    subprocess.run([sys.executable, "-c", textwrap.dedent(again), str(path)], env=environment, check=True, cwd=ROOT)
    found = subprocess.run(ask, env=environment, check=True, cwd=ROOT, capture_output=True, text=True).stdout.split()
    assert found[:3] == ["6000", "97", "1"]
    assert sorted(found[3:])[0] == "done"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="needs PostgreSQL: SQLite has one writer at a time anyway"
)
def test_two_imports_of_the_same_file_at_once_book_it_once(creditor, write):
    path = write(rows(3_000))
    errors: list[Exception] = []

    def bring_in() -> None:
        try:
            import_file(path, creditor=creditor, by=None, file_name="a.csv", as_of=TODAY, now=NOW)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=bring_in) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert (Item.objects.count(), Customer.objects.count()) == (3_000, 97)
    assert sorted(run.counts["items"]["new"] for run in ImportRun.objects.all()) == [0, 0, 3_000]
    assert AuditEvent.objects.filter(action="import.booked").count() == 3


@pytest.mark.django_db
def test_a_run_that_gave_no_sign_of_life_is_closed(creditor, settings, tmp_path):
    settings.FILES = tmp_path / "files"
    facts = {"creditor": creditor, "file_name": "a.csv", "status": "running"}
    dead = ImportRun.objects.create(**facts, started_at=NOW - timedelta(hours=2))
    alive = ImportRun.objects.create(**facts, started_at=NOW - timedelta(hours=2))
    young = ImportRun.objects.create(**facts, started_at=NOW)
    progress.tell(alive.pk, 7)

    assert close_interrupted(now=NOW) == 1

    dead.refresh_from_db()
    assert (dead.status, dead.error) == (
        "failed",
        "The import was interrupted. Nothing was changed; please import the file again.",
    )
    assert {ImportRun.objects.get(pk=run.pk).status for run in (alive, young)} == {"running"}
    assert (progress_of(alive).done, progress_of(dead).done) == (7, 0)


@pytest.mark.django_db(transaction=True)
def test_an_upload_is_confirmed_once_and_a_second_delivery_changes_nothing(creditor, settings, tmp_path, monkeypatch):
    settings.FILES = tmp_path / "files"
    delivered: list[int] = []
    monkeypatch.setattr(import_run, "apply_async", lambda args, *_more, **_how: delivered.extend(args))
    run = receive_upload([rows(20).encode()], creditor=creditor, by=None, file_name="a.csv", now=NOW)

    start_import(run, by=None)
    with pytest.raises(NotWaiting):
        start_import(run, by=None)

    assert delivered == [run.pk]
    assert import_run(run.pk) == "done"
    assert import_run(run.pk) == "done"
    assert (Item.objects.count(), ImportRun.objects.get().counts["items"]["new"]) == (20, 20)
    assert not (progress.folder() / f"{run.pk}.progress").exists()


@pytest.mark.django_db(transaction=True)
def test_a_delivery_left_behind_by_a_dead_worker_is_finished(creditor, settings, tmp_path):
    settings.FILES = tmp_path / "files"
    run = receive_upload([rows(20).encode()], creditor=creditor, by=None, file_name="a.csv", now=NOW)
    ImportRun.objects.update(status="running")
    run.refresh_from_db()

    assert import_stored(run).status == "done"
    assert Item.objects.count() == 20
