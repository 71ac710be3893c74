"""Builds a living company and serves it."""

import json
import os
import shutil
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from django.conf import settings

from amiable.core.days import is_working_day
from amiable.site.commands.asking import Day, Refused

MORNING = time(9, 30)
ZONE = ZoneInfo("Europe/Paris")
HOW_TO_SIGN_IN = """Sign in as, with the password “a kind word”:
  helene@atelier-lumen.example   administrator, in French
  nadia@atelier-lumen.example    manager, in French
  ines@atelier-lumen.example     collector, in English
  tom@atelier-lumen.example      sales, in English"""
MARK = "demo.json"  # what the demo in a folder was built from; written last, so a half-built one is built anew


@click.command("demo")
@click.option("--as-of", type=Day(), metavar="DAY", help="The company's today. Default: the last working day.")
@click.option("--seed", default=7, show_default=True, help="Another number, another company.")
@click.option("--customers", default=300, show_default=True, type=click.IntRange(5, 5000))
@click.option("--months", default=18, show_default=True, type=click.IntRange(1, 60), help="Months of history.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--serve/--no-serve", default=True, help="Serve it when it is built.")
@click.option("--fresh", is_flag=True, help="Build it again where one stands already.")
def command(as_of: date | None, seed: int, customers: int, months: int, port: int, serve: bool, fresh: bool) -> None:
    """Build a company with customers and months of history, made by the real system day by day, and serve it.

    The demo lives in a folder of its own and never touches your data. The same seed and day give the same company.
    Nothing can leave it: its clock stands still and no mail server is connected.
    """
    day = as_of or last_working_day(datetime.now(ZONE).date())
    home = settings.HOME / "demo"
    wanted = {"as_of": day.isoformat(), "seed": seed, "customers": customers, "months": months}
    surroundings = demo_environment(home, day)
    if fresh or built_from(home) != wanted:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        build = [sys.executable, "-m", "amiable.site.demo", json.dumps(wanted)]
        if subprocess.run(build, env=surroundings, check=False).returncode:
            raise Refused("The demo could not be built; your own data are untouched.")
        (home / MARK).write_text(json.dumps(wanted), encoding="utf-8")
    click.echo(HOW_TO_SIGN_IN)
    if serve:
        up = [sys.executable, "-m", "amiable.site", "up", "--port", str(port)]
        os.execve(sys.executable, up, surroundings)  # noqa: S606 (we become the server; Ctrl+C reaches it)


def last_working_day(day: date) -> date:
    """Return the latest day up to `day` on which a French office is open."""
    while not is_working_day(day, "FR"):
        day -= timedelta(days=1)
    return day


def demo_environment(home: Path, day: date) -> dict[str, str]:
    """Return the environment in which the demo lives: its own folder, a stopped clock, no mail server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AMIABLE_MAIL", "DATABASE_URL"))}
    moment = datetime.combine(day, MORNING, tzinfo=ZONE)
    return {**kept, "AMIABLE_HOME": str(home), "AMIABLE_NOW": moment.isoformat()}


def built_from(home: Path) -> dict | None:
    """Return what the demo in that folder was built from; None where there is none, or only half of one."""
    try:
        return json.loads((home / MARK).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
