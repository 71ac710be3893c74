"""What is wrong with a policy's text, and where?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from amiable.core.sentence import Sentence, gettext_noop

DID_YOU_MEAN = gettext_noop("Did you mean '%(word)s'?")
WRITE = gettext_noop("Write for example: %(example)s")
CHOOSE = gettext_noop("Choose from: %(choices)s.")
_AT_LINE = gettext_noop("Line %(line)s: %(reason)s")


@dataclass(frozen=True)
class PolicyError:
    """One thing that cannot be understood, at a line and column that both count from 1."""

    line: int
    column: int
    reason: Sentence
    suggestion: Sentence | None = None

    def text(self, translate: Callable[[str], str] = str) -> str:
        """Return "Line 14: … Did you mean …?" in the language of `translate`, a gettext function."""
        told = Sentence(_AT_LINE, {"line": self.line, "reason": self.reason.text(translate)}).text(translate)
        return f"{told} {self.suggestion.text(translate)}" if self.suggestion else told

    def __str__(self) -> str:
        return self.text()


class PolicyErrors(ValueError):
    """A policy's text cannot be used; `errors` holds everything that was found, in the order of the text."""

    def __init__(self, errors: Iterable[PolicyError]) -> None:
        self.errors = tuple(sorted(errors, key=lambda error: (error.line, error.column)))
        super().__init__("\n".join(str(error) for error in self.errors))
