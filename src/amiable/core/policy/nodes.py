"""What is written where in a policy's text?

YAML is read into plain entries that know their line. Nothing in the text is ever turned into an object: every word
stays text, so that a country NO is no "false" and 09:30 is no number. Anchors, aliases and tags are refused, and
so is deep nesting, because a small text could otherwise grow without bounds.
"""

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
    try:
        _refuse_what_is_not_plain(text)
        top = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise PolicyErrors([PolicyError(line, 1, Sentence(_CHARACTER), Sentence(_DELETE_IT))]) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        reason = Sentence(_NOT_YAML, {"problem": error.problem or error.context})
        raise PolicyErrors([PolicyError(line, column, reason, Sentence(_INDENT))]) from error
    except (ValueError, OverflowError) as error:
        if isinstance(error, PolicyErrors):
            raise
        raise PolicyErrors([PolicyError(1, 1, Sentence(_CHARACTER), Sentence(_DELETE_IT))]) from error
    if top is None or (isinstance(top, yaml.ScalarNode) and not top.value.strip()):
        raise PolicyErrors([PolicyError(1, 1, Sentence(_EMPTY), Sentence(_START))])
    errors: list[PolicyError] = []
    return _plain(top, errors), errors


def _refuse_what_is_not_plain(text: str) -> None:
    """Look at the events before anything is built, and stop at the first that a policy has no use for."""
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
            at = event.start_mark
            line, column = (at.line + 1, at.column + 1) if at else (1, 1)
            raise PolicyErrors([PolicyError(line, column, Sentence(reason), Sentence(suggestion))])


def _plain(node: yaml.Node, errors: list[PolicyError]) -> Node:
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    if isinstance(node, yaml.ScalarNode):
        absent = node.tag == "tag:yaml.org,2002:null" and node.style is None
        return Word("" if absent else node.value.strip(), line, column)
    if isinstance(node, yaml.SequenceNode):
        return Sequence(tuple(_plain(entry, errors) for entry in node.value), line, column)
    first_at: dict[str, int] = {}
    settings = []
    for key_node, value_node in node.value:
        key = _plain(key_node, errors)
        if not isinstance(key, Word) or not key.text:
            errors.append(PolicyError(key.line, key.column, Sentence(_NOT_A_WORD), Sentence(_INDENT)))
            continue
        value = _plain(value_node, errors)
        if key.text in first_at:
            reason = Sentence(_TWICE, {"key": key.text, "line": first_at[key.text]})
            errors.append(PolicyError(key.line, key.column, reason, Sentence(_DELETE_IT)))
            continue
        first_at[key.text] = key.line
        settings.append((key, value))
    return Section(tuple(settings), line, column)
