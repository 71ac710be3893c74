"""How do we speak with whom, and would it be kind?"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amiable.outreach.models import Template
from amiable.planning.defaults import default_policy_text
from amiable.planning.models import PolicyVersion
from amiable.planning.queries import policy_in_force

STRATEGY, POLICY, WORDING = "/strategy/", "/strategy/policy/", "/strategy/reminder/en/"


@pytest.fixture
def text(make) -> str:
    """The policy in force, as its text."""
    return policy_in_force(make.creditor())[0].text


def test_scenarios_read_as_steps_on_days(make, enter):
    make.creditor()
    page = enter().get(STRATEGY).content.decode()
    told = ("Courteous", "Key accounts", "7 days before", "3 days late", "1 day after payment", "See the message")
    assert [words for words in told if words not in page] == []


def test_a_text_that_is_understood_is_shown_as_it_reads_and_not_published(text, enter):
    answer = enter().post(POLICY, {"text": text, "check": "1"})
    assert answer.status_code == 200
    assert "The text can be published." in answer.content.decode()
    assert PolicyVersion.objects.count() == 1


def test_what_is_not_understood_is_told_by_line_and_nothing_is_lost(text, enter):
    wrong = text.replace("do: message", "do: mesage", 1)
    line = wrong[: wrong.index("mesage")].count("\n") + 1
    answer = enter().post(POLICY, {"text": wrong, "publish": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert str(line) in [str(number) for number, _text in answer.context["errors"]]
    assert "do: mesage" in page
    assert "Nothing was published" in page
    assert PolicyVersion.objects.count() == 1


def test_a_new_text_becomes_a_new_version_and_the_old_one_can_be_read(text, enter):
    client = enter("manager")
    calmer = text.replace("minimum gap: 4 days", "minimum gap: 6 days")
    page = client.post(POLICY, {"text": calmer, "note": "Calmer", "publish": "1"}, follow=True).content.decode()
    assert "Version 2 is in force." in page
    assert "Calmer" in page
    assert "minimum gap: 4 days" in client.get(POLICY, {"version": "1"}).content.decode()


def test_the_shipped_policy_passes_its_own_check(make, enter):
    make.creditor()
    assert enter().post(POLICY, {"text": default_policy_text(), "check": "1"}).status_code == 200


def test_an_unkind_wording_is_not_published_and_a_kinder_one_is_offered(make, enter):
    make.creditor()
    threat = {"subject": "FINAL WARNING", "tone": "clear", "body": "Pay now or we will sue you!!!", "publish": "1"}
    answer = enter().post(f"{WORDING}save/", threat)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Pay now or we will sue you!!!" in page
    assert "Kinder:" in page
    assert not Template.objects.exists()


def test_a_kind_wording_is_published_as_a_version(make, enter):
    make.creditor()
    client = enter()
    form = client.get(WORDING).context["form"]
    words = {name: form.initial[name] for name in ("subject", "tone", "body")}
    page = client.post(f"{WORDING}save/", words | {"publish": "1"}, follow=True).content.decode()
    assert "Version 1" in page


def test_a_wording_is_shown_with_a_real_customers_facts_and_runs_nothing(make, enter):
    customer = make.customer("Ateliers Duval", language="en")
    make.contact(customer)
    make.invoice(customer, due="10 days ago", number="F-1")
    words = {"subject": "Hello", "body": "About <script>alert(1)</script>\n\n{{ items }}", "customer": customer.pk}
    answer = enter().post("/strategy/preview/en/", words)
    assert "F-1" in answer.content.decode()
    assert "<script>" not in answer.content.decode()
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_wording_nobody_wrote_is_not_found(make, enter):
    make.creditor()
    assert enter().get("/strategy/no-such-wording/en/").status_code == 404


def test_a_reader_reads_the_strategy_and_changes_nothing(make, enter):
    make.creditor()
    page = enter("reader").get(STRATEGY).content.decode()
    assert POLICY not in page


def test_the_strategy_asks_a_known_number_of_questions(make, enter):
    make.creditor()
    client = enter()
    client.get(STRATEGY)
    with CaptureQueriesContext(connection) as asked:
        client.get(STRATEGY)
    assert len(asked) <= 8
