"""Contacts that people had are remembered, and theirs wait for an answer."""

import pytest

from amiable.organisation.access import NotAllowed
from amiable.organisation.models import AuditEvent
from amiable.outreach.models import Touch
from amiable.outreach.operations import (
    NothingSaid,
    NothingToAnswer,
    OnlyTheirsWaits,
    OtherCustomersContact,
    answer_touch,
    log_touch,
)


@pytest.fixture
def call(make):
    """Log a call to the story's customer, changed as told."""
    customer = make.customer()
    by = make.member()

    def log(**facts) -> Touch:
        standard = {"by": by, "channel": "phone", "direction": "out", "at": make.now, "on": make.day}
        return log_touch(customer, **{**standard, "summary": "Talked about F-1", **facts})

    return log


def test_a_call_is_remembered(make, call):
    touch = call(summary="  Will pay\n on Friday  ", text="Was friendly.")

    assert (touch.summary, touch.text, touch.on) == ("Will pay on Friday", "Was friendly.", make.day)
    event = AuditEvent.objects.get(action="touch.logged")
    assert (event.actor, event.customer_id, event.facts["channel"]) == (touch.by, touch.customer_id, "phone")


def test_a_question_of_theirs_waits_until_it_is_answered(make, call):
    question = call(direction="in", channel="email", summary="Where is the delivery note?", needs_answer=True)

    answered = answer_touch(question, by=make.member(), on=make.day)

    assert answered.answered_on == make.day
    with pytest.raises(NothingToAnswer):
        answer_touch(question, by=make.member(), on=make.day)


def test_nothing_that_we_said_waits_for_our_answer(call):
    with pytest.raises(OnlyTheirsWaits):
        call(direction="out", needs_answer=True)


def test_what_needs_no_answer_gets_none(make, call):
    with pytest.raises(NothingToAnswer):
        answer_touch(call(direction="in"), by=make.member(), on=make.day)


def test_a_contact_without_a_word_is_refused(call):
    with pytest.raises(NothingSaid):
        call(summary=" \n ")


def test_a_person_of_another_customer_is_refused(make, call):
    with pytest.raises(OtherCustomersContact):
        call(contact=make.contact(make.customer("Other")))


@pytest.mark.parametrize("facts", [{"channel": "pigeon"}, {"direction": "sideways"}])
def test_unknown_ways_are_refused(call, facts):
    with pytest.raises(ValueError, match="is not a valid"):
        call(**facts)


def test_a_reader_logs_nothing(make, call):
    with pytest.raises(NotAllowed):
        call(by=make.member("reader"))
    assert not Touch.objects.exists()
