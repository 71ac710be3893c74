"""Serves the desk and runs the schedule: one process tree, nothing else to install."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

import click
from django.conf import settings
from django.core.management import call_command

from amiable.site.commands.asking import prepare_database

STOP_WITHIN_SECONDS = 15
RESTART_PAUSE_SECONDS = 2
PR_SET_PDEATHSIG = 1  # linux/prctl.h: the kernel tells a child that its parent is gone


@dataclass
class Child:
    """A process of ours, started again when it dies."""

    name: str
    arguments: list[str]
    process: subprocess.Popen | None = None

    def start(self) -> None:
        self.clear_away()
        self.process = subprocess.Popen(self.arguments, preexec_fn=_die_with_parent)  # noqa: PLW1509 (no threads here)

    def clear_away(self) -> None:
        """Kill what a child that died had started itself: it would keep the port, or be a second schedule."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def _die_with_parent() -> None:
    os.setpgid(0, 0)  # a group of its own: Ctrl+C reaches us only, and we stop each child once
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def web_server(host: str, port: int, workers: int) -> Child:
    """Return the web server; without respawn one dead worker would end it, without a kill timeout it may hang."""
    return Child(
        "web",
        [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
            "--workers", str(workers), "--blocking-threads", "4", "--respawn-failed-workers",
            "--workers-kill-timeout", "10", "--no-ws", "--log-level", "warning", "amiable.site.wsgi:application",
        ],
    )  # fmt: skip


def worker(threads: int) -> Child:
    """Return the worker that runs tasks and, for the embedded broker, the schedule."""
    return Child(
        "worker",
        [
            sys.executable, "-m", "celery", "--app", "amiable.site.celery", "worker", "--beat", "--pool", "threads",
            "--concurrency", str(threads), "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
        ],
    )  # fmt: skip


def keep_running(children: list[Child]) -> None:
    """Run the children until a signal asks to stop; whichever dies is started again."""
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    for child in children:
        child.start()
    while not stopping:
        time.sleep(0.2)
        for child in children:
            if child.process.poll() is not None and not stopping:
                click.echo(f"{child.name} stopped with {child.process.returncode}; starting it again", err=True)
                time.sleep(RESTART_PAUSE_SECONDS)
                child.start()
    _stop(children)


def _stop(children: list[Child]) -> None:
    for child in children:
        child.process.terminate()
    deadline = time.monotonic() + STOP_WITHIN_SECONDS
    for child in children:
        try:
            child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()
        child.clear_away()


def gather_static_files() -> None:
    """Put style sheets, scripts and the typeface where the web server finds them, with hashed names."""
    call_command("collectstatic", verbosity=0, interactive=False)


@click.command("up")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Threads of the worker.")
@click.option("--no-schedule", is_flag=True, help="Serve only; the daily run happens elsewhere.")
def command(host: str, port: int, workers: int, threads: int, no_schedule: bool) -> None:
    """Serve the desk and run the schedule until you stop it (Ctrl+C).

    One process tree: a web server and one worker with the schedule. With DATABASE_URL (PostgreSQL) and
    AMIABLE_BROKER_URL (RabbitMQ or Redis), run as many further workers as you like on any host:

    \b
      celery --app amiable.site.celery worker
    """
    prepare_database()
    gather_static_files()
    children = [web_server(host, port, workers)]
    if not no_schedule:
        children.append(worker(threads))
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    click.echo(f"Amiable is at http://{host}:{port}  (data: {settings.HOME}; stop with Ctrl+C)")
    keep_running(children)
