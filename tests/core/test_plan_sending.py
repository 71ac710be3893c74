"""Does the gate catch what changed between planning and sending? And how is a decision told?"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import polars as pl
import pytest

from amiable.core.plan import CANDIDATES, Reason, recheck, sending_window
from amiable.core.plan.outcome import WITHHELD
from amiable.core.plan.reasons import WHY, WHY_NOT, Sentence, Why, why
from amiable.core.plan.sending import CandidatesError
from tests.core import make


def message(*invoices: make.Invoice, number: int = 1, told: int | None = None, by_hand: bool = False) -> pl.DataFrame:
    """A message about some invoices to the first contact of their customer; `told` replaces what it says is open."""
    rows = [
        (
            number,
            one.customer.customer_id,
            one.customer.contacts[0].contact_id,
            "email",
            one.item_id,
            one.open_minor if told is None else told,
            not by_hand,
        )
        for one in invoices
    ]
    return pl.DataFrame(rows, schema=CANDIDATES, orient="row")


def verdict(book: make.Book, *messages: pl.DataFrame, **policy: object) -> list[str | None]:
    return recheck(book, make.policy(**policy), pl.concat(messages))["reason"].to_list()


def test_a_message_goes_out_when_nothing_changed() -> None:
    late = make.invoice(due="10 days ago")

    assert verdict(make.book(late), message(late)) == [None]


def test_a_customer_who_paid_meanwhile_is_not_reminded() -> None:
    late = make.invoice(due="10 days ago")
    paid = replace(late, open_minor=0, paid_on=make.DAY)

    assert verdict(make.book(paid), message(late)) == ["paid"]
    gone = make.book(make.invoice(due="10 days ago", customer=late.customer))
    assert verdict(gone, message(late)) == ["paid"]


def test_a_customer_who_paid_in_part_meanwhile_is_not_told_the_old_amount() -> None:
    late = make.invoice(due="10 days ago", amount="120.00")
    lower = replace(late, open_minor=7000)

    verdicts = recheck(make.book(lower), make.policy(), message(late))

    assert verdicts.select("reason", "fact_minor").rows() == [("amount_changed", 7000)]


def test_thanks_go_out_although_nothing_is_open() -> None:
    paid = make.invoice(due="10 days ago", paid="1 days ago")

    assert verdict(make.book(paid, bank=None), message(paid)) == [None]


def test_what_happened_since_the_plan_stops_the_message() -> None:
    late = make.invoice(due="10 days ago")
    asking = replace(late, customer=replace(late.customer, facts={"awaiting_since": make.DAY}))
    held = replace(late, customer=replace(late.customer, facts={"hold": "stop"}))

    assert verdict(make.book(replace(late, pause="dispute")), message(late)) == ["disputed"]
    assert verdict(make.book(replace(late, pause="promise")), message(late)) == ["promised"]
    assert verdict(make.book(asking), message(late)) == ["awaiting_answer"]
    assert verdict(make.book(held), message(late)) == ["customer_held"]
    assert verdict(make.book(late, bank="9 days ago"), message(late)) == ["bank_data_stale"]
    assert verdict(make.book(late, credit=[(make.ACME, "120.00", "EUR")]), message(late)) == ["below_minimum"]
    assert verdict(make.book(late, touches=[(make.ACME, "in", "today")]), message(late)) == ["too_soon"]


def test_one_refused_invoice_refuses_the_whole_message_which_is_written_anew() -> None:
    late, disputed = make.invoice(due="10 days ago"), make.invoice(due="10 days ago", disputed=True)

    assert verdict(make.book(late, disputed), message(late, disputed)) == ["disputed"]


def test_a_message_written_by_a_person_answers_for_itself_about_the_invoices() -> None:
    disputed = make.invoice(due="10 days ago", disputed=True)
    by_hand = message(disputed, by_hand=True, told=1)

    assert verdict(make.book(disputed, bank=None), by_hand) == [None]


def test_a_message_written_by_a_person_keeps_to_route_day_gap_and_caps() -> None:
    late = make.invoice(due="10 days ago")
    bounced = replace(late.customer, contacts=(replace(late.customer.contacts[0], unusable=("email",)),))
    by_hand = message(late, by_hand=True)
    saturday = date(2026, 3, 14)

    assert verdict(make.book(replace(late, customer=bounced)), by_hand) == ["unreachable"]
    assert verdict(make.book(late, as_of=saturday), by_hand) == ["not_a_working_day"]
    assert verdict(make.book(late, touches=[(make.ACME, "out", "1 days ago")]), by_hand) == ["too_soon"]
    sent = [(make.ACME, "out", "5 days ago"), (make.ACME, "out", "6 days ago")]
    assert verdict(make.book(late, touches=sent), by_hand) == ["cap_reached"]


def test_of_two_messages_to_one_customer_only_the_persons_goes_out() -> None:
    late = make.invoice(due="10 days ago")
    planned, by_hand = message(late, number=1), message(late, number=2, by_hand=True)

    verdicts = recheck(make.book(late), make.policy(), pl.concat([planned, by_hand]))

    assert verdicts.select("message_id", "reason", "fact_on").rows() == [
        (1, "too_soon", make.day("in 4 days")),
        (2, None, None),
    ]


def test_a_message_without_invoices_is_judged_by_its_contact_alone() -> None:
    late = make.invoice(due="10 days ago", disputed=True)
    bare = message(late).with_columns(item_id=pl.lit(None, dtype=pl.Int64), told_minor=pl.lit(None, dtype=pl.Int64))

    assert verdict(make.book(late), bare) == [None]


def test_no_candidates_give_no_verdicts() -> None:
    assert verdict(make.book(), CANDIDATES.to_frame()) == []


def test_candidates_of_another_shape_are_named() -> None:
    with pytest.raises(CandidatesError, match="told_minor"):
        recheck(make.book(), make.policy(), CANDIDATES.to_frame().drop("told_minor"))


# Hours


def test_the_hours_follow_the_customers_clock_through_summer_and_winter() -> None:
    winter = sending_window(date(2026, 1, 15), "Europe/Paris", time(9), time(17, 30))
    summer = sending_window(date(2026, 7, 15), "Europe/Paris", time(9), time(17, 30))

    assert winter == (datetime(2026, 1, 15, 8, tzinfo=UTC), datetime(2026, 1, 15, 16, 30, tzinfo=UTC))
    assert summer == (datetime(2026, 7, 15, 7, tzinfo=UTC), datetime(2026, 7, 15, 15, 30, tzinfo=UTC))


@pytest.mark.parametrize("unknown", ["", "Europe", "Middle/Earth", "../etc/passwd", "/etc/passwd"])
def test_an_unknown_time_zone_counts_as_utc(unknown: str) -> None:
    begin, end = sending_window(date(2026, 1, 15), unknown, time(9), time(10))

    assert (begin, end - begin) == (datetime(2026, 1, 15, 9, tzinfo=UTC), timedelta(hours=1))


def test_hours_that_a_change_of_clocks_swallows_are_empty() -> None:
    begin, end = sending_window(date(2026, 3, 29), "Europe/Paris", time(2, 30), time(3, 10))

    assert begin == end


# Sentences


def test_every_reason_and_every_why_has_a_sentence() -> None:
    assert set(WHY_NOT) == set(Reason)
    assert set(WHY) == set(Why)


@pytest.mark.parametrize("sentence", [*WHY_NOT.values(), *WHY.values()], ids=lambda one: one.pattern[:40])
def test_a_sentence_needs_the_facts_that_it_names_and_no_other(sentence: Sentence) -> None:
    facts = dict.fromkeys(sentence.facts, "something")

    assert sentence.pattern % facts
    assert sentence.open_ended % {**facts, "fact_on": None} == sentence.open_ended
    assert {name for name in sentence.facts if name.startswith("fact_")} <= set(WITHHELD)


def test_an_open_end_is_told_as_one() -> None:
    disputed = WHY_NOT[Reason.DISPUTED]

    assert "%(fact_on)s" in disputed.for_facts(fact_on=make.DAY)
    assert "settled" in disputed.for_facts(fact_on=None)


def test_why_tells_heads_ups_reminders_and_thanks_apart() -> None:
    assert why(anchor="due", day=-7, age=-5) is Why.BEFORE_DUE
    assert why(anchor="due", day=0, age=0) is Why.DUE_TODAY
    assert why(anchor="due", day=0, age=2) is Why.LATE_EARLIER_STEP
    assert why(anchor="due", day=5, age=6) is Why.LATE
    assert why(anchor="paid", day=0, age=30) is Why.THANKS
    assert why(anchor=None, day=None, age=30) is Why.TOLD_ALONG
