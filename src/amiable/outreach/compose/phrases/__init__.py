"""Which words of our own stand in a message?

One file per language, all with the same names; a test compares them, so no message falls back to another
language. Adding a language is adding a file and its line in `LANGUAGES`.
"""

from types import ModuleType

from . import en, fr

LANGUAGES: dict[str, ModuleType] = {"en": en, "fr": fr}


class LanguageUnknown(LookupError):
    """Nobody has written the phrases of this language."""

    def __init__(self, language: str) -> None:
        super().__init__(f"no phrases for the language {language!r}; there are {', '.join(LANGUAGES)}")


def phrases_in(language: str) -> ModuleType:
    """Return the phrases of one language; raise `LanguageUnknown` rather than speak another one."""
    try:
        return LANGUAGES[language]
    except KeyError:
        raise LanguageUnknown(language) from None


def counted(forms: tuple[str, str], count: int, phrases: ModuleType) -> str:
    """Choose the singular or the plural of a phrase and fill in the count."""
    return forms[phrases.is_plural(count)].format(count=count)
