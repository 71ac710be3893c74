"""Brings in what customers owe, after showing how each file was understood."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
from django.conf import settings
from django.utils.text import slugify

from amiable.core.money import to_major
from amiable.organisation.models import Creditor
from amiable.organisation.operations import BadFact, create_creditor
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
@click.option("--new-creditor", is_flag=True, help="Add the creditor named by --creditor.")
@as_of_option
@click.option("--dry-run", is_flag=True, help="Show what would come in, and stop.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(
    files: tuple[Path, ...],
    format_: str | None,
    profile: str | None,
    currency: str | None,
    creditor: str | None,
    new_creditor: bool,
    as_of: date | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Bring in files: open items, invoices with payment dates, customers, contacts, payments (CSV, Excel), or a FEC.

    Each file is shown as it was understood: its columns, totals, and the lines that cannot come in, with the reason.
    Then it is booked whole or not at all. A second import of the same file changes nothing. Ends with 3 when some
    lines could not come in.

    \b
      amiable import open-items.csv --dry-run       look first, change nothing
      amiable import january.xlsx february.xlsx     one after the other
      amiable import ledger.csv --creditor "Atelier Lumière" --new-creditor
    """
    for path in files:
        if not path.is_file():
            raise Refused(f"{path} is a folder, not a file." if path.is_dir() else f"There is no file {path}.")
    prepare_database()
    owed = find_or_describe_creditor(creditor, currency=currency, is_new=new_creditor)
    how = {"format": format_, "profile": profile, "currency": currency}
    turned_away = 0
    for path in files:
        preview = _show(path, owed, as_of, how)
        turned_away += preview.rejected_count
        if dry_run:
            continue
        if not yes and not click.confirm(f"Book {preview.lines - preview.rejected_count} lines?", default=True):
            raise Refused(f"Nothing of {path.name} was booked.")
        if owed.pk is None:
            owed = _create(owed)
        _book(path, owed, as_of, how, lines=preview.lines)
    sys.exit(SOME_LINES_TURNED_AWAY if turned_away else 0)


def find_or_describe_creditor(name: str | None, *, currency: str | None, is_new: bool) -> Creditor:
    """Return the creditor that is meant; for an empty installation, or a new name, one that is not saved yet.

    It is saved with the first file that is booked, so that a look at a file, or a refusal, changes nothing.
    """
    if Creditor.objects.exists() and not is_new:
        return find_creditor(name)
    name = name or FIRST_CREDITOR
    facts = {"currency": currency.upper()} if currency else {}
    slug = slugify(name)[:40] or "creditor"
    if Creditor.objects.filter(slug=slug).exists() or Creditor.objects.filter(name__iexact=name).exists():
        raise Refused(f"There is a creditor '{name}' already. Leave out --new-creditor to import into it.")
    return Creditor(slug=slug, name=name, time_zone=settings.TIME_ZONE, **facts)


def _create(described: Creditor) -> Creditor:
    try:
        creditor = create_creditor(
            by=None,
            slug=described.slug,
            name=described.name,
            time_zone=described.time_zone,
            currency=described.currency,
        )
    except ValueError as refusal:
        raise Refused(f"{refusal} Nothing was changed.") from refusal
    click.echo(f"New creditor: {creditor} ({creditor.slug}). Change its details on the desk, under Settings.")
    return creditor


def _show(path: Path, creditor: Creditor, as_of: date | None, how: dict) -> Preview:
    """Tell how a file was understood."""
    with _speaking_of(path):
        preview = preview_file(path, creditor=creditor, as_of=day_or_today(as_of, creditor), **how)
    for line in told(preview, path):
        click.echo(line)
    return preview


def _book(path: Path, creditor: Creditor, as_of: date | None, how: dict, *, lines: int) -> None:
    day = day_or_today(as_of, creditor)
    label = f"Importing {path.name}"
    with _speaking_of(path), click.progressbar(length=max(lines, 1), label=label, file=sys.stderr) as bar:
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
    click.echo(brought(run))


@contextmanager
def _speaking_of(path: Path) -> Iterator[None]:
    """Turn what can be wrong with a file into a refusal that names it."""
    try:
        yield
    except (UnreadableFile, BadMapping, UnknownProfile, BadFact) as refusal:
        raise Refused(f"{path.name}: {refusal} Nothing of it was booked.") from refusal
    except OSError as error:
        raise Refused(f"{path.name} cannot be read: {error.strerror or error}.") from error


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
        f"{name} {what}: {count}"
        for name, counts in run.counts.items()
        for what, count in counts.items()
        if count and what != "same" and name != "rows"
    ]
    left_out = run.counts.get("rows", {}).get("rejected", 0)
    told = ", ".join(changes) if changes else "nothing new, nothing changed"
    return f"{run.file_name}: {told}" + (f"; lines left out: {left_out}" if left_out else "") + "."
