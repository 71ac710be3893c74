"""How does a page say what just happened, and offer to undo it?"""

from django.contrib import messages
from django.http import HttpRequest


def toast(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Show a line on the next page or fragment; `undo` is the address to which a POST undoes it."""
    messages.success(request, text, extra_tags=undo)
