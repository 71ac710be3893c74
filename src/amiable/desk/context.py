"""What does the frame around every page show?"""

from django.http import HttpRequest

from amiable.desk.navigation import places


def workplace(request: HttpRequest) -> dict:
    """Context processor: creditor, day and places, for signed-in members."""
    if not getattr(request, "user", None) or not request.user.is_authenticated or not hasattr(request, "desk"):
        return {}
    return {"desk": request.desk, "places": places(request)}
