"""How did that task end?"""

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from amiable.desk.access import DeskRequest, admit, found_or_404
from amiable.desk.forms import explain
from amiable.desk.views.actions import done, show_form
from amiable.organisation.access import Act
from amiable.planning.operations.tasks import OutcomeMissing, TaskClosed, TaskOpen, close_task, reopen_task
from amiable.planning.queries.worklist import task_for

ENDS = [("done", gettext_lazy("Done")), ("dropped", gettext_lazy("No longer needed"))]


class TaskForm(forms.Form):
    """How a task ended."""

    outcome = forms.CharField(
        label=gettext_lazy("What came out of it"), max_length=300, widget=forms.TextInput(attrs={"autofocus": True})
    )
    status = forms.ChoiceField(label=gettext_lazy("It is"), choices=ENDS, initial="done")


@admit(Act.CLOSE_TASKS)
def task_done(request: DeskRequest, pk: int) -> HttpResponse:
    """Close a task with a word on how it ended."""
    task = found_or_404(task_for(request.user, creditor=request.creditor, pk=pk))
    form = TaskForm(request.POST or None)
    if form.is_valid():
        try:
            close_task(task, by=request.user, now=request.now, **form.cleaned_data)
            undo = reverse("desk:task_reopen", args=[pk])
            told = _("%(task)s: done with %(name)s.") % {"task": task.get_kind_display(), "name": task.customer.name}
            return done(request, told, to=reverse("desk:today"), undo=undo)
        except (TaskClosed, OutcomeMissing) as refusal:
            explain(form, refusal)
    title = _("%(task)s done") % {"task": task.get_kind_display()}
    return show_form(
        request, form, title=title, subject=task.customer.name, submit=_("Close it"), back=reverse("desk:today")
    )


@require_POST
@admit(Act.CLOSE_TASKS)
def task_reopen(request: DeskRequest, pk: int) -> HttpResponse:
    """Undo the closing of a task."""
    task = found_or_404(task_for(request.user, creditor=request.creditor, pk=pk))
    try:
        reopen_task(task, by=request.user)
    except TaskOpen as refusal:
        return done(request, str(refusal), to=reverse("desk:today"))
    return done(request, _("The task is open again."), to=reverse("desk:today"))
