"""Which wordings is a new creditor given?

One text file per wording and language, `<name>.<language>.txt`: a line "Subject: …", a line "Tone: …", an empty
line, the body. Adding a wording is adding its files and its name to `KINDS`.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from amiable.core.policy.model import Tone
from amiable.core.tone import Kind

KINDS = {
    # Steps of the default policy
    "heads-up": Kind.HEADS_UP,
    "due-today": Kind.HEADS_UP,
    "thanks": Kind.THANKS,
    "reminder": Kind.REMINDER,
    "second-reminder": Kind.REMINDER,
    "offer-of-help": Kind.REMINDER,
    "clear-letter": Kind.REMINDER,
    "key-heads-up": Kind.HEADS_UP,
    "key-reminder": Kind.REMINDER,
    "key-offer-of-help": Kind.REMINDER,
    "small-reminder": Kind.REMINDER,
    "small-second-reminder": Kind.REMINDER,
    # Picked by a person
    "statement": Kind.MANUAL,
    "copy-of-invoice": Kind.MANUAL,
    "following-our-call": Kind.MANUAL,
    "promise-confirmation": Kind.MANUAL,
}


@dataclass(frozen=True)
class Wording:
    """The text of one message in one language, with placeholders."""

    name: str
    language: str
    kind: Kind
    tone: Tone
    subject: str
    body: str


def kind_of(name: str, *, in_policy: bool) -> Kind:
    """Say what a wording must contain; one that is not ours is a reminder where a step of the policy uses it."""
    return KINDS.get(name, Kind.REMINDER if in_policy else Kind.MANUAL)


@cache
def shipped_wordings() -> tuple[Wording, ...]:
    """Return every shipped wording, by name and language."""
    texts = (entry for entry in files(__name__).iterdir() if entry.name.endswith(".txt"))
    return tuple(read_wording(entry.name, entry.read_text("utf-8")) for entry in sorted(texts, key=lambda e: e.name))


def read_wording(file_name: str, text: str) -> Wording:
    """Read one file. Raise `ValueError` where its first lines are not a subject, a tone and an empty line."""
    name, language, _suffix = file_name.split(".")
    subject, tone, empty, *body = text.split("\n")
    if not subject.startswith("Subject: ") or not tone.startswith("Tone: ") or empty:
        raise ValueError(f"{file_name}: begins with 'Subject: …', 'Tone: …' and an empty line")
    return Wording(
        name=name,
        language=language,
        kind=KINDS[name],
        tone=Tone(tone.removeprefix("Tone: ").strip()),
        subject=subject.removeprefix("Subject: ").strip(),
        body="\n".join(body).strip() + "\n",
    )
