"""Can everybody use the outbox, the strategy, the imports and the settings, in both themes and at every width?"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from amiable.core.plan.outcome import Reason
from amiable.planning.models import DayPlan, Outcome
from amiable.planning.queries import policy_in_force
from amiable.sources.models import ImportRun
from amiable.sources.operations import receive_upload
from tests.apps.mail_server import written

PLACES = [
    "/outbox/", "/outbox/?show=withheld", "/outbox/?show=needs_you", "/outbox/?show=all", "/invoices/", "/strategy/",
    "/strategy/policy/", "/strategy/reminder/en/", "/import/", "/settings/", "/settings/creditor/", "/settings/sender/",
    "/settings/bank-account/", "/settings/members/", "/settings/members/new/", "/settings/audit/",
]  # fmt: skip
LIST = (
    b"Client;Nom;Facture;Date;Echeance;Montant;Devise\nC1;Elan;F1;05/01/2026;04/02/2026;1 200,50;EUR\nC2;X;F2;;;?;EUR\n"
)


@pytest.fixture
def places(make) -> list[str]:
    """A world in which every page has something to show; the addresses of them all."""
    customer = make.customer("Ateliers Duval", language="en")
    invoice = make.invoice(customer, due="10 days ago", amount="900.00", disputed=True)
    contact = make.contact(customer)
    message = written(make, contact, about=(invoice,))
    written(make, contact, status="held")
    written(make, contact, status="withheld", status_reason="paid")
    unclear = written(make, contact, status="unclear", status_reason="worker_stopped")
    version, _policy = policy_in_force(make.creditor())
    plan = DayPlan.objects.create(creditor=make.creditor(), day=make.day, policy=version, made_at=make.now)
    step = {"scenario": "courteous", "step": "second-reminder", "anchor": "due", "step_day": 10, "level": 2}
    about = {"plan": plan, "day": make.day, "customer": customer, "item": invoice, "open_minor": 90000}
    Outcome.objects.create(kind="withheld", reason=Reason.DISPUTED, **about, **step)
    new = receive_upload([LIST], creditor=make.creditor(), by=None, file_name="list.csv", now=make.now)
    running = ImportRun.objects.create(
        creditor=make.creditor(), started_at=make.now, status="running", file_name="big.csv"
    )
    counts = {"items": {"new": 3, "same": 1}}
    over = {"started_at": make.now, "finished_at": make.now, "status": "done", "counts": counts, "file_name": "a.csv"}
    over = ImportRun.objects.create(creditor=make.creditor(), **over)
    return [
        *PLACES,
        *(reverse("desk:import_run", args=[run.pk]) for run in (new, running, over)),
        *(reverse(f"desk:{name}", args=[message.pk]) for name in ("message", "message_edit", "message_cancel")),
        reverse("desk:message", args=[unclear.pk]),
    ]


@pytest.fixture
def tab(make, live_server, browser, enter):
    """A browser page of an administrator, and what its console complained about."""
    member = make.member("administrator")
    context = browser.new_context(base_url=live_server.url)
    session = enter(member=member).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page, complaints = context.new_page(), []
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page, complaints
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_place_can_be_used_by_everybody(transactional_db, live_server, places, tab, theme, width):
    page, complaints = tab
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    page.set_viewport_size({"width": width, "height": 800})
    for path in places:
        page.goto(path)
        found = Axe().run(page).response["violations"]
        assert [(path, rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
        assert (path, page.evaluate("document.documentElement.scrollWidth <= innerWidth")) == (path, True)
        assert (path, complaints) == (path, [])
