"""How does a wording that a user wrote become text and HTML, safely?

Two walls. First our own small grammar: a wording may name known placeholders, compare them, and choose with `if`;
there are no loops, calls or ways to other objects, so there is nothing to misuse. Then MiniJinja, compiled once per
wording, with fuel and strict undefined values, over plain strings, numbers and booleans only.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from html import escape
from itertools import groupby, pairwise

from django.utils.translation import gettext as _
from minijinja import Environment
from minijinja import TemplateError as EngineError

from .design import attributes, in_ascii
from .placeholders import BLOCKS, ITEM_FIELDS, PLACEHOLDERS

MAX_BODY = 20_000  # characters; the longest shipped wording has under 2,000
MAX_SUBJECT = 200
MAX_OUTPUT = 500_000
FUEL = 20_000  # instructions; a long wording with every placeholder burns under 2,000

TAGS = ("if", "elif", "else", "endif")
WORDS = ("and", "or", "not", "if", "else", "true", "false")
FILTERS = ("lower", "upper", "capitalize", "default")

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
CONTROL_LINE = re.compile(r"(?:\s*\{%[^{}]*%\})+\s*")
BLOCK_LINE = re.compile(r"\s*\{\{[-+]?\s*(" + "|".join(BLOCKS) + r")\s*[-+]?\}\}\s*")
TOKEN = re.compile(
    r"\s*(?:(?P<string>'[^'\\]*'|\"[^\"\\]*\")|(?P<number>\d{1,9}(?!\d))|(?P<name>[A-Za-z_]\w*)|(?P<sign>[=!<>]=|[<>|.()]))"
)
MARK = "\x1a"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
LEFT_OVER = re.compile(r"\{\{|\{%|\{#|%\}|\}\}|#\}")
EMPTY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")
EMPTY_PARAGRAPH = re.compile(r"<p [^>]*>(?:\s|<br>)*</p>")


class TemplateFault(ValueError):
    """A wording cannot be used; `line` counts from 1 in the body, 0 is the subject."""

    def __init__(self, line: int, message: str) -> None:
        self.line, self.message = line, message
        where = _("Line %(line)d") % {"line": line} if line else _("Subject")
        super().__init__(f"{where}: {message}")


class TemplateFailed(RuntimeError):
    """A wording that reads well could not be rendered with these facts."""

    def __init__(self, reason: str) -> None:
        super().__init__(_("The wording could not be filled in: %(reason)s") % {"reason": reason})


@dataclass(frozen=True)
class Compiled:
    """A wording, ready to be filled in many times."""

    environment: Environment
    speaks_of: frozenset[str]  # the placeholders it uses
    subject_speaks_of: frozenset[str]
    has_optional_paragraphs: bool  # some may turn out empty

    def subject(self, facts: Mapping[str, object]) -> str:
        """Return the subject as one line."""
        return self._fill("subject.txt", {name: facts[name] for name in self.subject_speaks_of}).strip()

    def text(self, facts: Mapping[str, object], blocks: Mapping[str, str]) -> str:
        """Return the plain text, paragraphs one empty line apart."""
        filled = with_blocks(self._fill("body.txt", facts), blocks)
        return EMPTY_LINES.sub("\n\n", filled).strip() + "\n"

    def html(self, facts: Mapping[str, object], blocks: Mapping[str, str]) -> str:
        """Return the paragraphs and blocks as HTML; every value escaped, the blocks as we wrote them."""
        filled = self._fill("body.html", facts)
        if self.has_optional_paragraphs:
            filled = EMPTY_PARAGRAPH.sub("", filled)
        return with_blocks(filled if filled.isascii() else in_ascii(filled), blocks)

    def _fill(self, part: str, facts: Mapping[str, object]) -> str:
        try:
            filled = self.environment.render_template(part, **facts)
        except EngineError as failure:
            raise TemplateFailed(str(failure).splitlines()[0]) from failure
        if len(filled) > MAX_OUTPUT:
            raise TemplateFailed(_("it grows beyond %(limit)d characters") % {"limit": MAX_OUTPUT})
        return filled


@lru_cache(maxsize=512)
def compile_wording(subject: str, body: str) -> Compiled:
    """Check a wording and compile it once; raise `TemplateFault` with the line of the first fault.

    The same subject and body give the same compiled wording, so each version is compiled once per process.
    """
    if len(subject) > MAX_SUBJECT:
        raise TemplateFault(0, _("longer than %(limit)d characters") % {"limit": MAX_SUBJECT})
    if len(body) > MAX_BODY:
        raise TemplateFault(1, _("the body is longer than %(limit)d characters") % {"limit": MAX_BODY})
    if "\n" in subject or "\r" in subject:
        raise TemplateFault(0, _("a subject is one line"))
    if not subject.strip():
        raise TemplateFault(0, _("the subject is empty"))
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    in_subject, in_body = _check(subject, first_line=0), _check(body, first_line=1)
    _check_blocks_stand_alone(subject, body)
    _check_pairs(subject, body)
    try:
        environment = Environment(
            templates={"subject.txt": subject, "body.txt": _as_text(body), "body.html": _as_html(body)},
            fuel=FUEL,
            undefined_behavior="strict",
            pycompat=False,
            debug=False,
        )
        for part in ("subject.txt", "body.txt", "body.html"):
            environment.undeclared_variables_in_template(part)  # parses it now, so that faults show now
    except EngineError as fault:
        raise TemplateFault(1, str(fault).splitlines()[0]) from fault
    return Compiled(environment, frozenset(in_subject | in_body), frozenset(in_subject), _has_optional_paragraphs(body))


def with_blocks(filled: str, blocks: Mapping[str, str]) -> str:
    """Put our blocks where the engine left their names; they are large, and the engine need not read them.

    The marks cannot come from a value or a wording: control characters are taken out of the one (`letter.plain`) and
    refused in the other.
    """
    parts = filled.split(MARK)
    parts[1::2] = [blocks.get(name, "") for name in parts[1::2]]
    return "".join(parts)


def _check(source: str, *, first_line: int) -> set[str]:
    """Return the placeholders that a wording names; raise `TemplateFault` for whatever it may not say."""
    names: set[str] = set()
    for number, line in enumerate(source.split("\n"), start=first_line):
        if CONTROL.search(line):
            raise TemplateFault(number, _("it holds invisible characters; write the line anew instead of pasting it"))
        if LEFT_OVER.search(TAG.sub("", line)):
            raise TemplateFault(number, _("a {{ … }} or {% … %} is opened or closed only on this line"))
        for tag in TAG.findall(line):
            names |= _check_tag(tag, number)
    return names


def _check_tag(tag: str, line: int) -> set[str]:
    inside = tag[2:-2].strip("-+ ")
    if tag.startswith("{#"):
        return set()
    if tag.startswith("{%"):
        word, _space, inside = inside.partition(" ")
        if word not in TAGS:
            if word in ("for", "endfor"):
                reason = _("loops are not available; {{ items }} on a line of its own writes the whole table")
            else:
                reason = _("“%(word)s” is not available; a wording may only use if, elif, else and endif") % {
                    "word": word
                }
            raise TemplateFault(line, reason)
        if word in ("else", "endif"):
            if inside.strip():
                raise TemplateFault(line, _("nothing may follow “%(word)s”") % {"word": word})
            return set()
    if not inside.strip():
        raise TemplateFault(line, _("the placeholder is empty"))
    return _check_expression(inside, line)


def _check_expression(expression: str, line: int) -> set[str]:
    """Return the names in an expression of placeholders, plain values, comparisons, and the four filters."""
    names: set[str] = set()
    before, position = "", 0
    tokens: list[tuple[str, str]] = []
    while expression[position:].strip():
        token = TOKEN.match(expression, position)
        if token is None:
            raise TemplateFault(line, _("“%(what)s” is not understood") % {"what": expression[position:].strip()[:40]})
        tokens.append((str(token.lastgroup), str(token[str(token.lastgroup)])))
        position = token.end()
    for (kind, word), (_kind, after) in pairwise([*tokens, ("", "")]):
        if word == "first_item" and after != ".":
            raise TemplateFault(line, _("say which part of first_item: %(parts)s") % {"parts": ", ".join(ITEM_FIELDS)})
        if kind == "name":
            _check_name(word, before, line)
            if before not in ("|", ".") and word not in WORDS:
                names.add(word)
        elif word == "." and before != "first_item":
            raise TemplateFault(line, _("only first_item has parts: %(parts)s") % {"parts": ", ".join(ITEM_FIELDS)})
        elif word == "(" and (before in PLACEHOLDERS or before in ITEM_FIELDS):
            raise TemplateFault(line, _("“%(name)s” is a fact and cannot be called") % {"name": before})
        before = word
    return names


def _check_name(name: str, before: str, line: int) -> None:
    if before == "|":
        known, what = FILTERS, _("There is no filter “%(name)s”.")
    elif before == ".":
        known, what = ITEM_FIELDS, _("An invoice has no “%(name)s”.")
    else:
        known, what = (*PLACEHOLDERS, *WORDS), _("There is no placeholder “%(name)s”.")
    if name not in known:
        near = get_close_matches(name, known, n=1, cutoff=0.6)
        hint = " " + _("Did you mean “%(near)s”?") % {"near": near[0]} if near else ""
        raise TemplateFault(line, what % {"name": name} + hint)


def _check_blocks_stand_alone(subject: str, body: str) -> None:
    shown = re.compile(r"\{\{[-+]?\s*(" + "|".join(BLOCKS) + r")\b")
    for number, line in enumerate([subject, *body.split("\n")]):
        if (found := shown.search(line)) and not (number and BLOCK_LINE.fullmatch(line)):
            raise TemplateFault(number, _("{{ %(block)s }} must stand alone on its line") % {"block": found[1]})


def _check_pairs(subject: str, body: str) -> None:
    """See that every `if` ends, and that one opened inside a paragraph ends in the same paragraph."""
    open_lines: list[int] = []
    for number, line in enumerate([subject, *body.split("\n")]):
        words = [tag[2:-2].strip("-+ ").split(" ")[0] for tag in TAG.findall(line) if tag.startswith("{%")]
        inline = bool(words) and not (number and CONTROL_LINE.fullmatch(line))
        depth = lowest = len(open_lines)
        for word in words:
            if word == "if":
                open_lines.append(number)
            elif not open_lines:
                raise TemplateFault(number, _("“%(word)s” has no “if” before it") % {"word": word})
            elif word == "endif":
                open_lines.pop()
                lowest = min(lowest, len(open_lines))
        if inline and not len(open_lines) == lowest == depth:
            raise TemplateFault(number, _("this “if” or “endif” must stand alone on its line, or end on the same line"))
    if open_lines:
        raise TemplateFault(open_lines[-1], _("this “if” is never ended; write {% endif %} after it"))


def _pieces(body: str) -> list[tuple[str, list[str]]]:
    """Cut a body into runs of lines: `control`, `block`, `blank` or `text`."""

    def kind(line: str) -> str:
        if not line.strip():
            return "blank"
        if CONTROL_LINE.fullmatch(line):
            return "control"
        return "block" if BLOCK_LINE.fullmatch(line) else "text"

    return [(name, [line.strip() for line in lines]) for name, lines in groupby(body.split("\n"), key=kind)]


def _as_text(body: str) -> str:
    """Return the template of the plain text: paragraphs and blocks one empty line apart."""
    parts = []
    for kind, lines in _pieces(body):
        if kind == "control":
            parts.append("".join(lines))
        elif kind == "block":
            parts.extend(f"{_marked(line)}\n\n\n" for line in lines)
        elif kind == "text":
            parts.append("\n".join(lines) + "\n\n\n")
    return "".join(parts)


def _as_html(body: str) -> str:
    """Return the template of the HTML: each run of text lines is a paragraph."""
    parts = []
    for kind, lines in _pieces(body):
        if kind == "control":
            parts.extend(lines)
        elif kind == "block":
            parts.extend(map(_marked, lines))
        elif kind == "text":
            parts.append(f"<p {attributes('p')}>" + "<br>".join(_escape_words(line) for line in lines) + "</p>")
    return "".join(parts)


def _marked(line: str) -> str:
    block = BLOCK_LINE.fullmatch(line)
    return f"{MARK}{block[1]}{MARK}" if block else ""


def _has_optional_paragraphs(body: str) -> bool:
    """Say whether a paragraph begins and ends with a tag, so that nothing may be left of it."""
    runs = ["".join(lines) for kind, lines in _pieces(body) if kind == "text"]
    return any(run.startswith(("{{", "{%")) and run.endswith(("}}", "%}")) for run in runs)


def _escape_words(line: str) -> str:
    """Escape what stands between the tags; what the tags write, the engine escapes."""
    words, tags = TAG.split(line), TAG.findall(line)
    return "".join(escape(word) + tag for word, tag in zip(words, [*tags, ""], strict=True))
