"""Does a text shout?"""

import re
from collections.abc import Iterator

from amiable.core.tone.fold import readings
from amiable.core.tone.rules import Language
from amiable.core.tone.tags import blank_tags

# Short forms that people meet on invoices.
_ACRONYMS = frozenset(
    word
    for line in (
        "AG AM APE API BACS BDC BE BIC CB CEO CET CFO CGV CHF CHORUS CSV DAF DE DG EDI EN EORI ERP EU EUR EURL FAQ FR",
        "FTP GBP GDPR GMT HR HT HTTP HTTPS IBAN ID ISO IT JPY KYC LCR LEI NAF NB OK PDF PDG PM PO QR RCS RGPD RH RIB",
        "SA SARL SAS SCI SEPA SIREN SIRET SMS SNC SPA SWIFT TND TTC TVA UE UK URL URSSAF USA USD UTC VAT VIP XLS XML",
    )
    for word in line.split()
)
_CAPITALS = re.compile(r"(?<![\w@./-])[^\W\d_]+(?:['’-][^\W\d_]+)*(?![\w@-])")
_MARKS = re.compile(r"(?:[!！‼⁉❗❕][\s?]*){2,}|\?\s*[!！]|[‼⁉❗❕🚨⚠🛑📢😡🤬]|(?:\?\s*){3,}")


def shouts(text: str, language: Language, *, finished: bool) -> Iterator[tuple[int, int]]:
    """Give the spans of repeated exclamation marks, of alarm signs, and of words in capitals.

    A single word in capitals may be a name or a code, so it shouts only if it is a known word of pressure. Two in a
    row shout in a template, where names are placeholders; a finished text may hold the name of a company.
    """
    shown = blank_tags(text)
    yield from (mark.span() for mark in _MARKS.finditer(shown))
    run: list[re.Match[str]] = []
    for word in _CAPITALS.finditer(shown):
        loud = word[0].isupper() and len(word[0]) > 1
        joined = not run or not shown[run[-1].end() : word.start()].strip(" \t\n,;:!?.-–—'’*_")
        if not (loud and joined):
            yield from _judged(run, language, finished)
            run = []
        if loud:
            run.append(word)
    yield from _judged(run, language, finished)


def _judged(run: list[re.Match[str]], language: Language, finished: bool) -> Iterator[tuple[int, int]]:
    loud = [word for word in run if word[0] not in _ACRONYMS]
    if (len(loud) > 1 and not finished) or any(_presses(word[0], language) for word in loud):
        yield loud[0].start(), loud[-1].end()


def _presses(word: str, language: Language) -> bool:
    return next(readings(word)).text in language.emphatic
