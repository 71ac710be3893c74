"""Import runs, rejected rows and mapping profiles: columns and constraints, no decisions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from amiable.organisation.models import Creditor, Member


class Profile(models.Model):
    """How one kind of file is read: which column is what, in which formats."""

    name = models.CharField(max_length=60, unique=True)
    format = models.CharField(max_length=8)
    mapping = models.JSONField()  # the shape of `sources.mapping.Mapping`

    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    """One file brought in, or being brought in."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("Waiting for confirmation")
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed: nothing was changed")

    creditor = models.ForeignKey(Creditor, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=200)  # as the sender called it; never used as a path
    stored_as = models.CharField(max_length=80, blank=True)  # our own name below AMIABLE_HOME/files
    sha256 = models.CharField(max_length=64, db_index=True)
    format = models.CharField(max_length=8)
    mapping = models.JSONField(default=dict)
    status = models.CharField(max_length=8, choices=Status, default=Status.UPLOADED)
    error = models.TextField(blank=True)
    rows_total = models.IntegerField(default=0)
    rows_done = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)  # {"customers": {"new": 3, "changed": 0, "same": 12}, "items": {…}, …}
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Member, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.file_name


class RejectedRow(models.Model):
    """A line that could not be taken in, and why."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rejected")
    line = models.IntegerField()
    reason = models.CharField(max_length=300)
    content = models.CharField(max_length=1000)  # the line itself, cut

    class Meta:
        ordering = ["line"]

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"
