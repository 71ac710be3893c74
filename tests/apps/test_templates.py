"""A wording comes into force when it is kind, complete and can be filled in."""

import pytest

from amiable.core.policy.model import ContactPolicy, Do, Policy, Scenario, Step
from amiable.organisation.access import NotAllowed
from amiable.organisation.models import AuditEvent
from amiable.outreach.compose.sandbox import TemplateFault
from amiable.outreach.models import Template
from amiable.outreach.operations.templates import (
    BadName,
    NoSuchLanguage,
    TemplateRefused,
    publish_template,
    revert_template,
)
from amiable.outreach.queries.templates import (
    TemplateMissing,
    missing_templates,
    template_history,
    template_in_force,
    templates_in_force,
)


@pytest.fixture
def publish(make):
    """Publish the shipped reminder, changed in some parts."""
    manager = make.member(role="manager")
    shipped = template_in_force(make.creditor(), name="reminder", language="en")

    def _publish(**changes):
        facts = {
            "name": "reminder",
            "language": "en",
            "tone": shipped.tone,
            "subject": shipped.subject,
            "body": shipped.body,
        }
        return publish_template(make.creditor(), **{"by": manager, "now": make.now, **facts, **changes})

    _publish.shipped = shipped
    return _publish


def test_nothing_needs_installing(make):
    wordings = templates_in_force(make.creditor())
    assert wordings["reminder", "fr"].version == 0
    assert {language for _name, language in wordings} == {"en", "fr"}


def test_a_published_wording_is_in_force_for_its_creditor_alone(make, publish):
    template = publish(subject="About {{ first_item.number }}")
    other = make.creditor("other")

    assert template_in_force(make.creditor(), name="reminder", language="en").subject == "About {{ first_item.number }}"
    assert templates_in_force(make.creditor())["reminder", "en"].version == 1
    assert template_in_force(other, name="reminder", language="en").version == 0
    event = AuditEvent.objects.get(action="template.published")
    assert (event.subject, event.facts["version"]) == (f"template:{template.pk}", 1)


def test_a_new_wording_is_a_new_version_and_the_old_one_can_come_back(make, publish):
    first, second = publish(subject="One {{ total }}"), publish(subject="Two {{ total }}")

    third = revert_template(first, by=second.published_by, now=make.now)

    assert (third.version, third.subject) == (3, "One {{ total }}")
    assert [version.version for version in template_history(make.creditor(), name="reminder", language="en")] == [
        3,
        2,
        1,
    ]


def test_the_same_wording_again_is_no_new_version(make, publish):
    assert publish().pk == publish().pk
    assert Template.objects.count() == 1


def test_an_unkind_wording_is_refused_with_its_reasons(make, publish):
    unkind = publish.shipped.body + "\nPay at once or we will take you to court!\n"
    with pytest.raises(TemplateRefused) as refusal:
        publish(body=unkind)
    assert refusal.value.findings
    assert not Template.objects.exists()


def test_an_incomplete_reminder_is_refused(publish):
    with pytest.raises(TemplateRefused):
        publish(body="{{ greeting }},\n\nHello.\n")


def test_a_faulty_wording_is_refused_with_its_line(publish):
    with pytest.raises(TemplateFault) as refusal:
        publish(body="{{ greeting }},\n\n{{ itms }}\n")
    assert refusal.value.line == 3
    assert "items" in str(refusal.value)


def test_only_those_who_may_edit_wordings_publish(make, publish):
    with pytest.raises(NotAllowed):
        publish(by=make.member(role="collector"))


@pytest.mark.parametrize("name", ["", "Réminder", "../x", "a" * 61, "two words"])
def test_a_name_is_one_that_a_policy_can_say(publish, name):
    with pytest.raises(BadName):
        publish(name=name)


def test_a_language_that_we_do_not_write_is_refused(publish):
    with pytest.raises(NoSuchLanguage):
        publish(language="de")


def test_a_wording_that_nobody_wrote_is_missed_by_name(make):
    with pytest.raises(TemplateMissing, match="nowhere"):
        template_in_force(make.creditor(), name="nowhere", language="en")
    policy = Policy(
        ContactPolicy(), (Scenario("s", {}, (Step("x", 1, Do.MESSAGE, template="nowhere"), Step("y", 2, Do.CALL))),)
    )
    assert missing_templates(make.creditor(), policy) == [("nowhere", "en"), ("nowhere", "fr")]


def test_all_wordings_cost_one_statement(make, publish, django_assert_num_queries):
    publish()
    with django_assert_num_queries(1):
        templates_in_force(make.creditor())
