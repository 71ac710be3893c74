"""Is a policy's text read as it was meant, and is everything that is wrong told at its line?"""

from datetime import time
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from amiable.core.policy.errors import PolicyErrors
from amiable.core.policy.model import (
    CHANNELS,
    COLLEAGUES,
    OFFERS,
    RISKS,
    ROLES,
    Anchor,
    Cap,
    Condition,
    ContactPolicy,
    Do,
    Policy,
    Scenario,
    Step,
    Tone,
)
from amiable.core.policy.nodes import MAX_BYTES
from amiable.core.policy.text import read_policy, write_policy
from amiable.outreach.wordings import KINDS, shipped_wordings
from amiable.planning.defaults import default_policy_text

SMALL = """\
contact:
  channels: [email]
scenarios:
  everybody:
    title: Everybody
    steps:
      reminder:
        day: 3 days after due date
        do: message
        tone: gentle
"""


def errors_of(text: str) -> list[str]:
    with pytest.raises(PolicyErrors) as caught:
        read_policy(text)
    return [str(error) for error in caught.value.errors]


def small(**changed: str) -> str:
    """The small policy with some of its words replaced."""
    text = SMALL
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    return text


def with_step(*lines: str) -> str:
    return SMALL + "      another:\n" + "".join(f"        {line}\n" for line in lines)


def with_contact(line: str) -> str:
    return SMALL.replace("scenarios:", f"  {line}\nscenarios:")


def with_condition(line: str) -> str:
    return SMALL.replace(
        "  everybody:",
        f"  some:\n    title: Some\n    for:\n      {line}\n    steps:\n      first:"
        "\n        day: 3\n        do: message\n        tone: gentle\n  everybody:",
    )


# What is shipped


def test_the_shipped_policy_can_be_read():
    policy = read_policy(default_policy_text())

    assert [scenario.name for scenario in policy.scenarios] == ["key-accounts", "small-balances", "courteous"]
    assert policy.scenarios[0].when == Condition(segments=("key",))
    assert policy.scenarios[1].when == Condition(balance_below=Decimal(150))
    assert policy.contact.minimum_balance == {"EUR": Decimal(15), "*": Decimal(15)}


def test_the_shipped_policy_begins_before_the_due_date_and_ends_with_people():
    courteous = read_policy(default_policy_text()).scenarios[-1]
    after = [step for step in courteous.steps if step.anchor is Anchor.DUE]

    assert (after[0].day, after[0].tone) == (-7, Tone.FRIENDLY)
    assert after[-1].do is Do.REVIEW
    assert [s.day for s in courteous.steps if s.anchor is Anchor.PAID and s.only_if_reminded] == [1]


def test_key_accounts_are_called_before_anything_serious_is_written():
    steps = read_policy(default_policy_text()).scenarios[0].steps
    serious = min(s.day for s in steps if s.do is Do.MESSAGE and s.tone in (Tone.HELPFUL, Tone.CLEAR))

    assert any(step.do is Do.CALL and step.assign_to == "salesperson" and step.day < serious for step in steps)


def test_every_step_of_the_shipped_policy_has_a_wording_of_its_tone():
    tones = {(w.name, w.language): w.tone for w in shipped_wordings()}
    for scenario in read_policy(default_policy_text()).scenarios:
        for step in scenario.steps:
            if step.do is Do.MESSAGE:
                assert step.template in KINDS
                assert tones[step.template, "en"] == tones[step.template, "fr"] == step.tone


# What can be written


@pytest.mark.parametrize(
    ("words", "anchor", "day"),
    [
        ("7 days before due date", Anchor.DUE, -7),
        ("7 before", Anchor.DUE, -7),
        ("1 day before the due date", Anchor.DUE, -1),
        ("on the due date", Anchor.DUE, 0),
        ("On the due date", Anchor.DUE, 0),
        ("3 after", Anchor.DUE, 3),
        ("3 days after due", Anchor.DUE, 3),
        ("-5", Anchor.DUE, -5),
        ("12", Anchor.DUE, 12),
        ("2 after payment", Anchor.PAID, 2),
        ("1 day after the payment", Anchor.PAID, 1),
        ("on the day of payment", Anchor.PAID, 0),
    ],
)
def test_a_day_is_written_in_words(words, anchor, day):
    policy = read_policy(small(**{"3 days after due date": words}))

    (step,) = policy.scenarios[0].steps
    assert (step.anchor, step.day) == (anchor, day)


@pytest.mark.parametrize("words", ["09:00 to 17:30", "9:00-17:30", "9h – 17h30", "from 09:00 until 17:30"])
def test_hours_are_written_in_several_ways(words):
    contact = read_policy(with_contact(f"hours: {words}")).contact

    assert (contact.hours_from, contact.hours_until) == (time(9), time(17, 30))


def test_the_bank_data_may_be_waived():
    assert read_policy(with_contact("bank data: not required")).contact.bank_data_max_age_days is None
    assert read_policy(with_contact("bank data: at most 2 days old")).contact.bank_data_max_age_days == 2


def test_norway_is_a_country_and_not_a_no():
    assert read_policy(with_condition("country: [NO, fr]")).scenarios[0].when.countries == ("NO", "FR")


def test_a_single_value_may_stand_for_a_list_and_keys_may_have_hyphens():
    policy = read_policy(small(**{"channels: [email]": "channels: email\n  minimum-gap: 2 weeks"}))

    assert policy.contact.channels == ("email",)
    assert policy.contact.minimum_gap_days == 14


def test_steps_come_in_the_order_of_their_days_however_they_are_written():
    policy = read_policy(with_step("day: 2 days before due date", "do: message", "tone: friendly"))

    assert [step.name for step in policy.scenarios[0].steps] == ["another", "reminder"]


def test_a_step_is_named_by_its_template_unless_another_is_given():
    (step,) = read_policy(SMALL).scenarios[0].steps

    assert step.template == "reminder"


def test_a_title_is_given_in_the_language_asked_for_or_the_nearest():
    titled = Scenario("x", {"en": "Everybody", "fr": "Tous"}, ())

    assert [titled.title("fr"), titled.title("de"), Scenario("x", {}, ()).title("fr")] == ["Tous", "Everybody", "x"]


# What is refused


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("", 1, "empty"),
        ("   \n# only a comment\n", 1, "empty"),
        ("just words", 1, "Settings with a name"),
        ("- a\n- b\n", 1, "Settings with a name"),
        ("contact: {\n", 2, "cannot be read here"),
        ("a: b: c", 1, "cannot be read here"),
        ("\tcontact:", 1, "cannot be read here"),
        ("contact:\n  channels: \x00", 2, "character"),
        ('contact: "\\U00110000"', 1, "character"),
        ("contact: &a\n  hours: *a\n", 1, "References"),
        ("contact: *a", 1, "References"),
        ("contact: !!python/object/apply:os.system ['true']", 1, "Tags"),
        ("contact: !mine x", 1, "Tags"),
        (SMALL + "---\n" + SMALL, 11, "second document"),
        ("[" * 90_000, 1, "nested"),
        ("a: " + "x" * MAX_BYTES, 1, "longer than"),
        (small(**{"  channels: [email]": "  chanels: [email]"}), 2, "Did you mean 'channels'?"),
        (small(**{"tone: gentle": "tonne: gentle"}), 10, "'tonne' is not a setting of a step. Did you mean 'tone'?"),
        (small(**{"tone: gentle": "tone: gentel"}), 10, "Did you mean 'gentle'?"),
        (small(**{"do: message": "do: threaten"}), 9, "Choose from: message, call, review."),
        (small(**{"        tone: gentle\n": ""}), 8, "'tone' is missing"),
        (small(**{"        do: message\n": ""}), 8, "'do' is missing"),
        (small(**{"    title: Everybody\n": ""}), 5, "'title' is missing"),
        (small(**{"3 days after due date": "soon"}), 8, "'soon' is not a day of a step"),
        (small(**{"3 days after due date": "400 after"}), 8, "too far away"),
        (small(**{"3 days after due date": "91 before"}), 8, "too far away"),
        (small(**{"3 days after due date": "2 before payment"}), 8, "before the payment"),
        (small(**{"3 days after due date": "[3]"}), 8, "single value"),
        (small(**{"3 days after due date": ""}), 8, "Nothing stands here"),
        (small(**{"reminder:": "Second Reminder:"}), 7, "is not a name"),
        (small(**{"tone: gentle": "tone: gentle\n        channels: []"}), 7, "message without a channel"),
        (small(**{"tone: gentle": "tone: gentle\n        channels: [sms]"}), 7, "among those of the contact policy"),
        (small(**{"tone: gentle": "tone: gentle\n        channels: [pigeon]"}), 11, "Choose from"),
        (small(**{"tone: gentle": "tone: gentle\n        to: [boss]"}), 11, "Choose from"),
        (small(**{"tone: gentle": "tone: gentle\n        offers: [plan, plan]"}), 11, "twice"),
        (small(**{"tone: gentle": "tone: gentle\n        to: []"}), 7, "addressed to nobody"),
        (small(**{"tone: gentle": "tone: gentle\n        only if reminded: yes"}), 7, "after payment"),
        (small(**{"tone: gentle": "tone: gentle\n        tone: clear"}), 11, "set in line 10"),
        (small(**{"do: message": "do: review"}), 10, "'tone' means nothing for a review"),
        (with_step("day: 3", "do: call"), 11, "on the same day"),
        (with_step("day: 9", "do: message", "tone: friendly"), 11, "milder"),
        (SMALL.replace("steps:", "for: {segment: key}\n    steps:"), 4, "must be for everybody"),
        (SMALL + SMALL[SMALL.index("  everybody:") :].replace("everybody", "others"), 4, "never used"),
        (SMALL + SMALL[SMALL.index("  everybody:") :], 11, "set twice"),
        ("contact: {channels: [email]}\nscenarios: {}\n", 2, "no scenario"),
        (small(**{"[email]": "[]"}), 1, "no channel"),
        (with_contact("hours: 17:30 to 09:00"), 3, "end before they begin"),
        (with_contact("hours: all day"), 3, "span of hours"),
        (with_contact("caps: [0 in 7 days]"), 3, "no contact at all"),
        (with_contact("caps: [2 in 7 days, 3 in 7 days]"), 3, "two caps"),
        (with_contact("caps: often"), 3, "not a cap"),
        (with_contact("minimum gap: -1"), 3, "number of days"),
        (with_contact("minimum gap: 400 days"), 3, "out of range"),
        (with_contact("minimum balance: {EURO: 15}"), 3, "currency code"),
        (with_contact("minimum balance: {EUR: 1e9}"), 3, "not an amount"),
        (with_contact("minimum balance: 15"), 3, "Named settings"),
        (with_contact("bank data: fresh"), 3, "number of days"),
        (with_condition("country: Frankreich"), 7, "country code"),
        (with_condition("risk: [enormous]"), 7, "Choose from"),
        (with_condition("size: big"), 7, "is not a condition"),
        (with_condition("{balance at least: 100, balance below: 100}"), 4, "No customer can fit"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_line(text, line, told):
    told_at = [error for error in errors_of(text) if error.startswith(f"Line {line}: ")]

    assert any(told in error for error in told_at), errors_of(text)


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_text():
    text = small(**{"[email]": "[pigeon]", "3 days": "tree days", "gentle": "rude"})

    assert [int(error.split(":")[0].removeprefix("Line ")) for error in errors_of(text)] == [1, 2, 8, 10]


def test_a_tone_may_be_milder_for_other_customers():
    for_others = with_step("day: 9", "do: message", "tone: friendly", "for: {segment: key}").replace(
        "tone: gentle", "tone: gentle\n        for: {segment: small}"
    )

    assert len(read_policy(for_others).scenarios[0].steps) == 2


def test_an_error_can_be_told_in_another_language():
    french = {
        "Line %(line)s: %(reason)s": "Ligne %(line)s : %(reason)s",
        "'%(key)s' is not a setting of a step.": "« %(key)s » n’est pas un réglage d’étape.",
        "Did you mean '%(word)s'?": "Vouliez-vous dire « %(word)s » ?",
    }
    with pytest.raises(PolicyErrors) as caught:
        read_policy(SMALL + "        offer: [plan]\n")

    (error,) = caught.value.errors
    assert error.text(lambda pattern: french[pattern]) == (
        "Ligne 11 : « offer » n’est pas un réglage d’étape. Vouliez-vous dire « offers » ?"
    )


# Laws

names = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)
lines = (
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
    .map(lambda t: " ".join(t.split()))
    .filter(bool)
)
amounts = st.decimals(0, 10**9, places=2)
optional_amounts = st.none() | amounts


def some(values, *, least: int = 0):
    return st.lists(st.sampled_from(values), unique=True, min_size=least).map(tuple)


conditions = st.builds(
    Condition,
    segments=st.lists(lines, unique=True, max_size=3).map(tuple),
    countries=some(["FR", "NO", "DE"]),
    languages=some(["fr", "en", "no"]),
    risks=some(RISKS),
    balance_at_least=st.none() | st.decimals(0, 100, places=2),
    balance_below=st.none() | st.decimals(101, 10**9, places=2),
    tenure_days_at_least=st.none() | st.integers(0, 100),
    tenure_days_below=st.none() | st.integers(101, 36500),
)
some_conditions = conditions.filter(lambda when: when != Condition())


@st.composite
def steps(draw, name: str, anchor: Anchor, day: int) -> Step:
    do = draw(st.sampled_from(Do))
    told = {"template": name}
    if do is Do.MESSAGE:
        told = {
            "tone": Tone.GENTLE,
            "template": draw(st.just(name) | names),
            "channels": ("email", *draw(some([c for c in CHANNELS if c != "email"]))),
            "copy_to": draw(st.none() | st.sampled_from(COLLEAGUES)),
        }
    if do is not Do.REVIEW:
        told |= {"to": draw(some(ROLES, least=1)), "offers": draw(some(OFFERS))}
    return Step(
        name=name, day=day, anchor=anchor, do=do, **told,
        assign_to=draw(st.sampled_from(COLLEAGUES)),
        deadline_days=draw(st.integers(0, 60)),
        only_if_reminded=anchor is Anchor.PAID and draw(st.booleans()),
        when=draw(st.just(Condition()) | conditions),
    )  # fmt: skip


@st.composite
def scenarios(draw, name: str, *, last: bool) -> Scenario:
    due = sorted(draw(st.sets(st.integers(-90, 365), min_size=1, max_size=4)))
    paid = sorted(draw(st.sets(st.integers(0, 365), max_size=2)))
    days = [(Anchor.DUE, day) for day in due] + [(Anchor.PAID, day) for day in paid]
    step_names = draw(st.lists(names, unique=True, min_size=len(days), max_size=len(days)))
    return Scenario(
        name=name,
        titles=draw(st.dictionaries(st.sampled_from(["en", "fr", "no"]), lines, min_size=1)),
        steps=tuple(draw(steps(n, anchor, day)) for n, (anchor, day) in zip(step_names, days, strict=True)),
        when=Condition() if last else draw(some_conditions),
    )


@st.composite
def policies(draw) -> Policy:
    scenario_names = draw(st.lists(names, unique=True, min_size=1, max_size=3))
    begin, end = sorted(draw(st.lists(st.integers(0, 24 * 60 - 1), min_size=2, max_size=2, unique=True)))
    windows = draw(st.lists(st.integers(1, 365), unique=True, max_size=3))
    contact = ContactPolicy(
        channels=("email", *draw(some([c for c in CHANNELS if c != "email"]))),
        hours_from=time(*divmod(begin, 60)),
        hours_until=time(*divmod(end, 60)),
        minimum_gap_days=draw(st.integers(0, 90)),
        caps=tuple(Cap(draw(st.integers(1, 99)), window) for window in windows),
        minimum_balance=draw(st.dictionaries(st.sampled_from(["EUR", "JPY", "*"]), amounts)),
        bank_data_max_age_days=draw(st.none() | st.integers(0, 90)),
    )
    last = len(scenario_names) - 1
    return Policy(contact, tuple(draw(scenarios(n, last=at == last)) for at, n in enumerate(scenario_names)))


@settings(max_examples=25, deadline=None)
@given(policies())
def test_what_is_written_is_read_back(policy):
    assert read_policy(write_policy(policy)) == policy


def test_the_canonical_text_of_the_shipped_policy_says_the_same():
    policy = read_policy(default_policy_text())

    assert read_policy(write_policy(policy)) == policy


@settings(max_examples=60, deadline=None)
@given(st.text())
@example("? a")
@example("a:\n- b\n c")
@example("scenarios: {a: {steps: {b: {day: {}}}}}")
@example("contact: {? [a] : b}\n")
def test_any_text_is_either_read_or_refused_with_lines(text):
    check_read_or_refused(text)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_policy_with_words_changed_is_either_read_or_refused_with_lines(data):
    words = default_policy_text().split(" ")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(words) - 1))
        words[at] = data.draw(
            st.sampled_from(["", "[", "{", "x", "\n", ":", "0", "-5", "key", "[]", "{}", "'", "#", *words])
        )
    check_read_or_refused(" ".join(words))


def check_read_or_refused(text: str) -> None:
    try:
        policy = read_policy(text)
    except PolicyErrors as refusal:
        assert refusal.errors
        assert all(
            1 <= error.line <= text.count("\n") + text.count("\r") + 2 and error.column >= 1 for error in refusal.errors
        )
        assert str(refusal)
    else:
        assert read_policy(write_policy(policy)) == policy
