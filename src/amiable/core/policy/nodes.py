"""What is written where in a policy's text?

YAML is read into plain entries that know their line. Nothing in the text is ever turned into an object: every word
stays text, so that a country NO is no "false" and 09:30 is no number. Anchors, aliases and tags are refused, and
so is deep nesting, because a small text could otherwise grow without bounds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import yaml

from amiable.core.policy.errors import PolicyError, PolicyErrors
from amiable.core.sentence import Sentence, gettext_noop

MAX_BYTES = 100_000
MAX_DEPTH = 8  # the deepest setting, a step's condition with a list, needs six

_EMPTY = gettext_noop("The policy is empty.")
_TOO_LONG = gettext_noop("The policy is longer than %(limit)s bytes.")
_NOT_YAML = gettext_noop("The text cannot be read here: %(problem)s.")
_CHARACTER = gettext_noop("A character stands here that cannot be part of a text.")
_TOO_DEEP = gettext_noop("The text is nested more deeply than any policy needs.")
_REFERENCE = gettext_noop("References (& and *) are not used in a policy.")
_TAG = gettext_noop("Tags (!) are not used in a policy.")
_SECOND = gettext_noop("A second document (---) begins here; a policy is one document.")
_SPELL_OUT = gettext_noop("Write the settings out in full.")
_DELETE_IT = gettext_noop("Delete it.")
_START = gettext_noop("Begin with 'contact:' and 'scenarios:'.")
_INDENT = gettext_noop("Check the indentation, the colons and the quotes around this line.")
_TWICE = gettext_noop("'%(key)s' is set twice; it was set in line %(line)s already.")
_NOT_A_WORD = gettext_noop("The name of a setting must be a single word or phrase.")


@dataclass(frozen=True)
class Word:
    """A single value as written, without its quotes."""

    text: str
    line: int
    column: int


@dataclass(frozen=True)
class Sequence:
    """Several values."""

    entries: tuple["Node", ...]
    line: int
    column: int


@dataclass(frozen=True)
class Section:
    """Named settings, each with the place where its name stands."""

    settings: tuple[tuple[Word, "Node"], ...]
    line: int
    column: int


Node = Word | Sequence | Section


def read_nodes(text: str) -> tuple[Node, list[PolicyError]]:
    """Return the top of the text and the settings that stand there twice (the first one counts).

    Raise `PolicyErrors` where the text is no YAML at all, or uses more of YAML than a policy may.
    """
    if len(text.encode(errors="replace")) > MAX_BYTES:
        raise PolicyErrors([PolicyError(1, 1, Sentence(_TOO_LONG, {"limit": MAX_BYTES}))])
    errors: list[PolicyError] = []
    try:
        top = _top(_plain_events(text), errors)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise PolicyErrors([PolicyError(line, 1, Sentence(_CHARACTER), Sentence(_DELETE_IT))]) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        reason = Sentence(_NOT_YAML, {"problem": error.problem or error.context})
        raise PolicyErrors([PolicyError(line, column, reason, Sentence(_INDENT))]) from error
    except (ValueError, OverflowError) as error:  # the YAML library's answer to "\\U00110000"
        if isinstance(error, PolicyErrors):
            raise
        raise PolicyErrors([PolicyError(1, 1, Sentence(_CHARACTER), Sentence(_DELETE_IT))]) from error
    if top is None or (isinstance(top, Word) and not top.text):
        raise PolicyErrors([PolicyError(1, 1, Sentence(_EMPTY), Sentence(_START))])
    return top, errors


def _plain_events(text: str) -> Iterator[yaml.Event]:
    """Give what YAML sees, one by one, and stop at the first thing that a policy has no use for."""
    depth, documents = 0, 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        refusal = None
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            refusal = (_SECOND, _DELETE_IT) if documents > 1 else None
        elif isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            refusal = (_REFERENCE, _SPELL_OUT)
        elif getattr(event, "tag", None):
            refusal = (_TAG, _DELETE_IT)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            refusal = (_TOO_DEEP, _INDENT) if depth > MAX_DEPTH else refusal
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if refusal:
            reason, suggestion = refusal
            line, column = _place(event)
            raise PolicyErrors([PolicyError(line, column, Sentence(reason), Sentence(suggestion))])
        yield event


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _top(events: Iterator[yaml.Event], errors: list[PolicyError]) -> Node | None:
    """Build the only document, and read on to the end so that whatever follows is refused."""
    top = None
    for event in events:
        if isinstance(event, yaml.NodeEvent):
            top = _node(event, events, errors)
    return top


def _node(event: yaml.Event, events: Iterator[yaml.Event], errors: list[PolicyError]) -> Node:
    line, column = _place(event)
    if isinstance(event, yaml.ScalarEvent):
        absent = event.style is None and event.value.casefold() in ("null", "~")
        return Word("" if absent else event.value.strip(), line, column)
    entries = []
    while not isinstance(inner := next(events), yaml.CollectionEndEvent):
        entries.append(_node(inner, events, errors))
    if isinstance(event, yaml.SequenceStartEvent):
        return Sequence(tuple(entries), line, column)
    pairs = zip(entries[::2], entries[1::2], strict=True)
    return Section(tuple(_settings(pairs, errors)), line, column)


def _settings(pairs: Iterable[tuple[Node, Node]], errors: list[PolicyError]) -> Iterator[tuple[Word, Node]]:
    first_at: dict[str, int] = {}
    for key, value in pairs:
        if not isinstance(key, Word) or not key.text:
            errors.append(PolicyError(key.line, key.column, Sentence(_NOT_A_WORD), Sentence(_INDENT)))
        elif key.text in first_at:
            reason = Sentence(_TWICE, {"key": key.text, "line": first_at[key.text]})
            errors.append(PolicyError(key.line, key.column, reason, Sentence(_DELETE_IT)))
        else:
            first_at[key.text] = key.line
            yield key, value
