"""What in this text would hurt its reader, and what does it lack?

`judge` finds what is refused; `advise` finds what could be better. Both explain every finding and propose a kinder
wording. The guard knows phrases, not meanings: it errs on the side of the customer, and a phrase that is harmless in
a known setting is written down as such beside the rules of its language.
"""

import re
from collections.abc import Collection, Iterable, Iterator

from amiable.core.policy.model import Tone
from amiable.core.sentence import Sentence, gettext_noop
from amiable.core.tone.english import ENGLISH
from amiable.core.tone.finding import Code, Finding, Kind, Place, Severity
from amiable.core.tone.fold import readings
from amiable.core.tone.french import FRENCH
from amiable.core.tone.parts import NO_REASON, missing_parts, says_why
from amiable.core.tone.rules import Language, Rule, matches
from amiable.core.tone.shouting import shouts
from amiable.core.tone.tags import blank_tags

LANGUAGES = {"en": ENGLISH, "fr": FRENCH}
LONGEST_SENTENCE_WORDS = 40
EXCERPT_LENGTH = 120

_SHOUTING = gettext_noop("This shouts. Capitals and exclamation marks make a friendly sentence sound angry.")
_TOO_LONG = gettext_noop("This sentence has %(words)s words; a reader in a hurry loses its thread.")
_EXAMPLE_REASON = {
    "en": "I am writing because invoice {{ first_item.number }} is still open on our side.",
    "fr": "Je vous écris au sujet de la facture {{ first_item.number }}, encore ouverte de notre côté.",
}


def judge(
    body: str,
    *,
    language: str,
    tone: Tone | str,
    subject: str = "",
    kind: Kind | str = Kind.WRITTEN,
    names: Collection[str] = (),
) -> list[Finding]:
    """Return what must not be published or sent, in the order of the text; an empty list means it may.

    `kind` says which parts a template must have; a finished text (`Kind.WRITTEN`) is judged by its words alone.
    `names` of customers, contacts and creditors are never held against a text, whatever they look like.
    A language without rules of its own is held against those of every language that has some. Never raises on any
    subject or body; raise `ValueError` for an unknown tone or kind.
    """
    tone, kind = Tone(tone), Kind(kind)
    findings: list[Finding] = []
    for place, text in ((Place.SUBJECT, _without(names, subject)), (Place.BODY, _without(names, body))):
        for words in _languages(language):
            rules = tuple(rule for rule in words.rules if rule.forbids(tone))
            findings += _broken(rules, words, place, text, Severity.REFUSED)
            findings += (
                _finding(Code.SHOUTING, place, text, span, why=Sentence(_SHOUTING), instead=words.calmer)
                for span in shouts(text, words, finished=kind is Kind.WRITTEN)
            )
    return [*_distinct(findings), *_lacking(body, kind, language)]


def advise(body: str, *, language: str, subject: str = "") -> list[Finding]:
    """Return what could be warmer or shorter. None of it stands in the way of publishing."""
    findings: list[Finding] = []
    for place, text in ((Place.SUBJECT, subject), (Place.BODY, body)):
        for words in _languages(language):
            findings += _broken(words.advice, words, place, text, Severity.ADVICE)
            findings += _long_sentences(words, place, text)
    return _distinct(findings)


def _without(names: Collection[str], text: str) -> str:
    """Blank out names, the longest first, so that places stay the same."""
    for name in sorted(filter(None, (name.strip() for name in names)), key=len, reverse=True):
        whole = rf"(?<!\w){re.escape(name)}(?!\w)"
        text = re.sub(whole, lambda found: "x" * len(found[0]), text)
    return text


def _languages(language: str) -> Iterable[Language]:
    return (LANGUAGES[language],) if language in LANGUAGES else LANGUAGES.values()


def _broken(
    rules: tuple[Rule, ...], language: Language, place: Place, text: str, severity: Severity
) -> Iterator[Finding]:
    for reading in readings(text):
        for rule, span in matches(rules, language, reading):
            why = Sentence(rule.explanation)
            yield _finding(rule.code, place, text, span, why=why, instead=rule.kinder, severity=severity)


def _finding(
    code: Code,
    place: Place,
    text: str,
    span: tuple[int, int],
    *,
    why: Sentence,
    instead: str,
    severity: Severity = Severity.REFUSED,
) -> Finding:
    excerpt = " ".join(text[slice(*span)].split())[:EXCERPT_LENGTH]
    return Finding(code, severity, place, excerpt, span, why, instead)


def _distinct(findings: list[Finding]) -> list[Finding]:
    """Keep, of findings of one kind about the same words, the longest; sort by place."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda finding: finding.span[0] - finding.span[1]):
        start, end = finding.span
        if not any(
            other.place == finding.place
            and other.code == finding.code
            and other.span[0] < end
            and start < other.span[1]
            for other in kept
        ):
            kept.append(finding)
    return sorted(kept, key=lambda finding: (finding.place is Place.BODY, finding.span))


def _lacking(body: str, kind: Kind, language: str) -> Iterator[Finding]:
    for part in missing_parts(body, kind):
        placeholder = f"{{{{ {part.placeholders[0]} }}}}"
        why = Sentence(part.explanation)
        yield _finding(Code.MISSING_PART, Place.BODY, "", (0, 0), why=why, instead=placeholder)
    if kind is not Kind.WRITTEN and not says_why(body):
        example = _EXAMPLE_REASON.get(language, _EXAMPLE_REASON["en"])
        yield _finding(Code.MISSING_PART, Place.BODY, "", (0, 0), why=Sentence(NO_REASON), instead=example)


def _long_sentences(language: Language, place: Place, text: str) -> Iterator[Finding]:
    shown, start = blank_tags(text), 0
    for end in [at for at, character in enumerate(shown) if character in ".!?\n"] + [len(shown)]:
        words = len(shown[start:end].split())
        if words > LONGEST_SENTENCE_WORDS:
            why = Sentence(_TOO_LONG, {"words": words})
            span, instead = (start, end), language.shorter
            yield _finding(Code.TOO_LONG, place, text, span, why=why, instead=instead, severity=Severity.ADVICE)
        start = end + 1
