"""Where is that customer, that invoice?"""

from django.http import HttpResponse
from django.shortcuts import render

from amiable.desk.access import DeskRequest, admit
from amiable.ledger.queries.desk import found_customers, found_items
from amiable.organisation.access import Act

IN_THE_BOX, ON_THE_PAGE = 6, 40


@admit(Act.SEE_CUSTOMERS)
def search(request: DeskRequest) -> HttpResponse:
    """Show what fits the words; the search box takes the list alone. Two statements."""
    q = request.GET.get("q", "").strip()[:100]
    asked = {
        "member": request.user,
        "creditor": request.creditor,
        "limit": IN_THE_BOX if request.htmx else ON_THE_PAGE,
    }
    facts = {"q": q, "customers": found_customers(q, **asked), "items": found_items(q, **asked)}
    return render(request, "desk/search.html#found" if request.htmx else "desk/search.html", facts)
