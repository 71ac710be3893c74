"""A wording that a user wrote says what it may say, and nothing else happens."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amiable.outreach.compose.letter import write
from amiable.outreach.compose.placeholders import PLACEHOLDERS
from amiable.outreach.compose.samples import rehearse, sample_letters
from amiable.outreach.compose.sandbox import FUEL, MAX_BODY, TemplateFailed, TemplateFault, compile_wording
from amiable.outreach.wordings import shipped_wordings

PATIENCE_SECONDS = 2  # for what must be refused at once

ATTACKS = {
    "nested loops": "{% for a in range(100000) %}{% for b in range(100000) %}x{% endfor %}{% endfor %}",
    "a loop over a name": "{% for sign in customer_name %}{{ sign }}{% endfor %}",
    "the class of a value": "{{ customer_name.__class__ }}",
    "the class of an item": "{{ first_item.__class__.__mro__ }}",
    "an attribute by name": "{{ first_item['__class__'] }}",
    "the attr filter": "{{ first_item|attr('__class__') }}",
    "a method of an item": "{{ first_item.clear() }}",
    "a call of a value": "{{ customer_name() }}",
    "a huge repeat": "{{ 'x' * 1000000000 }}",
    "a huge power": "{{ 9 ** 9 ** 9 }}",
    "a huge indent": "{{ customer_name|indent(1000000000) }}",
    "a huge range": "{{ range(1000000000) }}",
    "a huge number": "{% if item_count > 99999999999999999999 %}x{% endif %}",
    "an include": "{% include '/etc/passwd' %}",
    "an import": "{% import 'os' as os %}{{ os }}",
    "an inheritance": "{% extends 'base.html' %}",
    "a macro that calls itself": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "a call block": "{% call f() %}{% endcall %}",
    "raw text": "{% raw %}{{ <script>alert(1)</script> }}{% endraw %}",
    "no escaping": "{% autoescape false %}{{ customer_name }}{% endautoescape %}",
    "the safe filter": "{{ customer_name|safe }}",
    "the debug function": "{{ debug() }}",
    "an assignment": "{% set greeting = 'x' %}",
    "a do": "{% do first_item.clear() %}",
    "a lambda in a filter": "{{ customer_name|map('upper') }}",
    "a string that closes a tag": '{{ "}}" }}',
    "a list": "{{ [1, 2, 3] }}",
    "the whole item": "{{ first_item }}",
    "a tag over two lines": "{{ customer_name\n}}",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize("place", ["subject", "body"])
def test_an_attack_is_refused_at_once_with_its_place(attack, place):
    if "\n" in attack and place == "subject":
        attack = attack.replace("\n", " {{")
    wording = {"subject": "Hello", "body": "Hello"} | {place: attack}
    began = time.monotonic()

    with pytest.raises(TemplateFault) as refusal:
        compile_wording(**wording)

    assert refusal.value.line == (0 if place == "subject" else 1)
    assert time.monotonic() - began < PATIENCE_SECONDS


def test_the_engine_itself_stops_a_loop_should_one_ever_pass_the_grammar():
    wording = compile_wording("Hello", "Hello")
    wording.environment.add_template("loop.txt", ATTACKS["nested loops"])
    began = time.monotonic()

    with pytest.raises(TemplateFailed, match="fuel"):
        wording._fill("loop.txt", {})

    assert time.monotonic() - began < PATIENCE_SECONDS


def test_the_longest_wording_we_ship_burns_little_of_the_fuel():
    longest = max(shipped_wordings(), key=lambda wording: len(wording.body))
    assert len(longest.body) * 10 < FUEL
    assert len(longest.body) < MAX_BODY / 4


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("Dear all,\n\n{{ custmer_name }}", 3, "customer_name"),
        ("{{ first_item.du_on }}", 1, "due_on"),
        ("{{ total|uper }}", 1, "upper"),
        ("Hello\n{% if any_late %}\nlate", 2, "endif"),
        ("Hello\n{% endif %}", 2, "if"),
        ("Hello {{ greeting", 1, "opened"),
        ("See {{ items }} here", 1, "alone"),
        ("Hello {% if any_late %}late\n\nand more{% endif %}", 1, "alone"),
        ("x" * (MAX_BODY + 1), 1, "longer"),
        ("pay\u202e.dezilaer", 1, "invisible"),
        ("a\x1aitems\x1ab", 1, "invisible"),
    ],
)
def test_a_fault_is_told_with_its_line_and_a_hint(body, line, words):
    with pytest.raises(TemplateFault) as refusal:
        compile_wording("Hello", body)

    assert refusal.value.line == line
    assert words in str(refusal.value)


@pytest.mark.parametrize("subject", ["", "   ", "x" * 201, "Hello\nBcc: everybody@example.com", "Hello {{ items }}"])
def test_a_subject_is_one_short_line_without_blocks(subject):
    with pytest.raises(TemplateFault) as refusal:
        compile_wording(subject, "Hello")
    assert refusal.value.line == 0


@pytest.mark.parametrize("wording", shipped_wordings(), ids=lambda wording: f"{wording.name}.{wording.language}")
def test_every_shipped_wording_holds_for_everybody(wording):
    for written in rehearse(compile_wording(wording.subject, wording.body), language=wording.language):
        assert written.subject
        assert "{" not in written.subject + written.text
        assert "None" not in written.text + written.html


def test_every_placeholder_can_be_shown_or_asked_for():
    lines = [
        "{% if " + name + " %}\nThere is " + name + ".\n{% endif %}" for name in PLACEHOLDERS if name != "first_item"
    ]
    wording = compile_wording("Hello", "\n\n".join([*lines, "{{ first_item.number }}", "{{ items }}"]))
    assert len(rehearse(wording, language="en")) == len(list(sample_letters("en")))


def test_a_paragraph_that_turns_out_empty_leaves_no_gap():
    wording = compile_wording(
        "Hello", "{% if any_late %}Late.{% endif %}\n\nHello.\n\n{% if all_late %}\nAll late.\n{% endif %}"
    )
    early = next(sample_letters("en"))
    written = write(early, wording)

    assert written.text.startswith("Hello.\n")
    assert written.html.count("<p ") == 1


def test_the_same_wording_is_compiled_once():
    assert compile_wording("Hello", "Hello") is compile_wording("Hello", "Hello")


PIECES = [
    *("{{", "}}", "{%", "%}", "{#", "#}", "if", "endif", "else", "raw", "for", "==", "1", "|", "."),
    *("items", "greeting", "first_item", "number", "<b>", "&", '"', "'", "é", " ", "\n", "\n\n"),
]


@settings(max_examples=400)
@given(body=st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_whatever_is_written_is_refused_with_a_line_or_holds_for_everybody(body):
    try:
        wording = compile_wording("Hello", body)
    except TemplateFault as refusal:
        assert refusal.line >= 1
        return
    for written in rehearse(wording, language="en"):
        assert "<b>" not in written.html
