"""What comes in from files, and how was it understood?"""

from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from amiable.desk.access import DeskRequest, admit, found_or_404
from amiable.desk.columns import readable
from amiable.desk.export import csv_response
from amiable.organisation.access import Act
from amiable.sources.errors import BadMapping, UnreadableFile
from amiable.sources.mapping import KIND_LABELS, ListKind, Mapping
from amiable.sources.operations import (
    NotWaiting,
    Preview,
    UploadTooLarge,
    preview_upload,
    receive_upload,
    save_profile,
    start_import,
)
from amiable.sources.queries import profiles, progress_of, rejected_rows, run_in, runs
from amiable.sources.vocabulary import LABELS
from amiable.ui.toasts import toast

RUNS_SHOWN = 30
REJECTED_SHOWN = 200
REFUSED = 422
COLUMN = "column-"  # before the number of a column in the form that corrects the guess


class UploadForm(forms.Form):
    """A file to bring in."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, Excel (.xlsx) or FEC. Nothing is booked before you say so."),
    )


@admit(Act.IMPORT)
def imports(request: DeskRequest) -> HttpResponse:
    """Show what came in, and take a new file. Two statements."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            run = receive_upload(
                file.chunks(), creditor=request.creditor, by=request.user, file_name=file.name, now=request.now
            )
            return redirect("desk:import_run", run.pk)
        except UploadTooLarge as refusal:
            form.add_error("file", str(refusal))
    facts = {"form": form, "runs": runs(request.creditor)[:RUNS_SHOWN], "tab": "import"}
    return render(request, "desk/imports.html", facts, status=REFUSED if form.errors else 200)


@admit(Act.IMPORT)
def import_run(request: DeskRequest, pk: int) -> HttpResponse:
    """Show one file: how it is understood while it waits, how far it is, what it brought."""
    run = found_or_404(run_in(request.creditor, pk))
    if run.status == "uploaded":
        return _waiting(request, run)
    facts = {"run": run, "progress": progress_of(run), "running": run.status in ("queued", "running"), "tab": "import"}
    if not facts["running"]:
        facts |= {"rejected": rejected_rows(run)[:REJECTED_SHOWN], "counts": _counted(run.counts)}
    return render(request, "desk/import_run.html#state" if request.htmx else "desk/import_run.html", facts)


def _waiting(request: DeskRequest, run: Any) -> HttpResponse:
    """Show the preview; what the address says about columns corrects the guess."""
    facts: dict[str, Any] = {"run": run, "tab": "import", "profiles": profiles()}
    try:
        first = preview_upload(run)
        mapping = _corrected(first, request.GET)
        preview = first if mapping == first.mapping else preview_upload(run, mapping=mapping)
    except (UnreadableFile, BadMapping) as refusal:
        facts["refusal"] = str(refusal)
        return render(request, "desk/import_run.html", facts, status=REFUSED)
    roles = {name: str(role) for role, name in preview.mapping.columns.items()} if preview.mapping else {}
    facts |= {
        "preview": preview,
        "kind": KIND_LABELS[preview.kind],
        "kinds": KIND_LABELS.items(),
        "columns": [(f"{COLUMN}{n}", column, roles.get(column.column, "")) for n, column in enumerate(preview.columns)],
        "roles": LABELS.items(),
        "rows": readable(preview.rows),
        "chosen": request.GET.urlencode(),
    }
    return render(request, "desk/import_run.html", facts)


def _corrected(preview: Preview, said: Any) -> Mapping | None:
    """Return the guessed mapping as the form corrects it; a form that says nothing changes nothing."""
    if preview.mapping is None or "kind" not in said:
        return preview.mapping
    columns = {column.column: said.get(f"{COLUMN}{n}", "") for n, column in enumerate(preview.columns)}
    known = {str(role) for role in LABELS}
    kind = said["kind"] if said["kind"] in set(ListKind) else preview.kind
    facts = {
        "kind": ListKind(kind),
        "currency": said.get("currency", "").strip().upper()[:3],
        "settle_unlisted": said.get("settle_unlisted") == "on",
    }
    return replace(preview.mapping.with_columns({n: r for n, r in columns.items() if r in known}), **facts)


def _counted(counts: dict[str, dict[str, int]]) -> list[tuple[str, dict[str, int]]]:
    labels = {
        "customers": _("Customers"),
        "contacts": _("Contacts"),
        "items": _("Invoices and credit notes"),
        "receipts": _("Payments"),
        "settlements": _("Allocations"),
        "holds": _("Holds"),
    }
    return [(label, counts[name]) for name, label in labels.items() if any(counts.get(name, {}).values())]


@require_POST
@admit(Act.IMPORT)
def import_start(request: DeskRequest, pk: int) -> HttpResponse:
    """Bring in a file as it was previewed, and keep its mapping where a name for it was given."""
    run = found_or_404(run_in(request.creditor, pk))
    try:
        if run.status != "uploaded":  # a second press of the button: its file may be gone already
            raise NotWaiting
        preview = preview_upload(run)
        mapping = _corrected(preview, request.POST)
        if mapping and request.POST.get("profile", "").strip():
            save_profile(request.POST["profile"], mapping, format=preview.format, by=request.user)
        start_import(run, by=request.user, format=preview.format, mapping=mapping)
    except (UnreadableFile, BadMapping, NotWaiting) as refusal:
        toast(request, str(refusal))
    return redirect("desk:import_run", pk)


@admit(Act.IMPORT)
def import_rejected(request: DeskRequest, pk: int) -> StreamingHttpResponse:
    """Hand out the lines that could not come in, with their reasons, as a CSV file."""
    run = found_or_404(run_in(request.creditor, pk))
    lines = ([row.line, row.reason, row.content] for row in rejected_rows(run).iterator())
    head = [_("Line"), _("Reason"), _("Content")]
    return csv_response((row for part in ([head], lines) for row in part), name=f"import-{run.pk}-rejected.csv")
