"""How is a hurtful phrase written down so that its inflections are found and its harmless neighbours are not?

A pattern is a regular expression over folded words: small letters, no accents, one space, apostrophes and hyphens
as spaces. A space may also be missing, `~` stands for up to four other words of the same sentence, and a pattern
begins and ends at the edge of a word. A harmless phrase excuses every match that lies within it, nothing else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from amiable.core.policy.model import Tone
from amiable.core.tone.finding import Code
from amiable.core.tone.fold import Folded


@dataclass(frozen=True)
class Rule:
    """Phrases that hurt in the same way, why they do, and what may be said instead."""

    code: Code
    explanation: str  # an English pattern for the catalogue
    kinder: str  # in the language of the phrases
    phrases: tuple[str, ...]
    until: Tone | None = None  # the first tone that may speak like this; None: none may

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(map(compiled, self.phrases))

    def forbids(self, tone: Tone) -> bool:
        """Say whether the rule holds for a tone."""
        tones = list(Tone)
        return self.until is None or tones.index(tone) < tones.index(self.until)


@dataclass(frozen=True)
class Language:
    """What is unkind in one language, what only looks like it, and how its missing parts are named."""

    rules: tuple[Rule, ...]
    harmless: tuple[str, ...]
    emphatic: frozenset[str]  # small words that shout when written in capitals
    advice: tuple[Rule, ...]
    calmer: str
    shorter: str

    @cached_property
    def excuses(self) -> tuple[re.Pattern[str], ...]:
        return tuple(map(compiled, self.harmless))


def compiled(phrase: str) -> re.Pattern[str]:
    """Compile a phrase."""
    pieces = [_with_optional_spaces(piece) for piece in phrase.split(" ~ ")]
    return re.compile(r"(?<!\w)(?:" + r"(?: [^ |]+){0,4} ".join(pieces) + r")(?!\w)")


def _with_optional_spaces(phrase: str) -> str:
    """Let a space between words be missing, except after a wildcard.

    "Any word, then perhaps a space" could be read in so many ways that a long word would take for ever.
    """
    written: list[str] = []
    wild, after = [False], False
    for position, character in enumerate(phrase):
        if character == " ":
            written.append(" " if after else " ?")
            continue
        written.append(character)
        if character == "(":
            wild.append(False)
        elif character == ")":
            after = wild.pop()
            wild[-1] = wild[-1] or after
        elif character in "+*":
            after = after or phrase[position - 1] != ")"
            wild[-1] = wild[-1] or after
        elif character not in "?{}":
            after = False
    return "".join(written)


def matches(rules: tuple[Rule, ...], language: Language, reading: Folded) -> Iterator[tuple[Rule, tuple[int, int]]]:
    """Give each rule that a reading breaks, with the span of the original text."""
    excused = [found.span() for excuse in language.excuses for found in excuse.finditer(reading.text)]
    for rule in rules:
        for pattern in rule.patterns:
            for found in pattern.finditer(reading.text):
                start, end = found.span()
                if start < end and not any(begin <= start and end <= stop for begin, stop in excused):
                    yield rule, reading.span(start, end)
