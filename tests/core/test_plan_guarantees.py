"""What a customer can rely on, whatever the policy says: the ten guarantees, each over random books and policies.

Many of them are tried over many days, each plan feeding the next day's book.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from amiable.core.book import TOUCHES, Book
from amiable.core.days import is_working_day
from amiable.core.plan import CANDIDATES, Plan, TaskKind, make_plan, recheck, sending_window
from amiable.core.policy.model import Anchor, Cap, ContactPolicy, Policy, Scenario
from tests.core import make
from tests.core.worlds import Dice, books, policies, random_book, random_steps, seeds

FRAMES = ("contacts", "contact_items", "tasks", "task_items", "withheld")
modest = settings(max_examples=12, deadline=None)
a_few = settings(max_examples=2, deadline=None)  # each lives through many days


def days_of(book: Book, policy: Policy, days: int, seed: int = 0) -> Iterator[tuple[Book, Plan]]:
    """Live through some days: customers write in now and then, and some runs are missed."""
    dice = Dice(seed)
    for _ in range(days):
        plan = make_plan(book, policy)
        yield book, plan
        missed = dice.rarely(0.1)
        book = make.advance(book, plan, days=dice.randint(2, 4) if missed else 1)
        writers = [number for number in book.customers["customer_id"] if dice.rarely(0.02)]
        received = [(number, book.as_of - timedelta(days=1), "in", "email") for number in writers]
        book = replace(book, touches=pl.concat([book.touches, pl.DataFrame(received, schema=TOUCHES, orient="row")]))


def lasting_world(seed: int, customers: int = 12) -> tuple[Book, Policy]:
    """A world in which much goes on for weeks: unpaid invoices that fall due over time, and an eager policy."""
    dice = Dice(seed)
    book = random_book(seed, customers)
    shift = pl.duration(days=pl.col("item_id") % 50)
    items = book.items.with_columns(due_on=(pl.lit(book.as_of) + shift - pl.duration(days=10)).cast(pl.Date))
    contact = ContactPolicy(
        channels=("email", "post", "sms"),
        minimum_gap_days=dice.randint(0, 3),
        caps=(Cap(dice.randint(1, 2), 7), Cap(dice.randint(2, 5), 30)),
        bank_data_max_age_days=None,
    )
    policy = Policy(contact, (Scenario("courteous", {}, random_steps(dice, conditional=False)),))
    customers_frame = book.customers.with_columns(awaiting_since=pl.lit(None, dtype=pl.Date))
    return replace(book, items=items, customers=customers_frame), policy


def candidates_of(plan: Plan) -> pl.DataFrame:
    """The plan's messages as the gate would see them before sending."""
    told = plan.contact_items.select("customer_id", "item_id", told_minor="open_minor")
    return (
        plan.contacts.join(told, on="customer_id")
        .with_columns(message_id=pl.col("customer_id") + 1000, automatic=pl.lit(value=True))
        .select(CANDIDATES.names())
    )


def said_to(plan: Plan) -> pl.Series:
    """The customers who hear from us: by a message or by a call."""
    called = plan.tasks.filter(pl.col("kind") == TaskKind.CALL)["customer_id"]
    return pl.concat([plan.contacts["customer_id"], called])


def told_items(plan: Plan) -> pl.DataFrame:
    columns = ("item_id", "customer_id", "open_minor", "currency", "step", "anchor", "day", "level")
    return pl.concat([plan.contact_items.select(columns), plan.task_items.select(columns)])


@given(book=books, policy=policies)
@modest
def test_1_one_contact_per_customer_and_day_over_all_invoices_levels_and_currencies(book: Book, policy: Policy) -> None:
    plan = make_plan(book, policy)

    assert not said_to(plan).is_duplicated().any()
    assert not plan.tasks.select("customer_id", "kind").is_duplicated().any()
    verdicts = recheck(book, policy, candidates_of(plan))
    assert verdicts.height == plan.contacts.height
    assert verdicts["reason"].null_count() == verdicts.height, (
        "the gate agrees with the plan as long as nothing happens"
    )


@given(book=books, policy=policies)
@modest
def test_the_gate_lets_pass_what_was_planned_as_long_as_nothing_happened(book: Book, policy: Policy) -> None:
    plan = make_plan(book, policy)

    verdicts = recheck(book, policy, candidates_of(plan))

    assert verdicts["message_id"].to_list() == [number + 1000 for number in plan.contacts["customer_id"]]
    assert verdicts["reason"].null_count() == verdicts.height


@given(seed=seeds)
@a_few
def test_2_caps_and_gaps_hold_in_every_window_of_sixty_days_with_letters_received_and_runs_missed(seed: int) -> None:
    book, policy = lasting_world(seed)
    planned: dict[int, list[date]] = {}
    for today, plan in days_of(book, policy, days=60, seed=seed):
        last = dict(today.touches.group_by("customer_id").agg(pl.col("on").max()).iter_rows())
        for number in said_to(plan):
            gap_days = (today.as_of - last.get(number, date.min)).days
            assert gap_days >= max(policy.contact.minimum_gap_days, 1)
            planned.setdefault(number, []).append(today.as_of)
    before = book.touches.filter(pl.col("direction") == "out")
    for number, days in planned.items():
        earlier = before.filter(pl.col("customer_id") == number)["on"].to_list()
        for cap in policy.contact.caps:
            for day in days:
                window = [on for on in [*earlier, *days] if day - timedelta(days=cap.days) < on <= day]
                assert len(window) <= cap.contacts


@given(seed=seeds)
@a_few
def test_3_contacts_fall_on_working_days_and_a_step_moved_by_a_holiday_is_not_lost(seed: int) -> None:
    book, policy = lasting_world(seed)
    policy = replace(policy, contact=replace(policy.contact, caps=(), minimum_gap_days=0))
    countries = dict(book.customers.select("customer_id", "country").iter_rows())
    moved: set[int] = set()
    for today, plan in days_of(book, policy, days=12):
        for number in said_to(plan):
            assert is_working_day(today.as_of, countries[number])
        assert moved <= set(due_items(plan)["item_id"])
        closed = pl.col("reason") == "not_a_working_day"
        moved = set(plan.withheld.filter(closed, pl.col("anchor") == Anchor.DUE)["item_id"])


@given(
    day=st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    zone=st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe"]),
    minutes=st.tuples(st.integers(0, 1439), st.integers(0, 1439)).filter(lambda pair: pair[0] < pair[1]),
)
def test_3_sending_hours_are_those_of_the_customers_own_clock(day: date, zone: str, minutes: tuple[int, int]) -> None:
    hours_from, hours_until = (time(minute // 60, minute % 60) for minute in minutes)
    begin, end = sending_window(day, zone, hours_from, hours_until)

    assert begin.tzinfo is UTC
    assert begin <= end
    local = begin.astimezone(ZoneInfo(zone))
    exists = datetime.combine(day, hours_from, ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone))
    assert local.time() == exists.time()
    assert local.time() >= hours_from


@given(book=books, policy=policies)
@modest
def test_4_paused_items_never_trigger_a_step_while_the_others_still_may(book: Book, policy: Policy) -> None:
    plan = make_plan(book, policy)
    standing = pl.col("pause").is_not_null() & (pl.col("pause_until").is_null() | (pl.col("pause_until") > book.as_of))
    paused = book.items.filter(standing)

    assert (
        told_items(plan).join(paused, on="item_id", how="semi").filter(pl.col("anchor").ne_missing("paid")).is_empty()
    )
    without = replace(book, items=book.items.join(paused, on="item_id", how="anti"))
    if not any(scenario_looks_at_balance(policy)):
        others = make_plan(without, policy)
        assert others.contacts.equals(plan.contacts)
        assert others.contact_items.equals(plan.contact_items)


def scenario_looks_at_balance(policy: Policy) -> Iterator[bool]:
    for scenario in policy.scenarios:
        for when in (scenario.when, *(step.when for step in scenario.steps)):
            yield when.balance_at_least is not None or when.balance_below is not None


@given(book=books, policy=policies)
@modest
def test_4_when_the_cause_ends_the_scenario_resumes_where_it_was(book: Book, policy: Policy) -> None:
    paused = replace(book, items=book.items.with_columns(pause=pl.lit("promise"), pause_until=pl.lit(book.as_of)))
    free = replace(book, items=book.items.with_columns(pause=pl.lit(None, dtype=pl.String)))

    assert_same(make_plan(paused, policy), make_plan(free, policy))


@given(book=books, policy=policies)
@modest
def test_5_while_a_customers_message_awaits_our_answer_nothing_goes_out(book: Book, policy: Policy) -> None:
    waiting = book.customers.with_columns(awaiting_since=pl.lit(book.as_of))

    plan = make_plan(replace(book, customers=waiting), policy)

    assert said_to(plan).is_empty()


@given(seed=seeds)
@a_few
def test_6_urgency_rises_one_level_per_contact_at_most_and_late_entrants_begin_gently(seed: int) -> None:
    book, policy = lasting_world(seed)
    book = replace(book, steps_done=book.steps_done.clear())
    old = book.items.with_columns(due_on=pl.col("due_on") - pl.duration(days=(pl.col("item_id") % 3) * 40))
    level_of_item: dict[int, int] = {}
    for _, plan in days_of(replace(book, items=old), policy, days=30, seed=seed):
        told = told_items(plan).filter(pl.col("anchor") == Anchor.DUE)
        found = plan.task_items.filter(pl.col("kind") == TaskKind.FIND_CONTACT)
        for item_id, level in told.join(found, on="item_id", how="anti").select("item_id", "level").iter_rows():
            before = level_of_item.get(item_id, 0)
            assert level <= before + 1
            assert level >= before
            level_of_item[item_id] = level
        for number, level in plan.contacts.select("customer_id", "level").iter_rows():
            items = plan.contact_items.filter(pl.col("customer_id") == number, pl.col("step").is_not_null())
            assert level == items["level"].max()


def test_6_urgency_falls_back_when_the_old_debt_is_paid() -> None:
    old = make.invoice(due="40 days ago", reminded={"first": "20 days ago", "second": "13 days ago"})
    fresh = make.invoice(due="6 days ago")

    owing = make_plan(make.book(old, fresh), make.policy())
    paid = make_plan(make.book(replace(old, open_minor=0, paid_on=make.DAY), fresh), make.policy())

    assert owing.contacts["step"].to_list() == ["help"]
    assert paid.contacts["step"].to_list() == ["first"]
    assert paid.contacts["level"].to_list() == [1]


@given(seed=seeds, missed=st.integers(2, 30))
@a_few
def test_7_a_missed_run_loses_nothing_and_repeats_nothing(seed: int, missed: int) -> None:
    book, policy = lasting_world(seed)
    monday = date(2026, 3, 9)
    book = replace(book, as_of=monday, steps_done=book.steps_done.clear(), touches=book.touches.clear())
    before = make_plan(book, policy)
    due_before = due_items(before)
    after = make_plan(replace(book, as_of=monday + timedelta(days=missed)), policy)

    dunning = pl.col("anchor") == Anchor.DUE
    assert set(due_before.filter(dunning)["item_id"]) <= set(due_items(after)["item_id"])
    seen: set[tuple[int, str]] = set()
    for _, plan in days_of(book, policy, days=20, seed=seed):
        found = plan.task_items.filter(pl.col("kind") == TaskKind.FIND_CONTACT)["item_id"]
        told = told_items(plan).filter(pl.col("step").is_not_null(), ~pl.col("item_id").is_in(found.implode()))
        steps = set(told.select("item_id", "step").iter_rows())
        assert not steps & seen
        seen |= steps


@given(book=books, policy=policies)
@modest
def test_7_planning_the_same_day_twice_changes_nothing(book: Book, policy: Policy) -> None:
    shuffled = replace(
        book,
        **{
            name: getattr(book, name).sample(fraction=1, shuffle=True, seed=1)
            for name in ("customers", "items", "routes")
        },
    )

    assert_same(make_plan(book, policy), make_plan(book, policy))
    assert_same(make_plan(book, policy), make_plan(shuffled, policy))


@given(book=books, policy=policies)
@modest
def test_8_only_usable_routes_are_used_and_else_somebody_is_asked_to_find_a_contact(book: Book, policy: Policy) -> None:
    plan = make_plan(book, policy)
    usable = book.routes.filter("usable").select("customer_id", "contact_id", "channel")

    assert plan.contacts.join(usable, on=["customer_id", "contact_id", "channel"], how="anti").is_empty()
    assert plan.contacts.filter(~pl.col("channel").is_in(policy.contact.channels)).is_empty()
    gone = make_plan(replace(book, routes=book.routes.with_columns(usable=pl.lit(value=False))), policy)
    assert gone.contacts.is_empty()
    helped = gone.tasks.filter(pl.col("kind") == TaskKind.FIND_CONTACT)["customer_id"]
    waiting = gone.withheld.filter(pl.col("reason") == "awaiting_contact")["customer_id"]
    assert set(plan.contacts["customer_id"]) <= {*helped, *waiting}


@given(book=books, policy=policies)
@modest
def test_9_with_stale_bank_data_nothing_after_the_due_date_goes_out(book: Book, policy: Policy) -> None:
    policy = replace(policy, contact=replace(policy.contact, bank_data_max_age_days=3))
    stale = replace(book, bank_as_of=book.as_of - timedelta(days=4))

    told = told_items(make_plan(stale, policy)).join(book.items.select("item_id", "due_on"), on="item_id")

    assert told.filter(pl.col("due_on") < book.as_of, pl.col("open_minor") > 0).is_empty()


@given(book=books, policy=policies)
@modest
def test_10_what_is_asked_for_is_never_below_the_minimum(book: Book, policy: Policy) -> None:
    plan = make_plan(book, policy)
    credit = book.credits.group_by("customer_id", "currency").agg(pl.col("credit_minor").sum())
    due = pl.concat([told_items(plan), due_withheld_later(plan)]).filter(pl.col("anchor") == Anchor.DUE)
    asked = (
        due.group_by("customer_id", "currency")
        .agg(pl.col("open_minor").sum())
        .join(credit, on=["customer_id", "currency"], how="left")
        .with_columns(net=pl.col("open_minor") - pl.col("credit_minor").fill_null(0))
    )

    assert asked.filter(pl.col("net") < 1).is_empty()
    for currency, minimum in policy.contact.minimum_balance.items():
        if currency != "*":
            smallest = make.to_minor(minimum, currency)
            assert asked.filter(pl.col("currency") == currency, pl.col("net") < smallest).is_empty()


def due_withheld_later(plan: Plan) -> pl.DataFrame:
    """What passed the minimum and was withheld by a later guard."""
    later = ("not_a_working_day", "too_soon", "cap_reached", "awaiting_contact")
    return plan.withheld.filter(pl.col("reason").is_in(later)).select(told_items(plan).columns)


@given(book=books, policy=policies)
@modest
def test_every_due_step_has_exactly_one_outcome(book: Book, policy: Policy) -> None:
    due = due_items(make_plan(book, policy))

    assert not due["item_id"].is_duplicated().any()
    unguarded = ContactPolicy(
        channels=policy.contact.channels, minimum_gap_days=0, caps=(), bank_data_max_age_days=None
    )
    freely = due_items(make_plan(book, replace(policy, contact=unguarded)))
    assert set(due.select("item_id", "step").iter_rows()) == set(freely.select("item_id", "step").iter_rows())


@given(book=books, policy=policies, shards=st.integers(2, 4))
@modest
def test_the_plan_of_all_customers_is_the_plans_of_any_shards_together(book: Book, policy: Policy, shards: int) -> None:
    whole = make_plan(book, policy)
    parts = [
        make_plan(book.only(book.customers.filter(pl.col("customer_id") % shards == shard)["customer_id"]), policy)
        for shard in range(shards)
    ]

    for name in FRAMES:
        together = pl.concat([getattr(part, name) for part in parts])
        order = [column for column in ("customer_id", "item_id", "kind") if column in together.columns]
        assert together.sort(order).equals(getattr(whole, name).sort(order))


def due_items(plan: Plan) -> pl.DataFrame:
    """Every due step of a plan, whatever became of it."""
    columns = ("item_id", "step", "anchor", "day")
    parts = [frame.select(columns) for frame in (plan.contact_items, plan.task_items, plan.withheld)]
    return pl.concat(parts).filter(pl.col("step").is_not_null())


def assert_same(one: Plan, other: Plan) -> None:
    for name in FRAMES:
        assert getattr(one, name).equals(getattr(other, name)), name
