"""How is a text read so that spelling tricks, accents and layout make no difference?

A text is folded to plain small letters, every character remembering where it came from. The same text is folded in a
few ways, since a hyphen may join words ("mise-en-demeure") or hide within one ("le-gal"), and a tag may be shown as
its contents or as nothing.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from amiable.core.tone.tags import TAG

STOP = "|"  # stands between sentences, so that no pattern reaches from one into the next

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_SPELLED = re.compile(r"(?<!\w)(?:\w[ |]){2,}\w(?!\w)")
_HYPHENS = frozenset("-‐‑‒–—−\u00ad_~*`·•")
_ENDS = frozenset(".!?。！？…‼⁉")
# Letters of other alphabets that look like ours; the folding below does not know them.
_LOOKALIKES = str.maketrans(
    dict(zip("аеорсухіјѕһԁԛԝкмнтвαορτνικυχı", "aeopcyxijshdqwkmhtbaoptvikyxi", strict=True))
    | {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}
)
_DIGIT_LETTERS = str.maketrans("0134578", "oieastb")  # l3gal, c0urt: only within a word that begins with a letter


@dataclass(frozen=True)
class Folded:
    """A folded text; `origin[i]` is the place in the text where its character i came from."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original text behind a span of the folded one."""
        return self.origin[start], self.origin[end - 1] + 1


Characters = list[tuple[str, int]]


def readings(text: str) -> Iterator[Folded]:
    """Give every way in which a text may be read; the same one is given once."""
    seen = set()
    decoded = _decode(text)
    for characters in (decoded, _without_tags(text, decoded)):
        plain = _plain(characters)
        for hyphen in (" ", ""):
            folded = _words(plain, hyphen)
            for reading in (folded, _respelled(folded), _unspelled(folded)):
                if reading.text not in seen:
                    seen.add(reading.text)
                    yield reading


def _decode(text: str) -> Characters:
    """Resolve HTML entities."""
    characters: Characters = []
    position = 0
    for entity in _ENTITY.finditer(text):
        characters += [(text[at], at) for at in range(position, entity.start())]
        characters += [(character, entity.start()) for character in unescape(entity[0])]
        position = entity.end()
    return characters + [(text[at], at) for at in range(position, len(text))]


def _without_tags(text: str, decoded: Characters) -> Characters:
    """Drop the tags of templates and of HTML as rendering would, but keep what they quote."""
    dropped: set[int] = set()
    for tag in TAG.finditer(text):
        dropped.update(range(tag.start(), tag.end()))
        for quoted in _QUOTED.finditer(tag[0]):
            group = 1 if quoted[1] is not None else 2
            dropped.difference_update(range(tag.start() + quoted.start(group), tag.start() + quoted.end(group)))
    for markup in _MARKUP.finditer(text):
        dropped.update(range(markup.start(), markup.end()))
    return [(character, at) for character, at in decoded if at not in dropped]


def _plain(characters: Characters) -> Characters:
    """Fold case, accents, ligatures and look-alikes; drop what cannot be seen."""
    plain: Characters = []
    for character, at in characters:
        if character in _HYPHENS:
            plain.append(("-", at))
            continue
        for part in unicodedata.normalize("NFKD", character):
            if unicodedata.category(part) in ("Mn", "Me", "Cf", "Cn", "Co", "Cs"):
                continue
            plain += [(letter, at) for letter in part.casefold().translate(_LOOKALIKES)]
    return plain


def _words(characters: Characters, hyphen: str) -> Folded:
    """Keep words with one space between them, and a stop between sentences."""
    text: list[str] = []
    origin: list[int] = []
    pending, stopped, newlines = False, True, 0
    last = len(characters) - 1
    for index, (character, at) in enumerate(characters):
        if character.isalnum():
            if pending and text:
                text.append(" ")
                origin.append(at)
            text.append(character)
            origin.append(at)
            pending, stopped, newlines = False, False, 0
            continue
        if character == "-" and not hyphen:
            continue
        newlines += character == "\n"
        next_is_space = index == last or not characters[index + 1][0].isalnum()
        if ((character in _ENDS and next_is_space) or newlines > 1) and not stopped:
            text += [" ", STOP]
            origin += [at, at]
            stopped = True
        pending = True
    return Folded("".join(text), tuple(origin))


def _unspelled(folded: Folded) -> Folded:
    """Join letters that stand one by one: "l e g a l"."""
    dropped: set[int] = set()
    for spelled in _SPELLED.finditer(folded.text):
        dropped.update(at for at in range(*spelled.span()) if folded.text[at] in " |")
    kept = [at for at in range(len(folded.text)) if at not in dropped]
    return Folded("".join(folded.text[at] for at in kept), tuple(folded.origin[at] for at in kept))


def _respelled(folded: Folded) -> Folded:
    """Read digits within words as the letters they imitate."""
    text = re.sub(r"\w+", lambda word: word[0] if word[0].isdigit() else word[0].translate(_DIGIT_LETTERS), folded.text)
    return Folded(text, folded.origin)
