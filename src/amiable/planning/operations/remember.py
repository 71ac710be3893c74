"""How does a plan become messages, tasks and outcomes, exactly once?"""

from datetime import date, datetime, timedelta
from enum import StrEnum

import polars as pl

from amiable.core.days import next_working_day
from amiable.core.plan.outcome import Plan, Reason, TaskKind
from amiable.core.policy.model import Policy
from amiable.ledger.frames import of_customers
from amiable.ledger.models import Customer
from amiable.organisation.bulk import read_frame, write_frame
from amiable.organisation.models import Creditor
from amiable.outreach.operations.writing import write_messages
from amiable.planning.models import DayPlan, Outcome, Task
from amiable.planning.operations.owners import owners

_STEP = {
    "customer_id": pl.Int64,
    "item_id": pl.Int64,
    "scenario": pl.String,
    "step": pl.String,
    "anchor": pl.String,
    "step_day": pl.Int64,
    "level": pl.Int64,
    "open_minor": pl.Int64,
}
_WHY = {"reason": pl.String, "fact_on": pl.Date, "fact_minor": pl.Int64, "fact_count": pl.Int64}
WITHHELD = pl.Schema({**_STEP, **_WHY})
_SAME = {"on": WITHHELD.names(), "how": "anti", "nulls_equal": True}
DELETED_AT_ONCE = 1_000  # databases bound how many values a statement may name
_TAKEN = pl.Schema({"customer_id": pl.Int64, "item_id": pl.Int64, "step": pl.String, "place": pl.String})


class Place(StrEnum):
    """What a customer has at most one of a day: a word that reaches them, and a review among ourselves."""

    REACH = "reach"
    REVIEW = "review"


def remember(day_plan: DayPlan, plan: Plan, policy: Policy, *, customer_ids: range, now: datetime) -> None:
    """Write what a plan of some customers adds to what is remembered of the day; inside a transaction."""
    taken = _taken(day_plan, customer_ids)
    new = _only_new(plan, taken)
    withheld = _withheld(plan, new, taken, policy)
    reasons_so_far = _forget_what_changed(day_plan, withheld, customer_ids)
    if new.contacts.height:
        _remember_contacts(day_plan, new, policy, now=now)
    if new.tasks.height:
        _remember_tasks(day_plan, new, customer_ids)
    _write(day_plan, Outcome.Kind.WITHHELD, withheld.join(reasons_so_far, **_SAME))


def _taken(day_plan: DayPlan, customer_ids: range) -> pl.DataFrame:
    """Return the steps that became a contact or a task of the day already, and which place that takes."""
    rows = (
        Outcome.objects.filter(of_customers(customer_ids), plan=day_plan)
        .exclude(kind=Outcome.Kind.WITHHELD)
        .values_list("customer_id", "item_id", "step", "task__kind")
    )
    found = read_frame(rows, schema=_TAKEN)
    return found.with_columns(place=_place(pl.col("place")))


def _place(kind: pl.Expr) -> pl.Expr:
    """Return the place that a task's kind, or a contact (null), takes."""
    return pl.when(kind == TaskKind.REVIEW).then(pl.lit(Place.REVIEW.value)).otherwise(pl.lit(Place.REACH.value))


def _only_new(plan: Plan, taken: pl.DataFrame) -> Plan:
    """Leave out the contacts and tasks of customers who have theirs already."""
    reached = taken.filter(pl.col("place") == Place.REACH).select("customer_id")
    on = ["customer_id", "place"]
    free = [
        frame.with_columns(place=_place(pl.col("kind"))).join(taken, on=on, how="anti").drop("place")
        for frame in (plan.tasks, plan.task_items)
    ]
    return Plan(
        as_of=plan.as_of,
        contacts=plan.contacts.join(reached, on="customer_id", how="anti"),
        contact_items=plan.contact_items.join(reached, on="customer_id", how="anti"),
        tasks=free[0],
        task_items=free[1],
        withheld=plan.withheld,
    )


def _withheld(plan: Plan, new: Plan, taken: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """Return the withheld steps; one that came due after the day's word was chosen is too soon after it."""
    chosen = pl.concat([plan.contact_items, plan.task_items.drop("kind")]).filter(pl.col("step").is_not_null())
    added = pl.concat([new.contact_items, new.task_items.drop("kind")])
    late = chosen.join(added, on=["item_id", "step"], how="anti").with_columns(
        reason=pl.lit(Reason.TOO_SOON.value),
        fact_on=pl.lit(plan.as_of + timedelta(days=max(policy.contact.minimum_gap_days, 1))),
    )
    both = pl.concat([plan.withheld, late], how="diagonal").rename({"day": "step_day"})
    return both.join(taken, on=["item_id", "step"], how="anti").select(WITHHELD.names())


def _remember_contacts(day_plan: DayPlan, new: Plan, policy: Policy, *, now: datetime) -> None:
    written = write_messages(day_plan.creditor, new, policy, as_of=day_plan.day, now=now)
    messages = pl.DataFrame(
        {"customer_id": list(written), "message_id": list(written.values())},
        schema={"customer_id": pl.Int64, "message_id": pl.Int64},
    )
    steps = new.contact_items.filter(pl.col("step").is_not_null()).rename({"day": "step_day"})
    _write(day_plan, Outcome.Kind.CONTACT, steps.select(*_STEP).join(messages, on="customer_id"))


def _remember_tasks(day_plan: DayPlan, new: Plan, customer_ids: range) -> None:
    creditor, day = day_plan.creditor, day_plan.day
    known = read_frame(
        Customer.objects.filter(of_customers(customer_ids, "id"), creditor=creditor).values_list(
            *("id", "code", "owner_id", "salesperson_id", "owner__manager_id")
        ),
        schema=pl.Schema(
            {
                "customer_id": pl.Int64,
                "code": pl.String,
                "owner": pl.Int64,
                "salesperson": pl.Int64,
                "manager": pl.Int64,
            }
        ),
    )
    deadlines = {days: _deadline(day, days, creditor) for days in new.tasks["deadline_days"].unique().to_list()}
    rows = new.tasks.join(owners(new.tasks, known), on=["customer_id", "kind"]).select(
        *("customer_id", "kind", "scenario", "step", "level", "owner_id"),
        creditor_id=pl.lit(creditor.pk),
        key=pl.format(f"{day}/{creditor.slug}/{{}}/{{}}", "code", "kind"),
        planned_for=pl.lit(day),
        due_on=pl.col("deadline_days").replace_strict(deadlines, return_dtype=pl.Date),
    )
    write_frame(Task, rows, skip_taken=True)
    made = read_frame(
        Task.objects.filter(of_customers(customer_ids), creditor=creditor, planned_for=day).values_list(
            "customer_id", "kind", "id"
        ),
        schema=pl.Schema({"customer_id": pl.Int64, "kind": pl.String, "task_id": pl.Int64}),
    )
    steps = new.task_items.filter(pl.col("step").is_not_null()).rename({"day": "step_day"})
    _write(day_plan, Outcome.Kind.TASK, steps.join(made, on=["customer_id", "kind"]).select(*_STEP, "task_id"))


def _forget_what_changed(day_plan: DayPlan, withheld: pl.DataFrame, customer_ids: range) -> pl.DataFrame:
    """Delete the reasons that no longer hold and return those that do, so that planning again touches nothing."""
    remembered = Outcome.objects.filter(of_customers(customer_ids), plan=day_plan, kind=Outcome.Kind.WITHHELD)
    before = read_frame(remembered.values_list("id", *WITHHELD), schema=pl.Schema({"id": pl.Int64, **dict(WITHHELD)}))
    gone = before.join(withheld, **_SAME)["id"].to_list()
    for start in range(0, len(gone), DELETED_AT_ONCE):
        Outcome.objects.filter(id__in=gone[start : start + DELETED_AT_ONCE]).delete()
    return before.select(WITHHELD.names())


def _write(day_plan: DayPlan, kind: Outcome.Kind, rows: pl.DataFrame) -> None:
    facts = {"plan_id": day_plan.pk, "day": day_plan.day, "kind": kind.value}
    write_frame(Outcome, rows.with_columns(**{name: pl.lit(value) for name, value in facts.items()}))


def _deadline(day: date, working_days: int, creditor: Creditor) -> date:
    """Return the working day by which a task should be done, where we work."""
    for _ in range(working_days):
        day = next_working_day(day + timedelta(days=1), creditor.country)
    return next_working_day(day, creditor.country)
