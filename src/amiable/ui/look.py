"""Which theme and which language does the reader want?

The theme is a cookie, so that the first paint is right without any script.
"""

from django.http import HttpRequest

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"


def theme(request: HttpRequest) -> str:
    """Return the theme that the reader chose; "auto" follows their system."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "auto"


def look(request: HttpRequest) -> dict:
    """Context processor: what the base page needs."""
    return {"theme": theme(request), "themes": THEMES}
