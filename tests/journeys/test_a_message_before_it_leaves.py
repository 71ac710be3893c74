"""Reading a message before it leaves, wording it unkindly, then kindly, holding it and letting it go."""

import pytest

from tests.apps.mail_server import written

KIND = """Hello Anne,

our invoice F-1 over 900.00 EUR was due on 1 March. If it is on its way already, thank you, and please disregard this.

You can pay by transfer to FR76 3000 6000 0112 3456 7890 189. If anything stands in the way, just reply: we will find
a way together, for instance in instalments.

Kind regards
Camille Martin"""
REFUSED = "Failed to load resource: the server responded with a status of 422"


@pytest.mark.browser
def test_a_message_is_read_reworded_held_and_released(transactional_db, make, tab):
    customer = make.customer("Ateliers Duval")
    invoice = make.invoice(customer, due="10 days ago", amount="900.00", number="F-1")
    message = written(make, make.contact(customer, name="Anne Duval"), about=(invoice,))
    page, complaints = tab

    page.goto("/outbox/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/outbox/{message.pk}/")
    assert page.frame_locator("iframe.mail").get_by_text("your invoice is open.").is_visible()

    page.keyboard.press("e")
    page.wait_for_url("**/edit/")
    page.get_by_label("Text").fill(f"{KIND}\n\nPay now or we will sue you!!!")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="The tone guard").wait_for()
    assert page.locator(".finding.is-refused").first.is_visible()
    page.get_by_label("Text").fill(KIND)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("says it in your words now").wait_for()
    assert page.frame_locator("iframe.mail").get_by_text("for instance in instalments").is_visible()

    page.keyboard.press("h")
    page.get_by_role("button", name="Release").wait_for()
    message.refresh_from_db()
    assert message.status == "held"
    page.keyboard.press("h")
    page.get_by_role("button", name="Hold").wait_for()
    message.refresh_from_db()
    assert (message.status, message.text) == ("ready", KIND)
    assert [line for line in complaints if not line.startswith(REFUSED)] == []
