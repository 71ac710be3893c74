"""What needs me now?"""

from django.http import HttpResponse
from django.shortcuts import render

from amiable.desk.access import DeskRequest, admit
from amiable.organisation.access import Act


@admit(Act.SEE_CUSTOMERS)
def today(request: DeskRequest) -> HttpResponse:
    """Show the worklist."""
    return render(request, "desk/today.html", {})
