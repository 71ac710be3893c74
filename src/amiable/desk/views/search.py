"""Where is that customer, that invoice?"""

from django.http import HttpResponse
from django.shortcuts import render

from amiable.desk.access import DeskRequest, admit
from amiable.organisation.access import Act


@admit(Act.SEE_CUSTOMERS)
def search(request: DeskRequest) -> HttpResponse:
    """Show what fits the words; the search box takes the list alone."""
    q = request.GET.get("q", "").strip()
    facts = {"q": q, "customers": [], "items": []}
    return render(request, "desk/search.html#found" if request.htmx else "desk/search.html", facts)
