"""Who comes in?"""

import pytest
from django.urls import reverse

SIGN_IN = "/accounts/login/"


def test_with_nobody_yet_the_page_tells_how_to_create_the_first_administrator(client, make):
    assert "amiable member add" in client.get(SIGN_IN).content.decode()


def test_with_a_member_it_does_not(client, make):
    make.member()
    assert "amiable member add" not in client.get(SIGN_IN).content.decode()


def test_a_member_signs_in_and_stands_before_today(client, make):
    make.creditor()
    member = make.member("collector")
    answer = client.post(SIGN_IN, {"login": member.email, "password": make.password}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("desk:today")
    assert "What needs me now?" in answer.content.decode()


def test_a_wrong_password_says_so_without_telling_whether_the_member_exists(client, make):
    member = make.member()
    known = client.post(SIGN_IN, {"login": member.email, "password": "not-this-one"}).context["form"].errors
    unknown = client.post(SIGN_IN, {"login": "nobody@x.example", "password": "not-this-one"}).context["form"].errors
    assert known == unknown


def test_guessing_passwords_is_stopped_even_with_the_right_one(client, make):
    member = make.member()
    for _attempt in range(5):
        client.post(SIGN_IN, {"login": member.email, "password": "guess"})
    answer = client.post(SIGN_IN, {"login": member.email, "password": make.password})
    assert answer.status_code in (200, 429)
    assert "_auth_user_id" not in client.session


def test_nobody_signs_up(client, make):
    answer = client.post("/accounts/signup/", {"email": "me@x.example", "password1": "a-quiet-river-42"})
    assert "_auth_user_id" not in client.session
    assert answer.status_code in (200, 403)


@pytest.mark.parametrize(
    "path", ["/accounts/password/reset/", "/accounts/2fa/", "/accounts/password/change/", "/accounts/logout/"]
)
def test_the_pages_around_signing_in_wear_our_look(path, make, enter):
    make.creditor()
    member = make.member()
    member.emailaddress_set.create(email=member.email, verified=True, primary=True)
    client = enter(member=member)
    if path.endswith("reset/"):
        client.logout()
    page = client.get(path, follow=True).content.decode()
    assert "ui/tokens.css" in page
    assert "Menu:" not in page


def test_a_member_reads_in_their_own_language_on_every_device(client, make, enter):
    make.creditor()
    member = make.member(language="en")
    here = enter(member=member)
    here.post(reverse("desk:language"), {"language": "fr", "next": "/"})
    elsewhere = enter(member=member)
    assert '<html lang="fr"' in elsewhere.get("/").content.decode()


def test_a_choice_of_language_never_leads_to_another_site(client, make):
    answer = client.post(reverse("desk:language"), {"language": "fr", "next": "https://evil.example/"})
    assert answer.url == "/"


def test_the_theme_is_right_from_the_first_paint(client, make):
    client.post(reverse("desk:theme"), {"theme": "dark", "next": SIGN_IN})
    assert 'data-theme="dark"' in client.get(SIGN_IN).content.decode()


def test_an_empty_house_says_how_to_begin(enter):
    page = enter().get("/").content.decode()
    assert "There is nothing here yet." in page
