"""Which parts of a template are tags, and which are words?

A tag holds no braces, and a comment at most 2,000 characters: without such bounds, a text of opening braces alone
would keep the search busy for minutes.
"""

import re

COMMENT = re.compile(r"\{#.{0,2000}?#\}", re.DOTALL)
SHOWN = re.compile(r"\{\{([^{}]*)\}\}")
TAG = re.compile(rf"{COMMENT.pattern}|{SHOWN.pattern}|\{{%[^{{}}]*%\}}", re.DOTALL)


def blank_tags(text: str) -> str:
    """Return the text with its tags as spaces, so that places stay the same."""
    return TAG.sub(lambda tag: " " * len(tag[0]), text)
