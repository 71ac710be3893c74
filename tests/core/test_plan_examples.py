"""The traps that other planners fell into, one small story each."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from amiable.core.plan import make_plan
from amiable.core.policy.model import Anchor, Cap, Condition, Do, Scenario, Step
from tests.core import make


def test_a_disputed_invoice_is_never_chased_while_its_neighbour_is() -> None:
    disputed = make.invoice(due="10 days ago", disputed=True)
    plain = make.invoice(due="10 days ago")

    plan = make_plan(make.book(disputed, plain), make.policy())

    assert make.steps_about(plan, disputed) == []
    assert make.why_not(plan, disputed) == "disputed"
    assert make.steps_about(plan, plain) == ["first"]


@pytest.mark.parametrize(
    ("pause", "reason"),
    [
        ("promise", "promised"),
        ("plan", "payment_plan"),
        ("deferral", "deferred"),
        ("in_transit", "in_transit"),
        ("hold", "item_held"),
    ],
)
def test_what_was_agreed_or_is_on_its_way_rests_until_its_day(pause: str, reason: str) -> None:
    resting = make.invoice(due="10 days ago", pause=pause, until="in 1 days")
    over = make.invoice(due="10 days ago", pause=pause, until="today")

    plan = make_plan(make.book(resting, over), make.policy())

    assert make.why_not(plan, resting) == reason
    assert make.steps_about(plan, over) == ["first"]


def test_the_day_after_the_due_date_is_day_one() -> None:
    policy = make.policy(Step("late", 1, Do.MESSAGE))
    due_today, late = make.invoice(due="today"), make.invoice(due="1 days ago")

    plan = make_plan(make.book(due_today, late), policy)

    assert make.steps_about(plan, due_today) == []
    assert make.steps_about(plan, late) == ["late"]


def test_a_late_entrant_begins_with_the_gentlest_reminder() -> None:
    forgotten = make.invoice(due="200 days ago")

    plan = make_plan(make.book(forgotten), make.policy())

    assert make.steps_about(plan, forgotten) == ["first"]
    assert plan.contacts["level"].to_list() == [1]


def test_missed_heads_ups_are_not_replayed() -> None:
    nearly_late = make.invoice(due="2 days ago")

    plan = make_plan(make.book(nearly_late), make.policy())

    assert make.steps_about(plan, nearly_late) == ["due-today"]


def test_the_pace_is_never_compressed() -> None:
    """First (day 5) and second (day 12) are seven days apart, however late the first one was."""
    reminded = make.invoice(due="100 days ago", reminded={"first": "6 days ago"})
    later = make.invoice(due="100 days ago", reminded={"first": "7 days ago"})

    plan = make_plan(make.book(reminded, later), make.policy())

    assert make.steps_about(plan, reminded) == []
    assert make.steps_about(plan, later) == ["second"]


def test_one_message_speaks_of_all_invoices_levels_and_currencies() -> None:
    early = make.invoice(due="in 5 days", currency="USD")
    late = make.invoice(due="14 days ago", reminded={"first": "8 days ago"})
    waiting = make.invoice(due="3 days ago", reminded={"due-today": "3 days ago"})

    plan = make_plan(make.book(early, late, waiting), make.policy())

    assert plan.contacts["step"].to_list() == ["second"]
    told = dict(plan.contact_items.select("item_id", "step").iter_rows())
    assert told == {early.item_id: "heads-up", late.item_id: "second", waiting.item_id: None}


def test_thanks_come_once_and_only_after_a_reminder() -> None:
    reminded = make.invoice(due="9 days ago", paid="1 days ago", reminded={"first": "4 days ago"})
    punctual = make.invoice(due="9 days ago", paid="1 days ago")
    thanked = make.invoice(
        due="9 days ago", paid="1 days ago", reminded={"first": "4 days ago", "thanks": "1 days ago"}
    )
    long_ago = make.invoice(due="30 days ago", paid="7 days ago", reminded={"first": "20 days ago"})

    plan = make_plan(make.book(reminded, punctual, thanked, long_ago), make.policy())

    assert plan.contact_items["item_id"].to_list() == [reminded.item_id]
    assert plan.contacts.select("step", "level").rows() == [("thanks", 0)]


def test_a_thank_you_asks_for_nothing() -> None:
    paid = make.invoice(due="9 days ago", paid="1 days ago", reminded={"first": "4 days ago"})
    owed = make.invoice(due="9 days ago", reminded={"first": "4 days ago"})

    plan = make_plan(make.book(paid, owed), make.policy())

    assert plan.contacts["step"].to_list() == ["thanks"]
    assert plan.contact_items["item_id"].to_list() == [paid.item_id]


def test_stale_bank_data_stop_reminders_but_not_the_heads_up() -> None:
    late, early = make.invoice(due="10 days ago"), make.invoice(due="in 3 days")

    plan = make_plan(make.book(late, early, bank="5 days ago"), make.policy())

    assert make.why_not(plan, late) == "bank_data_stale"
    assert plan.withheld.select("fact_on", "fact_count").rows() == [(make.day("5 days ago"), 4)]
    assert plan.contact_items["item_id"].to_list() == [early.item_id]


def test_never_loaded_bank_data_are_stale_unless_the_policy_needs_none() -> None:
    late = make.invoice(due="10 days ago")

    assert make.why_not(make_plan(make.book(late, bank=None), make.policy()), late) == "bank_data_stale"
    carefree = make.policy(bank_data_max_age_days=None)
    assert make.steps_about(make_plan(make.book(late, bank=None), carefree), late) == ["first"]


def test_the_minimum_looks_at_what_is_open_together_less_what_we_hold() -> None:
    policy = make.policy(minimum_balance={"EUR": Decimal(20), "*": Decimal(5)})
    one, two = (make.invoice(due="10 days ago", amount="12.00") for _ in range(2))

    enough = make_plan(make.book(one, two), policy)
    too_little = make_plan(make.book(one, two, credit=[(make.ACME, "4.01", "EUR")]), policy)

    assert make.steps_about(enough, one, two) == ["first", "first"]
    assert too_little.withheld.select("reason", "fact_minor").unique().rows() == [("below_minimum", 1999)]


def test_nothing_is_asked_from_a_customer_whose_money_we_hold() -> None:
    covered = make.invoice(due="10 days ago", amount="12.00")

    plan = make_plan(make.book(covered, credit=[(make.ACME, "12.00", "EUR")]), make.policy())

    assert make.why_not(plan, covered) == "below_minimum"


def test_while_they_wait_for_our_answer_we_do_not_remind() -> None:
    asking = make.customer(awaiting_since=make.day("2 days ago"))
    late = make.invoice(due="10 days ago", customer=asking)

    assert make.why_not(make_plan(make.book(late), make.policy()), late) == "awaiting_answer"


def test_a_letter_received_makes_us_wait_as_well_as_one_sent() -> None:
    late = make.invoice(due="10 days ago")

    for direction in ("in", "out"):
        plan = make_plan(make.book(late, touches=[(make.ACME, direction, "3 days ago")]), make.policy())
        assert plan.withheld.select("reason", "fact_on").rows() == [("too_soon", make.day("in 1 days"))]


def test_the_cap_counts_what_we_sent_within_its_window() -> None:
    late = make.invoice(due="10 days ago")
    policy = make.policy(caps=(Cap(2, 14),), minimum_gap_days=2)
    sent = [(make.ACME, "out", "13 days ago"), (make.ACME, "out", "5 days ago"), (make.ACME, "in", "4 days ago")]

    full = make_plan(make.book(late, touches=sent), policy)
    free = make_plan(make.book(late, touches=[(make.ACME, "out", "14 days ago"), *sent[1:]]), policy)

    assert full.withheld.select("reason", "fact_on", "fact_count").rows() == [("cap_reached", make.day("in 1 days"), 2)]
    assert make.steps_about(free, late) == ["first"]


def test_a_holiday_moves_a_step_to_the_customers_next_working_day() -> None:
    labour_day = date(2026, 5, 1)  # a Friday
    due = labour_day - timedelta(days=10)
    french = make.invoice(due=due)
    american = make.invoice(due=due, customer=make.customer(country="US"))

    plan = make_plan(make.book(french, american, as_of=labour_day, bank=labour_day), make.policy())

    assert plan.withheld.select("item_id", "reason", "fact_on").rows() == [
        (french.item_id, "not_a_working_day", date(2026, 5, 4))
    ]
    assert make.steps_about(plan, american) == ["first"]


def test_the_best_route_goes_by_channel_then_role_then_rank() -> None:
    buyer = make.contact("buyer", rank=0)
    second, first = make.contact(rank=2), make.contact(rank=1, language="en")
    bounced = make.contact(rank=0, unusable=("email",))
    by_post = make.contact(channels=("post",))
    late = make.invoice(due="10 days ago", customer=make.customer(contacts=[buyer, second, first, bounced, by_post]))

    plan = make_plan(make.book(late), make.policy(channels=("email", "post")))

    assert plan.contacts.select("contact_id", "channel", "language").rows() == [(first.contact_id, "email", "en")]


def test_an_unreachable_customer_becomes_one_task_and_then_waits_for_it() -> None:
    nobody = make.customer(contacts=[make.contact(unusable=("email",))])
    late = make.invoice(due="10 days ago", customer=nobody)

    asked = make_plan(make.book(late), make.policy())
    waiting = make_plan(make.book(late, open_tasks=[(nobody, "find_contact")]), make.policy())

    assert asked.tasks["kind"].to_list() == ["find_contact"]
    assert waiting.tasks.is_empty()
    assert make.why_not(waiting, late) == "awaiting_contact"


def test_looking_for_a_contact_is_no_progress() -> None:
    late = make.invoice(due="10 days ago", customer=make.customer(contacts=[]))
    book = make.book(late)

    tomorrow = make.advance(book, make_plan(book, make.policy()))

    assert tomorrow.steps_done.is_empty()


def test_a_call_takes_all_invoices_of_the_day_with_it() -> None:
    old = make.invoice(due="60 days ago", reminded={"help": "10 days ago"})
    fresh = make.invoice(due="6 days ago")

    plan = make_plan(make.book(old, fresh), make.policy())

    assert plan.contacts.is_empty()
    assert plan.tasks.select("kind", "step", "level").rows() == [("call", "call", 4)]
    assert make.steps_about(plan, old, fresh) == ["call", "first"]


def test_a_review_is_among_ourselves_and_waits_for_no_gap() -> None:
    old = make.invoice(due="90 days ago", reminded={"clear": "20 days ago"})
    fresh = make.invoice(due="6 days ago")

    plan = make_plan(make.book(old, fresh, touches=[(make.ACME, "out", "1 days ago")]), make.policy())

    assert plan.tasks["kind"].to_list() == ["review"]
    assert make.why_not(plan, fresh) == "too_soon"


def test_a_manual_step_does_not_freeze_the_scenario() -> None:
    """The call task counts as done when it is given to its owner; the next step follows at its pace."""
    called = make.invoice(due="60 days ago", reminded={"call": "10 days ago"})

    plan = make_plan(make.book(called, open_tasks=[(make.ACME, "call")]), make.policy())

    assert make.steps_about(plan, called) == ["clear"]


def test_a_persons_choice_of_scenario_comes_before_the_policys() -> None:
    key = Scenario("key", {"en": "Key"}, (Step("call-first", 1, Do.CALL),), Condition(segments=("key",)))
    policy = make.policy(scenarios=[key])
    by_segment = make.invoice(due="9 days ago", customer=make.customer(segment="key"))
    by_hand = make.invoice(due="9 days ago", customer=make.customer(scenario="key"))
    taken_out = make.invoice(due="9 days ago", customer=make.customer(segment="key", scenario="courteous"))
    outdated = make.invoice(due="9 days ago", customer=make.customer(scenario="no longer there"))

    plan = make_plan(make.book(by_segment, by_hand, taken_out, outdated), policy)

    assert make.steps_about(plan, by_segment, by_hand) == ["call-first", "call-first"]
    assert make.steps_about(plan, taken_out, outdated) == ["first", "first"]


def test_a_balance_condition_looks_at_the_largest_currency_in_major_units() -> None:
    """1,000 yen are not 10.00 of anything: the yen has no minor unit."""
    big = Scenario("big", {"en": "Big"}, (Step("call", 1, Do.CALL),), Condition(balance_at_least=Decimal(1000)))
    policy = make.policy(scenarios=[big])
    yen = make.invoice(due="9 days ago", amount="1000", currency="JPY", customer=make.customer())
    euros = make.invoice(due="9 days ago", amount="999.99", customer=make.customer())

    plan = make_plan(make.book(yen, euros), policy)

    assert make.steps_about(plan, yen) == ["call"]
    assert make.steps_about(plan, euros) == ["first"]


def test_a_step_that_moved_in_the_policy_counts_at_its_present_day() -> None:
    """ "second" was done on day 12; the policy now has it on day 8, and "help" twelve days after that."""
    moved = tuple(step if step.name != "second" else Step("second", 8, Do.MESSAGE) for step in make.STEPS)
    done = make.invoice(due="40 days ago", reminded={"second": "11 days ago"})
    longer_ago = make.invoice(due="40 days ago", reminded={"second": "12 days ago"})

    plan = make_plan(make.book(done, longer_ago), make.policy(*moved))

    assert make.steps_about(plan, done) == []
    assert make.steps_about(plan, longer_ago) == ["help"]


def test_an_empty_book_gives_an_empty_plan() -> None:
    plan = make_plan(make.book(), make.policy())

    assert plan.contacts.is_empty()
    assert plan.withheld.is_empty()


def test_a_policy_of_thanks_alone_never_asks() -> None:
    policy = make.policy(Step("thanks", 0, Do.MESSAGE, anchor=Anchor.PAID))
    late, paid = make.invoice(due="10 days ago"), make.invoice(due="10 days ago", paid="today")

    plan = make_plan(make.book(late, paid), policy)

    assert plan.contact_items["item_id"].to_list() == [paid.item_id]
