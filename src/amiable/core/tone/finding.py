"""What can the tone guard say about a text?"""

from dataclasses import dataclass
from enum import StrEnum

from amiable.core.sentence import Sentence


class Kind(StrEnum):
    """What a text is for, which decides the parts it must have."""

    REMINDER = "reminder"
    HEADS_UP = "heads_up"
    THANKS = "thanks"
    MANUAL = "manual"  # a template that a person picks and completes
    WRITTEN = "written"  # a finished text without placeholders: only its words are judged


class Code(StrEnum):
    """What is the matter."""

    THREAT = "threat"
    BLAME = "blame"
    SHOUTING = "shouting"
    ULTIMATUM = "ultimatum"
    JARGON = "jargon"
    MISSING_PART = "missing_part"
    COLD = "cold"
    TOO_LONG = "too_long"


class Severity(StrEnum):
    """What follows from a finding."""

    REFUSED = "refused"  # the text cannot be published or sent
    ADVICE = "advice"  # it can, and would be better otherwise


class Place(StrEnum):
    """Where it stands."""

    SUBJECT = "subject"
    BODY = "body"


@dataclass(frozen=True)
class Finding:
    """One passage that hurts, or one part that is missing.

    `span` counts characters of the subject or the body, the end not included; it is empty, (0, 0), for what is
    missing. `suggestion` is wording in the language of the text, ready to be used.
    """

    code: Code
    severity: Severity
    place: Place
    excerpt: str
    span: tuple[int, int]
    explanation: Sentence
    suggestion: str
