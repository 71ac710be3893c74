"""One message says the right things, in the reader's language, and harmlessly."""

import base64
import hashlib
import re
import struct
import zlib
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
import segno
from babel.dates import format_date
from babel.numbers import format_currency
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iso11649

from amiable.core.money import to_major
from amiable.outreach.compose import phrases
from amiable.outreach.compose.design import DARK, LOOK, PHONE, contrast, for_preview, readable, stylesheet
from amiable.outreach.compose.formats import day, listed, money, money_markup, weekday
from amiable.outreach.compose.letter import House, Letter, Line, Person, plain, write
from amiable.outreach.compose.payment import Account, epc_payload, grouped, reference
from amiable.outreach.compose.placeholders import BLOCKS
from amiable.outreach.compose.qr import SOURCE, png, with_pictures_attached, with_pictures_inside
from amiable.outreach.compose.sandbox import compile_wording

TODAY = date(2026, 3, 11)
EUROS = Account("EUR", "Atelier Lumière SAS", "FR7630006000011234567890189", "AGRIFRPP")
POUNDS = Account("GBP", "Atelier Lumière SAS", "GB33BUKB20201555555555", "BUKBGB22")
HOUSE = House(
    "Atelier Lumière",
    "#1f5f4a",
    footer=("Atelier Lumière SAS", "75011 Paris"),
    accounts={"EUR": EUROS, "GBP": POUNDS},
)
EVERYTHING = compile_wording(
    "{{ first_item.number }} for {{ customer_name }}",
    "{{ greeting }},\n\n"
    + "\n\n".join("{{ " + name + " }}" for name in BLOCKS)
    + "\n\n{{ told_us }} {{ contact_name }}",
)


def line(number="FA-1", *, days_late=10, euros=100, currency="EUR", amount=None) -> Line:
    open_minor = euros * 100
    return Line(1, number, TODAY - timedelta(days=days_late), currency, open_minor, (amount or euros) * 100)


def letter(*lines: Line, **facts) -> Letter:
    standard = {
        "house": HOUSE,
        "language": "en",
        "as_of": TODAY,
        "customer_code": "C-0042",
        "customer_name": "Maison Petit",
        "contact_name": "Dominique Petit",
        "salutation": "",
        "signer": Person("Camille Martin", "Customer accounts", "+33 1 84 80 00 01", "camille@example.com"),
        "lines": list(lines),
        "paid": [],
        "also_open": [],
        "offers": [],
    }
    return Letter(**{**standard, **facts})


# Amounts and days


@settings(max_examples=300)
@given(
    amount_minor=st.integers(-(10**13), 10**13),
    currency=st.sampled_from(["EUR", "USD", "GBP", "JPY", "TND", "CHF", "MAD", "CLF", "XOF"]),
    language=st.sampled_from(list(phrases.LANGUAGES)),
)
def test_an_amount_reads_as_babel_would_write_it(amount_minor, currency, language):
    locale = phrases.phrases_in(language).LOCALE
    assert money(amount_minor, currency, language) == format_currency(
        to_major(amount_minor, currency), currency, locale=locale
    )


@settings(max_examples=50)
@given(on=st.dates(date(2020, 1, 2), date(2030, 1, 1)), language=st.sampled_from(list(phrases.LANGUAGES)))
def test_a_day_reads_as_babel_would_write_it(on, language):
    words = phrases.phrases_in(language)
    if language == "fr" and on.day == 1:
        assert day(on, on, language).startswith("1er ")
        return
    assert day(on, on, language) == format_date(on, "d MMMM", locale=words.LOCALE)
    assert weekday(on, language) == format_date(on, "EEEE d MMMM", locale=words.LOCALE)


def test_a_far_day_says_its_year():
    assert day(date(2024, 3, 6), TODAY, "en") == "6 March 2024"
    assert day(date(2026, 3, 6), TODAY, "en") == "6 March"


def test_amounts_in_html_are_the_same_in_ascii():
    assert money_markup("fr", "EUR")(123456).isascii()
    assert money_markup("fr", "EUR")(123456) == "1&#8239;234,56&#160;&#8364;"


def test_parts_are_listed_as_a_sentence_does():
    assert listed(["a"], "en") == "a"
    assert listed(["a", "b", "c"], "fr") == "a, b et c"


def test_every_language_has_the_same_phrases():
    def names(module):
        return {name: type(getattr(module, name)) for name in dir(module) if not name.startswith("_")}

    english = phrases.LANGUAGES["en"]
    for language, module in phrases.LANGUAGES.items():
        assert names(module) == names(english), language
        for name, value in vars(english).items():
            if isinstance(value, dict) and name != "SALUTATIONS" and not name.startswith("_"):
                assert getattr(module, name).keys() == value.keys()
            if isinstance(value, str) and not name.startswith("_"):
                assert set(re.findall(r"\{\w+", getattr(module, name))) == set(re.findall(r"\{\w+", value)), name


def test_an_unknown_language_is_never_written_in_another_one():
    with pytest.raises(phrases.LanguageUnknown, match="de"):
        write(letter(line(), language="de"), EVERYTHING)


# How to pay


def test_each_currency_has_its_own_bank_details():
    written = write(letter(line(euros=100), line("FA-2", euros=80, currency="GBP")), EVERYTHING)

    assert written.text.index("Bank details for EUR") < written.text.index(EUROS.grouped_iban)
    assert written.text.index("Bank details for GBP") < written.text.index(POUNDS.grouped_iban)
    assert len(SOURCE.findall(written.html)) == 1  # the EPC code is for euros only


def test_a_currency_without_an_account_never_shows_another_ones_details():
    written = write(letter(line(currency="USD")), EVERYTHING)

    assert "For payments in USD, please ask us" in written.text
    for content in (written.text, written.html):
        assert "IBAN" not in content
        assert "FR76" not in content
        assert "epc:" not in content


@settings(max_examples=200)
@given(
    code=st.text(min_size=1, max_size=64), numbers=st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=5)
)
def test_every_reference_is_a_valid_iso_11649_one(code, numbers):
    made = reference(code, "EUR", numbers)
    assert iso11649.is_valid(made)
    assert len(made) <= 25
    assert reference(code, "EUR", reversed(numbers)) == made


def test_another_selection_has_another_reference():
    assert reference("C-0042", "EUR", ["FA-1"]) != reference("C-0042", "EUR", ["FA-1", "FA-2"])
    assert reference("C-0042", "EUR", ["FA-1"])[4:9] == "C0042"


def test_the_qr_code_says_what_the_box_says():
    written = write(letter(line(euros=1234)), EVERYTHING)
    html, parts = with_pictures_attached(written.html)

    payload = epc_payload(EUROS, 123400, reference("C-0042", "EUR", ["FA-1"]))
    assert payload.split("\n") == [
        "BCD", "002", "1", "SCT", "AGRIFRPP", "Atelier Lumière SAS", EUROS.iban, "EUR1234.00", "",
        reference("C-0042", "EUR", ["FA-1"]),
    ]  # fmt: skip
    assert parts == [("qr1@amiable", png(payload))]
    assert 'src="cid:qr1@amiable"' in html
    assert "data:image/png;base64," in with_pictures_inside(written.html)


def test_the_picture_shows_the_modules_that_segno_computes():
    code = segno.make("BCD\n002", error="m", micro=False, mask=3, boost_error=False, encoding="utf-8")
    bordered = code.matrix_iter(scale=4, border=2)

    assert _pixels(png("BCD\n002")) == ["".join("0" if dark else "1" for dark in row) for row in bordered]


def _pixels(content: bytes) -> list[str]:
    """Return the rows of a one-bit grey PNG without row filters, 1 for white."""
    chunks, position = {}, 8
    while position < len(content):
        length, kind = struct.unpack(">I4s", content[position : position + 8])
        chunks[kind] = content[position + 8 : position + 8 + length]
        position += length + 12
    side, raw = struct.unpack(">I", chunks[b"IHDR"][:4])[0], zlib.decompress(chunks[b"IDAT"])
    width = (side + 7) // 8 + 1
    rows = [raw[n * width + 1 : (n + 1) * width] for n in range(side)]
    return [f"{int.from_bytes(row, 'big'):0{(width - 1) * 8}b}"[:side] for row in rows]


def test_an_iban_is_written_in_groups_of_four():
    assert grouped("FR7630006000011234567890189") == "FR76 3000 6000 0112 3456 7890 189"


def test_a_single_invoice_has_no_total_and_a_part_paid_one_shows_both_amounts():
    written = write(letter(line(euros=60, amount=100)), EVERYTHING)
    assert "Total" not in written.text
    assert "of &#163;" not in written.html
    assert "of &#8364;100.00" in written.html


def test_a_french_message_holds_no_english_label():
    written = write(
        letter(line(), line("FA-2"), language="fr", offers=["plan", "deferral", "question", "call_back"]), EVERYTHING
    )
    english = phrases.LANGUAGES["en"]
    words = [
        english.DUE + "<",
        english.OPEN,
        english.PAY_BY_TRANSFER,
        english.HOLDER,
        english.OPTIONS,
        english.NEXT_NOTHING,
    ]
    for word in words:
        assert word not in written.html + written.text


def test_whoever_may_only_ask_is_not_promised_a_way_to_settle():
    written = write(letter(line(), offers=["question"]), EVERYTHING)

    assert phrases.LANGUAGES["en"].OPTIONS not in written.text
    assert "a short reply to this e-mail is enough" in written.text


# Hostile facts

SCRIPT = '<script>alert("x")</script><img src=x onerror=alert(1)>'


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    "hostile", [SCRIPT, '" style="x" onload="y', "{{ 7 * 7 }}{% raw %}", "\x1aitems\x1a", "</title></p>"]
)
def test_html_in_imported_texts_is_shown_and_never_run(hostile):
    name = plain(hostile)  # as `gather` gives it
    evil = letter(
        line(name),
        house=replace(HOUSE, name=name, footer=(name, name), accounts={"EUR": replace(EUROS, holder=name)}),
        customer_name=name,
        contact_name=name,
        signer=Person(f"{name} x", name, f"1 {name}", name),
        told_us=name,
        customer_code=hostile,
    )
    innocent = write(letter(line(), told_us="Hello"), EVERYTHING)
    written = write(evil, EVERYTHING)

    seen, expected = Tags(written.html).found, Tags(innocent.html).found
    assert [tag for tag, _attributes in seen] == [tag for tag, _attributes in expected]
    assert not any(name.startswith("on") for _tag, attributes in seen for name in attributes)
    assert "49" not in written.subject
    assert len(Tags(for_preview(written.html)[0]).found) == len(seen)


def test_a_name_cannot_add_a_header_or_turn_the_subject_around():
    evil = letter(line(plain("FA-1\r\nBcc: everybody@example.com")), customer_name=plain("Petit\u202egro.live\u200b\n"))
    written = write(evil, EVERYTHING)

    assert written.subject == "FA-1 Bcc: everybody@example.com for Petitgro.live"
    mail = EmailMessage()
    mail["Subject"] = written.subject
    assert mail.keys() == ["Subject"]
    assert "\n" not in plain("a\u2028b\x85c\nd")


def test_letters_of_every_script_stay():
    assert plain("  Łódź  אבג 東京 Ωμέγα ") == "Łódź אבג 東京 Ωμέγα"


# The look


def test_the_mail_asks_nobody_for_anything():
    html = write(letter(line()), EVERYTHING).html
    addresses = [
        value for _tag, attributes in Tags(html).found for name, value in attributes.items() if name in ("src", "href")
    ]
    assert all(address.startswith(("epc:", "tel:", "mailto:")) for address in addresses)
    assert "url(" not in html
    assert "@import" not in html


def test_the_mail_is_ascii_and_small():
    html = write(letter(line(), language="fr"), EVERYTHING).html
    assert html.isascii()
    assert len(html) < 12_000  # Gmail cuts mails at 102 kB


def test_the_preview_has_no_inline_styles_and_names_its_style_block():
    html, digest = for_preview(write(letter(line()), EVERYTHING).html)

    assert " style=" not in html
    block = re.search(r"<style>(.*?)</style>", html, re.S)[1]
    assert digest == "sha256-" + base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()
    assert html.count("<style>") == 1
    for name in {found for _tag, attributes in Tags(html).found for found in attributes.get("class", "").split()}:
        assert f".{name}{{" in block
    assert block.index(".body{") < block.index("@media")


def test_every_class_has_a_look_and_braces_are_balanced():
    assert DARK.keys() | PHONE.keys() <= LOOK.keys()
    css = stylesheet("#1f5f4a")
    assert css.count("{") == css.count("}")


@settings(max_examples=50)
@given(colour=st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}"), on=st.sampled_from(["#ffffff", "#1b1f1c"]))
def test_links_can_be_read_in_every_brand_colour(colour, on):
    assert contrast(readable(colour, on=on), on) >= 4.5


@pytest.mark.parametrize(
    ("name", "salutation", "language", "greeting"),
    [
        ("", "", "en", "Hello"),
        ("Anna Berg", "", "en", "Dear Anna Berg"),
        ("Anna Berg", "Dr", "en", "Dear Dr Berg"),
        ("Marie de La Tour", "Mme", "fr", "Bonjour Madame de La Tour"),
        ("Dupont", "M.", "fr", "Bonjour Monsieur Dupont"),
        ("", "", "fr", "Bonjour"),
    ],
)
def test_people_are_addressed_as_they_wish(name, salutation, language, greeting):
    written = write(letter(line(), contact_name=name, salutation=salutation, language=language), EVERYTHING)
    assert written.text.startswith(f"{greeting},\n")
