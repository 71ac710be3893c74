"""How does the core speak to people without knowing their language?

It hands over English patterns with named parameters. Whoever shows them translates the pattern by gettext and fills
in the parameters afterwards.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def gettext_noop(pattern: str) -> str:
    """Mark a pattern for the translation catalogue (`makemessages` knows this name) and return it unchanged."""
    return pattern


@dataclass(frozen=True)
class Sentence:
    """An English pattern with `%(name)s` places, and what belongs there."""

    pattern: str
    params: Mapping[str, object] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] = str) -> str:
        """Return the sentence in the language of `translate`, a gettext function; English without one."""
        return translate(self.pattern) % self.params

    def __str__(self) -> str:
        return self.text()
