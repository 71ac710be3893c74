"""Journeys go through a real browser, in the worlds that the tests of pages are made of."""

import pytest

from tests.pages.conftest import enter, make

__all__ = ["enter", "make", "tab"]


@pytest.fixture
def tab(make, live_server, browser, enter):
    """A browser page of an administrator, and what its console complained about."""
    member = make.member("administrator")
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    session = enter(member=member).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page, complaints = context.new_page(), []
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page, complaints
    context.close()
