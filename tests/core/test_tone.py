"""Does the tone guard find what hurts, and nothing else?"""

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from amiable.core.policy.model import Tone
from amiable.core.tone import Code, Kind, Place, Severity, advise, judge
from amiable.core.tone.tags import blank_tags
from amiable.outreach.wordings import KINDS, Wording, kind_of, read_wording, shipped_wordings

CORPUS = Path(__file__).parent / "tone_corpus"
LANGUAGES = ("en", "fr")


def lines_of(kind: str, language: str) -> list[str]:
    text = (CORPUS / f"{kind}.{language}.txt").read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def corpus(kind: str) -> list[object]:
    return [
        pytest.param(language, line, id=f"{language}: {line[:60]}")
        for language in LANGUAGES
        for line in lines_of(kind, language)
    ]


def wording_named(name: str, language: str) -> Wording:
    return next(w for w in shipped_wordings() if (w.name, w.language) == (name, language))


@pytest.mark.parametrize(("language", "sentence"), corpus("unkind"))
def test_an_unkind_sentence_is_refused_with_a_reason_and_a_kinder_wording(language, sentence):
    findings = judge(sentence, language=language, tone=Tone.GENTLE)

    assert findings
    for finding in findings:
        start, end = finding.span
        assert finding.severity is Severity.REFUSED
        assert " ".join(sentence[start:end].split()).startswith(finding.excerpt)
        assert str(finding.explanation)
        assert finding.suggestion


@pytest.mark.parametrize(("language", "sentence"), corpus("kind"))
def test_a_kind_sentence_passes_in_the_warmest_tone_and_so_in_every_tone(language, sentence):
    assert judge(sentence, language=language, tone=Tone.FRIENDLY) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_corpus_has_at_least_sixty_sentences_of_each_sort(language):
    assert min(len(lines_of("kind", language)), len(lines_of("unkind", language))) >= 60


@pytest.mark.parametrize("wording", shipped_wordings(), ids=lambda w: f"{w.name}.{w.language}")
def test_every_shipped_wording_passes(wording):
    assert (
        judge(wording.body, language=wording.language, tone=wording.tone, subject=wording.subject, kind=wording.kind)
        == []
    )
    assert advise(wording.body, language=wording.language, subject=wording.subject) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kinder_wording_that_the_guard_proposes_is_kind(language):
    for sentence in lines_of("unkind", language):
        for finding in judge(sentence, language=language, tone=Tone.FRIENDLY):
            assert judge(finding.suggestion, language=language, tone=Tone.FRIENDLY) == []


def test_the_shipped_wordings_exist_in_both_languages_with_the_same_tone():
    tones = {language: {w.name: w.tone for w in shipped_wordings() if w.language == language} for language in LANGUAGES}

    assert tones["en"] == tones["fr"]
    assert tones["en"].keys() == KINDS.keys()


def test_french_wordings_set_a_narrow_space_before_high_punctuation():
    for wording in shipped_wordings():
        if wording.language == "fr":
            text = blank_tags(wording.subject + wording.body)
            for mark in re.finditer("[;:!?]", text):
                assert text[mark.start() - 1] == "\u202f", text[: mark.end()]
            assert "'" not in text


def test_a_wording_without_its_first_lines_is_told_by_name():
    with pytest.raises(ValueError, match=r"reminder\.en\.txt"):
        read_wording("reminder.en.txt", "Hello\n\nWorld\n")


def test_a_wording_of_ones_own_is_a_reminder_where_a_step_uses_it():
    assert kind_of("christmas", in_policy=False) is Kind.MANUAL
    assert kind_of("christmas", in_policy=True) is Kind.REMINDER
    assert kind_of("thanks", in_policy=True) is Kind.THANKS


def test_legal_language_is_left_to_the_last_tone():
    sentence = "Pursuant to our agreement, the amount is open."

    assert [f.code for f in judge(sentence, language="en", tone="helpful")] == [Code.JARGON]
    assert judge(sentence, language="en", tone="clear") == []


def test_a_threat_is_refused_even_in_the_last_tone():
    assert judge("We will take legal action.", language="en", tone="clear")


def test_a_subject_is_judged_like_the_body():
    (finding,) = judge("Thank you.", language="en", tone="gentle", subject="Final notice")

    assert (finding.place, finding.excerpt, finding.span) == (Place.SUBJECT, "Final notice", (0, 12))


def test_a_language_without_rules_is_held_against_all_of_them():
    assert judge("This is your final notice.", language="de", tone="gentle")
    assert judge("Ceci est une mise en demeure.", language="de", tone="gentle")


def test_two_findings_about_the_same_words_are_told_once():
    findings = judge("We will take legal action against you.", language="en", tone="gentle")

    assert [finding.code for finding in findings] == [Code.THREAT]


def test_names_and_short_forms_in_capitals_do_not_shout():
    assert judge("ACME sends the PDF with IBAN, BIC and VAT number by SEPA.", language="en", tone="gentle") == []
    assert judge("Merci !", language="fr", tone="gentle") == []


def test_the_name_of_a_company_in_a_finished_text_does_not_shout_but_a_template_has_a_placeholder_for_it():
    text = "Dear Ms Bell, thank you from DUPONT MATERIAUX to all of you."
    template = "{{ greeting }} " + text + " {{ signature }}"

    assert judge(text, language="en", tone="gentle") == []
    assert [f.code for f in judge(template, language="en", tone="gentle", kind="manual")] == [Code.SHOUTING]


def test_names_are_never_held_against_a_text():
    text = "Bonjour, merci à Étude Leroy Huissiers pour votre message."
    names = ["Étude Leroy Huissiers", ""]

    assert judge(text, language="fr", tone="gentle")
    assert judge(text, language="fr", tone="gentle", names=names) == []
    assert judge(text + " Un huissier passera.", language="fr", tone="gentle", names=names)


@pytest.mark.parametrize("mark", ["!!", "! !", "！！", "‼", "?!", "🚨"])
def test_alarm_signs_shout(mark):
    assert [f.code for f in judge(f"Hello{mark}", language="en", tone="gentle")] == [Code.SHOUTING]


@pytest.mark.parametrize(
    ("kind", "placeholders"),
    [
        (Kind.REMINDER, ["greeting", "items", "totals", "payment", "options", "next", "signature"]),
        (Kind.HEADS_UP, ["greeting", "items", "totals", "payment", "options", "next", "signature"]),
        (Kind.THANKS, ["greeting", "paid_items", "signature"]),
        (Kind.MANUAL, ["greeting", "signature"]),
    ],
)
def test_each_missing_part_is_told_with_the_placeholder_that_brings_it(kind, placeholders):
    words = "I am writing to you about the invoice that is still open.\n\n"
    body = words + "\n\n".join(f"{{{{ {name} }}}}" for name in placeholders)

    assert judge(body, language="en", tone="gentle", kind=kind) == []
    for name in placeholders:
        (finding,) = judge(body.replace(f"{{{{ {name} }}}}", ""), language="en", tone="gentle", kind=kind)
        assert (finding.code, finding.suggestion) == (Code.MISSING_PART, f"{{{{ {name} }}}}")


def test_a_part_in_a_comment_is_missing():
    body = "{{ greeting }}, I am writing to you about something that matters. {# {{ signature }} #}"

    assert [f.suggestion for f in judge(body, language="en", tone="gentle", kind="manual")] == ["{{ signature }}"]


def test_a_template_of_placeholders_alone_does_not_say_why_we_write():
    (finding,) = judge("{{ greeting }}\n\n{{ signature }}", language="fr", tone="gentle", kind="manual")

    assert finding.code is Code.MISSING_PART
    assert "Je vous écris" in finding.suggestion


def test_a_finished_text_needs_no_placeholders():
    assert judge("Dear Ms Bell, thank you.", language="en", tone="gentle") == []


def test_advice_does_not_refuse():
    text = "Please note that your account is overdue."

    assert {f.severity for f in advise(text, language="en")} == {Severity.ADVICE}
    assert judge(text, language="en", tone="gentle") == []
    assert [f.code for f in advise("word " * 50, language="en")] == [Code.TOO_LONG]


# Laws

good = st.sampled_from([w for w in shipped_wordings() if w.kind is Kind.REMINDER])


@pytest.mark.parametrize(
    "piece", ["a", "a ", "{{", "{#", "&amp;", "<a", "l-", "A ", "nous vous repond ", "you have ", "!"]
)
def test_a_long_hostile_text_does_not_keep_the_guard_busy(piece):
    judge(piece * (5_000 // len(piece)), language="fr", tone=Tone.GENTLE, kind=Kind.REMINDER)


@settings(max_examples=25, deadline=None)
@given(
    st.text(), st.text(max_size=80), st.sampled_from([*LANGUAGES, "xx"]), st.sampled_from(Tone), st.sampled_from(Kind)
)
@example("{{", "{%", "en", Tone.GENTLE, Kind.REMINDER)
@example("&#x110000; &#0; \ud800 İ ﬁ ½", "\u200b", "fr", Tone.CLEAR, Kind.WRITTEN)
def test_any_text_at_all_can_be_judged(body, subject, language, tone, kind):
    for finding in [
        *judge(body, language=language, tone=tone, subject=subject, kind=kind),
        *advise(body, language=language, subject=subject),
    ]:
        text = subject if finding.place is Place.SUBJECT else body
        assert 0 <= finding.span[0] <= finding.span[1] <= len(text)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_an_unkind_sentence_in_a_good_template_is_found_wherever_it_stands(data):
    wording = data.draw(good)
    sentence = data.draw(st.sampled_from(lines_of("unkind", wording.language)))
    places = [0, *(at for at, character in enumerate(wording.body) if character == "\n"), len(wording.body)]
    at = data.draw(st.sampled_from(places))
    body = f"{wording.body[:at]}\n{sentence}\n{wording.body[at:]}"

    findings = judge(body, language=wording.language, tone=Tone.GENTLE, kind=wording.kind)

    assert any(start < at + 1 + len(sentence) and at < end for start, end in (f.span for f in findings))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_neither_case_nor_layout_hides_an_unkind_sentence(data):
    language = data.draw(st.sampled_from(LANGUAGES))
    sentence = data.draw(
        st.sampled_from([s for s in lines_of("unkind", language) if "{" not in s and s == s.capitalize()])
    )
    flipped = "".join(data.draw(st.sampled_from([c.lower(), c.upper()])) if c.isalpha() else c for c in sentence)
    spaced = "".join(
        data.draw(st.sampled_from([" ", "  ", "\n", "\u00a0", "\t", " \u200b"])) if c == " " else c for c in flipped
    )

    assert judge(spaced, language=language, tone=Tone.GENTLE)
