"""Is a day planned once, whoever asks and however often?"""

from datetime import timedelta

import pytest

from amiable.core.policy.errors import PolicyErrors
from amiable.organisation.models import AuditEvent
from amiable.outreach.models import Message, MessageItem, Status, Touch
from amiable.planning.models import DayPlan, Outcome, PolicyVersion, Task
from amiable.planning.operations import (
    OutcomeMissing,
    TaskClosed,
    WordingsMissing,
    assign_task,
    close_task,
    plan_day,
    plan_shard,
    publish_policy,
    reopen_task,
)
from amiable.planning.operations import days as planned_days
from amiable.planning.queries import plan_is_complete, policy_history, policy_in_force
from tests.apps.policies import COURTEOUS


@pytest.fixture
def policy(make):
    return publish_policy(make.creditor(), by=None, text=COURTEOUS, now=make.now)


def plan(make, day=None) -> DayPlan:
    """Plan a day with bank data as fresh as its morning."""
    creditor = make.creditor()
    creditor.bank_data_until = make.on(day or make.day)
    creditor.save()
    return plan_day(creditor, as_of=make.on(day or make.day), now=make.now)


def remembered() -> dict[str, list]:
    """Return all that planning wrote, row by row."""
    return {
        model.__name__: list(model.objects.order_by("pk").values_list())
        for model in (DayPlan, Message, MessageItem, Task, Outcome, AuditEvent)
    }


def send_all() -> None:
    """Let every message that is ready reach its reader."""
    for message in Message.objects.filter(status=Status.READY):
        message.status = Status.SENT
        message.save()
        Touch.objects.create(
            customer=message.customer,
            channel="email",
            direction="out",
            at=message.send_from,
            on=message.planned_for,
            summary=message.subject,
            message=message,
        )


def reachable(make, **facts):
    customer = make.customer(**facts)
    make.contact(customer)
    return customer


def outcomes(**wanted) -> list[tuple]:
    return sorted(Outcome.objects.filter(**wanted).values_list("item__number", "step", "kind", "reason"))


def test_each_due_step_is_remembered_with_its_message_task_or_reason(make, policy):
    written, called = reachable(make), reachable(make)
    make.invoice(written, due="5 days ago", number="A", amount="70.00")
    make.invoice(written, due="6 days ago", number="B", disputed=True)
    make.invoice(called, due="30 days ago", number="C")

    day_plan = plan(make)

    assert (day_plan.contacts, day_plan.tasks, day_plan.withheld) == (2, 0, 1)
    assert outcomes() == [
        ("A", "reminder", "contact", ""),
        ("B", "reminder", "withheld", "disputed"),
        ("C", "reminder", "contact", ""),
    ]
    message = Message.objects.get(customer=written)
    assert message.status == Status.READY
    assert message.send_key == f"{make.day}/atelier/{written.code}"
    assert [mention.open_minor for mention in message.items.all()] == [7000]
    assert Outcome.objects.get(item__number="A").message == message
    assert plan_is_complete(make.creditor(), day=make.day)


def test_planning_a_day_again_changes_nothing(make, policy):
    for due in ("5 days ago", "in 5 days", "30 days ago", "in 40 days"):
        make.invoice(reachable(make), due=due)
    make.invoice(make.customer(), due="10 days ago")
    make.invoice(reachable(make), due="10 days ago", disputed=True)
    plan(make)
    first = remembered()

    for _ in range(2):
        plan(make)

    assert remembered() == first
    assert AuditEvent.objects.filter(action="plan.made").count() == 1


def test_planning_again_after_the_messages_left_changes_nothing(make, policy):
    make.invoice(reachable(make), due="5 days ago")
    plan(make)
    send_all()
    first = remembered()

    plan(make)

    assert remembered() == first


def test_a_missed_run_loses_nothing_and_repeats_nothing(make, policy):
    make.invoice(reachable(make), due="2026-03-10", number="A")
    for day in ("2026-03-05", "2026-03-17", "2026-03-18", "2026-03-31", "2026-04-01"):  # most days are missed
        plan(make, day)
        send_all()

    told = Outcome.objects.exclude(kind="withheld").order_by("day").values_list("day", "step")
    assert [(str(day), step) for day, step in told] == [("2026-03-05", "heads-up"), ("2026-03-17", "reminder")]
    plan(make, "2026-04-03")  # the pace of the scenario holds: 17 days after the reminder
    assert Task.objects.get().kind == "call"


def test_a_message_that_never_left_is_replaced_by_the_next_days_plan(make, policy):
    customer = reachable(make)
    make.invoice(customer, due="5 days ago", number="A")
    plan(make)

    plan(make, "tomorrow")

    assert list(Message.objects.order_by("pk").values_list("planned_for", "status")) == [
        (make.day, Status.SUPERSEDED),
        (make.on("tomorrow"), Status.READY),
    ]
    assert Outcome.objects.filter(kind="contact", step="reminder").count() == 2


def test_a_message_under_way_is_not_replaced_and_counts_as_said(make, policy):
    make.invoice(reachable(make), due="5 days ago")
    plan(make)
    for status in (Status.SENDING, Status.UNCLEAR):
        Message.objects.update(status=status)
        plan(make, "tomorrow")
        assert Message.objects.get().status == status
        assert not Outcome.objects.filter(day=make.on("tomorrow")).exists()


@pytest.mark.parametrize("status", [Status.BOUNCED, Status.REFUSED, Status.WITHHELD, Status.CANCELLED])
def test_a_message_that_did_not_arrive_leaves_its_step_due(make, policy, status):
    make.invoice(reachable(make), due="5 days ago")
    plan(make)
    Message.objects.update(status=status)

    plan(make, "tomorrow")

    assert Message.objects.filter(planned_for=make.on("tomorrow"), status=Status.READY).count() == 1


def test_a_persons_own_message_is_never_replaced(make, policy):
    customer = reachable(make)
    make.invoice(customer, due="5 days ago")
    plan(make)
    Message.objects.update(scenario="", step="")

    plan(make, "tomorrow")

    assert Message.objects.get(planned_for=make.day).status == Status.READY


def test_what_becomes_due_during_the_day_is_added_and_the_rest_stays(make, policy):
    early, late = reachable(make), reachable(make)
    make.invoice(early, due="5 days ago", number="A")
    plan(make)
    message = Message.objects.get()

    make.invoice(early, due="6 days ago", number="B")
    make.invoice(late, due="5 days ago", number="C")
    plan(make)

    assert Message.objects.get(customer=early) == message
    assert list(message.items.values_list("item__number", flat=True)) == ["A"]
    assert outcomes() == [
        ("A", "reminder", "contact", ""),
        ("B", "reminder", "withheld", "too_soon"),
        ("C", "reminder", "contact", ""),
    ]
    assert Outcome.objects.get(item__number="B").fact_on == make.on("in 4 days")


def test_reasons_are_told_afresh_during_the_day(make, policy):
    invoice = make.invoice(reachable(make), due="5 days ago", number="A")
    hold = make.hold(invoice.customer, item=invoice, kind="dispute")
    plan(make)
    assert outcomes() == [("A", "reminder", "withheld", "disputed")]

    hold.ended_on = make.day
    hold.save()
    plan(make)

    assert outcomes() == [("A", "reminder", "contact", "")]
    assert DayPlan.objects.get().withheld == 0


def test_a_withheld_step_of_a_paid_invoice_disappears_from_the_day(make, policy):
    invoice = make.invoice(make.customer(), due="5 days ago", disputed=True)
    plan(make)

    make.paid(invoice, on="today")
    plan(make)

    assert outcomes() == []


def test_nobody_to_write_to_becomes_a_task_once(make, policy):
    make.invoice(make.customer(), due="5 days ago", number="A")
    plan(make)
    plan(make, "tomorrow")

    assert Task.objects.get().kind == "find_contact"
    assert outcomes(day=make.on("tomorrow")) == [("A", "reminder", "withheld", "awaiting_contact")]


def reached_call(make, **facts):
    """Make a customer whose call is due in 20 days, after a reminder today."""
    customer = reachable(make, **facts)
    make.invoice(customer, due="3 days ago")
    plan(make)
    send_all()
    return customer


def test_a_task_goes_to_the_colleague_its_step_names_with_a_deadline_in_working_days(make, policy):
    manager = make.member("manager")
    owner = make.member("collector", manager=manager)
    reached_call(make, owner=owner)

    plan(make, "in 17 days")  # Saturday 28 March: no calls
    assert not Task.objects.exists()
    plan(make, "in 19 days")

    task = Task.objects.get()
    assert (task.kind, task.owner, task.planned_for) == ("call", owner, make.on("2026-03-30"))
    assert task.due_on == make.on("2026-04-02")
    plan(make, "in 39 days")
    assert Task.objects.get(kind="review").owner == manager


def test_a_task_of_a_colleague_who_left_goes_to_a_manager(make, policy):
    owner = make.member("collector")
    manager = make.member("manager")
    make.member("administrator")
    customer = reached_call(make, owner=owner)
    owner.is_active = False
    owner.save()

    plan(make, "in 19 days")

    assert Task.objects.get(customer=customer).owner == manager


def test_shards_together_are_the_day(make, policy, monkeypatch):
    monkeypatch.setattr(planned_days, "SPAN_IDS", 1)
    for _ in range(5):
        make.invoice(reachable(make), due="5 days ago")

    def shard(number: int) -> DayPlan:
        return plan_shard(make.creditor(), as_of=make.day, shard=number, shards=2, now=make.now)

    shard(0)
    assert not plan_is_complete(make.creditor(), day=make.day)
    shard(1)

    assert plan_is_complete(make.creditor(), day=make.day)
    assert DayPlan.objects.get().contacts == Message.objects.count() == 5
    before = remembered()
    plan(make)
    assert remembered() == before


def test_old_reasons_are_forgotten_but_never_what_was_said(make, policy):
    make.invoice(reachable(make), due="5 days ago", number="A")
    make.invoice(reachable(make), due="5 days ago", number="B", disputed=True)
    plan(make)
    send_all()

    make.day += timedelta(days=planned_days.WITHHELD_KEPT_DAYS + 1)
    plan(make)

    days = dict(Outcome.objects.filter(step="reminder").values_list("item__number", "day"))
    assert days["A"] < make.day
    assert days["B"] == make.day


def test_the_number_of_statements_does_not_grow_with_the_day(make, policy, django_assert_max_num_queries):
    for _ in range(12):
        make.invoice(reachable(make), due="5 days ago")
        make.invoice(make.customer(), due="5 days ago")
    with django_assert_max_num_queries(90):
        plan(make)
    assert Message.objects.count() == 12


def test_a_creditor_begins_with_the_shipped_policy(make):
    version, policy = policy_in_force(make.creditor())

    assert version.version == 1
    assert policy.scenarios[-1].name == "courteous"
    assert policy_in_force(make.creditor())[0] == version
    assert PolicyVersion.objects.count() == 1


def test_publishing_a_policy_makes_a_version_and_the_newest_is_in_force(make):
    policy_in_force(make.creditor())
    boss = make.member("manager")
    version = publish_policy(make.creditor(), by=boss, text=COURTEOUS, note="Simpler", now=make.now)

    assert version.version == 2
    assert policy_in_force(make.creditor())[0] == version
    assert [v.version for v in policy_history(make.creditor())] == [2, 1]
    assert publish_policy(make.creditor(), by=boss, text=COURTEOUS, now=make.now) == version
    assert AuditEvent.objects.get(subject="policy:2").actor == boss


def test_a_policy_that_cannot_be_understood_leaves_the_old_one(make, policy):
    with pytest.raises(PolicyErrors, match="Line"):
        publish_policy(make.creditor(), by=None, text=COURTEOUS.replace("gentle", "harsh"), now=make.now)
    with pytest.raises(WordingsMissing, match="final-blow"):
        publish_policy(make.creditor(), by=None, text=COURTEOUS.replace("reminder:", "final-blow:"), now=make.now)

    assert policy_in_force(make.creditor())[0] == policy


def test_a_task_is_given_closed_with_a_word_and_opened_again(make, policy):
    collector = make.member()
    make.invoice(make.customer(), due="5 days ago")
    plan(make)
    task = Task.objects.get()

    assert assign_task(task, by=None, owner=collector).owner == collector
    with pytest.raises(OutcomeMissing):
        close_task(task, by=collector, outcome=" ", now=make.now)
    closed = close_task(task, by=collector, outcome="Found the accountant", now=make.now)
    assert (closed.status, closed.closed_by) == ("done", collector)
    with pytest.raises(TaskClosed):
        close_task(task, by=collector, outcome="Again", now=make.now)
    assert reopen_task(task, by=collector).status == "open"
    actions = AuditEvent.objects.filter(subject=f"task:{task.pk}").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["task.assigned", "task.closed", "task.reopened"]
