"""Brings in what customers owe, after showing how each file was understood."""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
from django.conf import settings
from django.utils.text import slugify

from amiable.core.money import to_major
from amiable.organisation.models import Creditor
from amiable.organisation.operations import create_creditor
from amiable.site.commands.asking import (
    Refused,
    as_of_option,
    creditor_option,
    day_or_today,
    find_creditor,
    moment_of,
    prepare_database,
)
from amiable.sources.errors import BadMapping, UnreadableFile
from amiable.sources.mapping import KIND_LABELS
from amiable.sources.models import ImportRun
from amiable.sources.operations import Preview, UnknownProfile, import_file, preview_file
from amiable.sources.vocabulary import LABELS, Role

FORMATS = ("csv", "xlsx", "fec")
FIRST_CREDITOR = "My company"
LINES_SHOWN = 10
SOME_LINES_TURNED_AWAY = 3


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Default: found out from the content.")
@click.option("--profile", metavar="NAME|FILE", help="A saved mapping of columns, or a YAML or JSON file with one.")
@click.option("--currency", metavar="EUR", help="Where no column tells. Default: the creditor's.")
@creditor_option
@as_of_option
@click.option("--dry-run", is_flag=True, help="Show what would come in, and stop.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(
    files: tuple[Path, ...],
    format_: str | None,
    profile: str | None,
    currency: str | None,
    creditor: str | None,
    as_of: date | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Bring in files: open items, invoices with payment dates, customers, contacts, payments (CSV, Excel), or a FEC.

    Each file is shown as it was understood: its columns, totals, and the lines that cannot come in, with the reason.
    Then it is booked whole or not at all. A second import of the same file changes nothing. Ends with 3 when some
    lines could not come in.
    """
    prepare_database()
    owed = find_or_create_creditor(creditor, currency=currency)
    day = day_or_today(as_of, owed)
    how = {"format": format_, "profile": profile, "currency": currency}
    turned_away = 0
    for path in files:
        if not path.is_file():
            raise Refused(f"There is no file {path}.")
        turned_away += _bring_in(path, owed, day, how, dry_run=dry_run, yes=yes)
    sys.exit(SOME_LINES_TURNED_AWAY if turned_away else 0)


def find_or_create_creditor(name: str | None, *, currency: str | None) -> Creditor:
    """Return the creditor that is meant; an empty installation gets its first one, and so does a new name."""
    known = Creditor.objects.all()
    if known.exists() and (name is None or _is_known(name)):
        return find_creditor(name)
    name = name or FIRST_CREDITOR
    country_free = {"currency": currency.upper()} if currency else {}
    creditor = create_creditor(
        by=None, slug=slugify(name)[:40] or "creditor", name=name, time_zone=settings.TIME_ZONE, **country_free
    )
    click.echo(f"New creditor: {creditor} ({creditor.slug}). Change its details on the desk, under Settings.")
    return creditor


def _is_known(name: str) -> bool:
    return Creditor.objects.filter(slug=name).exists() or Creditor.objects.filter(name__iexact=name).exists()


def _bring_in(path: Path, creditor: Creditor, day: date, how: dict, *, dry_run: bool, yes: bool) -> int:
    """Show and book one file; return how many of its lines were turned away."""
    try:
        preview = preview_file(path, creditor=creditor, as_of=day, **how)
        for line in told(preview, path):
            click.echo(line)
        if dry_run:
            return preview.rejected_count
        if not yes and not click.confirm(f"Book {preview.lines - preview.rejected_count} lines?", default=True):
            raise Refused("Nothing was changed.")
        with click.progressbar(length=max(preview.lines, 1), label=f"Importing {path.name}", file=sys.stderr) as bar:
            run = import_file(
                path,
                creditor=creditor,
                by=None,
                file_name=path.name,
                as_of=day,
                now=moment_of(day, creditor),
                on_progress=lambda done: bar.update(done - bar.pos),
                **how,
            )
    except (UnreadableFile, BadMapping, UnknownProfile) as refusal:
        raise Refused(f"{path.name}: {refusal} Nothing was changed.") from refusal
    click.echo(brought(run))
    return preview.rejected_count


def told(preview: Preview, path: Path) -> Iterator[str]:
    """Tell in lines what a file holds and how it was understood."""
    details = ", ".join(f"{name} {value}" for name, value in preview.details.items())
    yield f"{path.name}: {KIND_LABELS[preview.kind]} ({', '.join(filter(None, (preview.format, details)))})"
    for column in preview.columns:
        if column.role:
            yield f"  {column.column} → {LABELS[Role(column.role)]}" + (
                f"   e.g. {column.samples[0]}" if column.samples else ""
            )
    counted = ", ".join(f"{count} {name}" for name, count in preview.counts.items() if count)
    yield f"  {preview.lines} lines: {counted}"
    for currency, total in sorted(preview.totals.items()):
        yield (
            f"  {currency}: {total.invoices} invoices of {to_major(total.invoiced_minor, currency):,}, "
            f"open {to_major(total.open_minor, currency):,}"
        )
    for warning in preview.warnings:
        yield f"  Note: {warning}"
    for rejected in preview.rejected[:LINES_SHOWN]:
        yield f"  Line {rejected.line} cannot come in: {rejected.reason}"
    if preview.rejected_count > LINES_SHOWN:
        yield f"  … and {preview.rejected_count - LINES_SHOWN} more lines. They are listed with the import on the desk."


def brought(run: ImportRun) -> str:
    """Say what an import changed."""
    changes = [
        f"{count} {name} {what}"
        for name, counts in run.counts.items()
        for what, count in counts.items()
        if count and what != "same"
    ]
    return f"{run.file_name}: " + (", ".join(changes) if changes else "nothing new, nothing changed") + "."
