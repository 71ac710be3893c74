"""Where does a measurement write, and how does it get a process of its own?

A subject is a module of this folder with `PARTS`: names of functions, each run in a fresh process over one scratch
database, so that the peak of its memory is its own. A part returns the lines of the table.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from types import ModuleType
from urllib.parse import urlsplit, urlunsplit

import psycopg

DATABASES = ("sqlite", "postgresql")
FIGURES = "figures: "  # what a part's last line begins with
SMALL = 20  # how many times smaller `--small` is
COLUMNS = ("Work", "Measured", "Limit in the same run", "Ratio", "Target", "Peak MB")


@dataclass(frozen=True)
class Figure:
    """One line of the table: what was measured, and the limit measured in the same run beside it."""

    work: str
    measured: str
    limit: str = ""
    ratio: str = ""
    target: str = ""
    peak_mb: int = 0


@contextmanager
def scratch(database: str) -> Iterator[dict[str, str]]:
    """Give the environment of an empty database that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="amiable-bench-") as home:
        environment = os.environ | {"AMIABLE_HOME": home, "AMIABLE_TESTING": "1", "AMIABLE_LOG_LEVEL": "WARNING"}
        environment["DJANGO_SETTINGS_MODULE"] = "amiable.site.settings"
        environment["AMIABLE_MAIL_URL"] = f"smtp://127.0.0.1:{_free_port()}"
        environment.pop("DATABASE_URL", None)
        if database == "sqlite":
            yield environment
            return
        from tests.services import postgres  # noqa: PLC0415 may start a server

        server, name = postgres(), f"amiable_bench_{os.getpid()}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
            try:
                yield environment | {"DATABASE_URL": urlunsplit(urlsplit(server)._replace(path=f"/{name}"))}
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main(subject: str, parts: dict[str, Callable[..., list[Figure]]], sizes: dict[str, int]) -> None:
    """Run a subject from its command line: its table, or one part for the process that asked for it."""
    parser = argparse.ArgumentParser(prog=f"python -m {subject}", description=sys.modules["__main__"].__doc__)
    for name, size in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=size)
    parser.add_argument("--database", choices=DATABASES, action="append", help="both by default")
    parser.add_argument("--part", choices=list(parts), help=argparse.SUPPRESS)
    asked = vars(parser.parse_args())
    part, databases = asked.pop("part"), asked.pop("database") or DATABASES
    if part:
        sys.stdout.write(FIGURES + json.dumps([asdict(figure) for figure in parts[part](**asked)]) + "\n")
        return
    for database in databases:
        print_table(f"{subject}, {database}, {_told(asked)}", measure(subject, list(parts), asked, database))


def run_subject(module: ModuleType, *, smaller: int = 1, databases: Sequence[str] = DATABASES) -> None:
    """Print the tables of a subject at its own size, or so many times smaller."""
    sizes = {name: max(size // smaller, 20) for name, size in module.SIZES.items()}
    for database in databases:
        figures = measure(module.__name__, list(module.PARTS), sizes, database)
        print_table(f"{module.__name__}, {database}, {_told(sizes)}", figures)


def measure(subject: str, parts: Sequence[str], sizes: dict[str, int], database: str) -> list[Figure]:
    """Run the parts of a subject one after the other over one scratch database; return their figures."""
    options = [text for name, size in sizes.items() for text in (f"--{name}", str(size))]
    figures: list[Figure] = []
    with scratch(database) as environment:
        for part in parts:
            command = [sys.executable, "-m", subject, "--part", part, *options]
            run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
            told = run.stdout.rsplit(FIGURES, 1)[1]
            figures += [Figure(**facts) for facts in json.loads(told)]
    return figures


def print_table(title: str, figures: Sequence[Figure]) -> None:
    """Print figures as a table that is readable in a terminal and in a Markdown document."""
    rows = [COLUMNS, *((*list(asdict(f).values())[:-1], f"{f.peak_mb:,}" if f.peak_mb else "") for f in figures)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(COLUMNS))]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    sys.stdout.write("\n".join((f"\n{title}\n", *lines)) + "\n")
    sys.stdout.flush()


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def _told(sizes: dict[str, int]) -> str:
    return ", ".join(f"{size:,} {name}" for name, size in sizes.items())
