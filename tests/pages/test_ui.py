"""Do our components say and look what they should?"""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from amiable.ledger.queries import Page
from amiable.ui import formats
from amiable.ui.templatetags.amiable import UnknownState, badge, initials

TODAY = date(2026, 3, 3)


def shown(markup: str, query: str = "", **facts: object) -> str:
    """Render a line of template."""
    request = RequestFactory().get(f"/?{query}")
    return Template("{% load amiable %}" + markup).render(Context({"request": request, **facts}))


@pytest.mark.parametrize(
    ("minor", "currency", "english", "french"),
    [
        (123450, "EUR", "€1,234.50", "1 234,50 €"),
        (-500, "GBP", "-£5.00", "-5,00 £GB"),
        (1234, "JPY", "JP¥1,234", "1 234 JPY"),
        (1234567, "TND", "TND 1,234.567", "1 234,567 TND"),
    ],
)
def test_amounts_are_written_as_their_reader_would(minor, currency, english, french):
    def plain(text: str) -> str:
        return text.replace("\u202f", " ").replace("\u00a0", " ")

    with translation.override("en"):
        assert plain(formats.money(minor, currency)) == english
    with translation.override("fr"):
        assert plain(formats.money(minor, currency)) == french


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (date(2026, 3, 6), "Friday 6 March, in 3 days"),
        (date(2026, 3, 4), "Wednesday 4 March, tomorrow"),
        (date(2026, 3, 3), "due today"),
        (date(2026, 3, 2), "1 day late"),
        (date(2026, 2, 19), "12 days late"),
        (date(2027, 1, 4), "Monday 4 January 2027, in 307 days"),
    ],
)
def test_due_dates_are_told_in_words(due_on, words):
    assert formats.due_in_words(due_on, TODAY) == words


def test_initials_are_those_of_the_first_and_the_last_word():
    assert [initials(name) for name in ("Anne-Marie Duval", "anne", "Jean de La Fontaine", "", "& Fils")] == [
        "AD", "A", "JF", "?", "F",
    ]  # fmt: skip


def test_a_badge_of_an_unknown_state_is_a_mistake_that_shows():
    with pytest.raises(UnknownState):
        badge("Late", "lately")


def test_components_escape_what_people_wrote():
    hostile = "<script>alert(1)</script>"
    page = shown(
        "{% badge name %}{% avatar name %}{% tile name name '/' name %}{% empty name name %}{% sparkline x name %}",
        name=hostile,
        x=[1, 2],
    )
    assert "<script>" not in page


def test_an_aging_bar_fills_its_width_and_says_its_amounts():
    bar = shown('{% aging_bar amounts "EUR" %}', amounts=(5000, 2500, 0, 0, 2500))
    assert bar.count("<rect") == 3
    assert 'width="50.00%"' in bar
    assert "Over 90 days: €25" in bar


def test_nothing_open_is_an_empty_bar_with_words():
    assert "Nothing is open" in shown('{% aging_bar amounts "EUR" %}', amounts=(0, 0, 0, 0, 0))


def test_a_sorted_column_turns_round_and_forgets_the_page():
    header = shown('{% sort_header "late" "Late" first="-" %}', "sort=-late&page=3&q=a")
    assert 'aria-sort="descending"' in header
    assert "sort=late" in header
    assert "page=" not in header
    assert "q=a" in header


def test_pages_are_counted_from_one_and_keep_the_filters():
    pages = shown("{% pagination page %}", "q=a", page=Page(rows=(), number=2, total=120))
    assert "51–100 of 120" in pages
    assert "q=a&amp;page=3" in pages


PLACES = ["/", "/customers/", "/gallery/", "/search/?q=ma", "/accounts/2fa/"]
OF_THE_CUSTOMER = [
    "customer",
    "customer_email",
    "customer_call",
    "customer_hold",
    "customer_details",
    "customer_contact_new",
]


@pytest.fixture
def signed_in(make, live_server, browser, enter):
    """A browser page of an administrator, and what its console complained about."""
    customer = make.customer("Ateliers Duval")
    make.contact(customer)
    make.invoice(customer, due="10 days ago", amount="900.00")
    make.invoice(make.customer("Café du Port"), due="80 days ago", amount="55.00", disputed=True)
    member = make.member("administrator")
    member.emailaddress_set.create(email=member.email, verified=True, primary=True)
    context = browser.new_context(base_url=live_server.url)
    session = enter(member=member).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page, complaints = context.new_page(), []
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page, complaints, customer
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_can_be_used_by_everybody(transactional_db, live_server, signed_in, theme, width):
    page, complaints, customer = signed_in
    page.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    page.set_viewport_size({"width": width, "height": 800})
    for path in [*PLACES, *(reverse(f"desk:{name}", args=[customer.pk]) for name in OF_THE_CUSTOMER)]:
        page.goto(path)
        found = Axe().run(page).response["violations"]
        assert [(path, rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
        assert (path, page.evaluate("document.documentElement.scrollWidth <= innerWidth")) == (path, True)
    assert complaints == []


@pytest.mark.browser
def test_a_note_is_written_without_touching_the_mouse(transactional_db, signed_in):
    page, complaints, _customer = signed_in
    page.goto("/customers/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/*/")
    page.keyboard.press("n")
    page.wait_for_selector("#dialog[open] textarea")
    page.keyboard.type("Pays on the 10th.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast")
    assert page.locator(".entry__note", has_text="Pays on the 10th.").count() == 1
    assert complaints == []


@pytest.mark.browser
def test_the_theme_changes_at_once_and_stays(transactional_db, signed_in):
    page, complaints, _customer = signed_in
    page.goto("/")
    page.locator(".sidebar__foot summary").click()
    page.locator(".sidebar button[name=theme][value=dark]").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.goto("/customers/")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert complaints == []
