"""How does a message look whose words a person wrote?"""

import re
from html import escape

from amiable.organisation.models import Creditor
from amiable.outreach.compose.design import attributes, closing, opening
from amiable.outreach.compose.phrases import phrases_in
from amiable.outreach.compose.qr import SOURCE

PARAGRAPH = re.compile(r"\n\s*\n")


def page_by_hand(creditor: Creditor, text: str, *, subject: str, language: str, before: str = "") -> str:
    """Return the page of a text: its paragraphs in the creditor's look.

    The QR codes of the page that stood `before` stay, since a person edits words and not pictures.
    """
    phrases = phrases_in(language)
    words = "".join(
        f"<p {attributes('p')}>{escape(paragraph.strip()).replace(chr(10), '<br>')}</p>"
        for paragraph in PARAGRAPH.split(text.replace("\r\n", "\n"))
        if paragraph.strip()
    )
    pictures = "".join(
        f'<p {attributes("p")}><img src="epc:{content}" width="132" height="132" alt="{escape(phrases.QR_ALT)}" '
        f"{attributes('qr')}></p>"
        for content in dict.fromkeys(SOURCE.findall(before))
    )
    head, opened = opening(language=language, brand=creditor.brand_colour, creditor_name=creditor.name)
    end, closed = closing(creditor_lines=[line for line in (creditor.legal_name, creditor.address) if line])
    return "".join((head, escape(subject), opened, words, pictures, end, closed))
