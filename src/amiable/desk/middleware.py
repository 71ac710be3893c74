"""What does every page of the desk know? The creditor one works for, the moment, and the day it is there."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from amiable.organisation import clock
from amiable.organisation.queries import creditors

CREDITOR_KEY = "creditor"  # in the session: the creditor that a member chose last


class Desk:
    """What a request asks once, when it first needs it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def creditors(self) -> list:
        """Every creditor of this installation."""
        return creditors()

    @cached_property
    def creditor(self):
        """The one that the member works for now; None before the first import."""
        chosen = self._request.session.get(CREDITOR_KEY)
        return next((c for c in self.creditors if c.pk == chosen), self.creditors[0] if self.creditors else None)

    @cached_property
    def now(self) -> datetime:
        """The present moment."""
        return clock.now()

    @cached_property
    def day(self) -> date:
        """Today, where the creditor is."""
        return clock.today(self.creditor) if self.creditor else self.now.date()


class Workplace:
    """Gives each request `creditor`, `day` and `now`, and each member their own language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.desk = Desk(request)
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)
