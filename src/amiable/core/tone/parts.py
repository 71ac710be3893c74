"""Does a template contain everything its reader needs?"""

import re
from dataclasses import dataclass

from amiable.core.sentence import gettext_noop
from amiable.core.tone.finding import Kind
from amiable.core.tone.tags import COMMENT, SHOWN, blank_tags

FEWEST_WORDS = 8  # a reason takes at least a sentence


@dataclass(frozen=True)
class Part:
    """Something a message must tell, and the placeholders of which one is enough."""

    placeholders: tuple[str, ...]
    explanation: str


GREETING = Part(("greeting", "contact_name"), gettext_noop("Nobody is addressed. Begin with the contact's name."))
ITEMS = Part(("items",), gettext_noop("It is not said which invoices this is about, with amount and due date."))
TOTALS = Part(("totals", "total"), gettext_noop("The total is missing."))
PAYMENT = Part(("payment",), gettext_noop("It is not said how to pay."))
OPTIONS = Part(("options",), gettext_noop("The options are missing: what if paying now is difficult, or wrong?"))
NEXT = Part(("next", "next_step"), gettext_noop("It is not said what happens next."))
SIGNATURE = Part(("signature", "sender_name"), gettext_noop("It is not said who writes and whom to talk to."))
PAID_ITEMS = Part(("paid_items", "paid_total"), gettext_noop("It is not said which payment this is about."))

NO_REASON = gettext_noop("The message does not say in words why we write. A sentence is enough.")

PARTS = {
    Kind.REMINDER: (GREETING, ITEMS, TOTALS, PAYMENT, OPTIONS, NEXT, SIGNATURE),
    Kind.HEADS_UP: (GREETING, ITEMS, TOTALS, PAYMENT, OPTIONS, NEXT, SIGNATURE),
    Kind.THANKS: (GREETING, PAID_ITEMS, SIGNATURE),
    Kind.MANUAL: (GREETING, SIGNATURE),
    Kind.WRITTEN: (),
}


def missing_parts(body: str, kind: Kind) -> list[Part]:
    """Return the parts that a template of this kind lacks, in the order of a letter.

    A part inside an `if` counts as present: the writer has thought of it.
    """
    shown = {word for tag in SHOWN.findall(COMMENT.sub("", body)) for word in re.findall(r"[A-Za-z_]\w*", tag)[:1]}
    return [part for part in PARTS[kind] if not shown & set(part.placeholders)]


def says_why(body: str) -> bool:
    """Say whether the body has at least a sentence of its own words."""
    return len(re.findall(r"[^\W\d_]{2,}", blank_tags(body))) >= FEWEST_WORDS
