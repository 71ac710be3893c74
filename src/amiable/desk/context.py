"""What does the frame around every page show?"""

from django.http import HttpRequest

from amiable.desk.navigation import places
from amiable.organisation.access import Act, may

CAN = {  # what templates ask before they offer it: {% if can.hold %}
    "audit": Act.SEE_AUDIT,
    "close": Act.CLOSE_TASKS,
    "edit": Act.EDIT_CUSTOMERS,
    "export": Act.EXPORT,
    "hold": Act.HOLD,
    "import": Act.IMPORT,
    "log": Act.LOG_CONTACT,
    "note": Act.WRITE_NOTES,
    "outbox": Act.SEE_OUTBOX,
    "policy": Act.EDIT_POLICY,
    "release": Act.RELEASE_OUTBOX,
    "send": Act.SEND,
    "settings": Act.MANAGE_SETTINGS,
    "templates": Act.EDIT_TEMPLATES,
}


def workplace(request: HttpRequest) -> dict:
    """Context processor: creditor, day and places, for signed-in members."""
    if not getattr(request, "user", None) or not request.user.is_authenticated or not hasattr(request, "desk"):
        return {}
    return {
        "desk": request.desk,
        "places": places(request),
        "can": {word: may(request.user, act) for word, act in CAN.items()},
    }
