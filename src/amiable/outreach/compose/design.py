"""How does a mail look?

Every rule stands once, in `LOOK`, and is written into the elements themselves with its class, since mail clients
drop style blocks or read only parts of them; the `<style>` block holds what differs in the dark and on a phone.
The desk shows mails under a content security policy without inline styles: `for_preview` turns what the elements
carry into rules for their classes, so a mail of last year still looks as it was sent.
"""

import base64
import hashlib
import re
from functools import lru_cache
from html import escape, unescape

from .qr import with_pictures_inside

SANS = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
HEADING = "padding:0 0 8px;border-bottom:1px solid #e4e6e2;font-size:13px;font-weight:500;color:#68706b"

LOOK = {  # class → declarations; {brand} is the creditor's colour
    "body": f"margin:0;padding:0;background:#f3f4f2;font-family:{SANS}",
    "out": "padding:32px 12px",
    "card": "width:100%;max-width:600px;background:#ffffff;border-radius:14px;border:1px solid #e4e6e2",
    "head": "padding:28px 40px 0",
    "mark": "width:34px;height:34px;border-radius:9px;background:{brand};color:{on_brand};font-weight:700;"
    "font-size:16px;line-height:34px;text-align:center",
    "name": "padding-left:12px;font-size:16px;font-weight:600;color:#1c211e",
    "main": "padding:22px 40px 36px;color:#2b312d;font-size:16px;line-height:1.6",
    "p": "margin:0 0 16px",
    "box": "width:100%;margin:6px 0 22px;border-collapse:collapse",
    "th": f"{HEADING};text-align:left",
    "thr": f"{HEADING};text-align:right",
    "td": "padding:11px 12px 11px 0;border-bottom:1px solid #eef0ed;font-size:15px;line-height:1.4;vertical-align:top",
    "tdr": "padding:11px 0;border-bottom:1px solid #eef0ed;font-size:15px;line-height:1.4;vertical-align:top;"
    "text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums",
    "sub": "font-size:13px;color:#68706b",
    "late": "font-size:13px;color:#8a5a12",
    "sum": "padding:12px 12px 0 0;font-size:15px;font-weight:600;color:#1c211e",
    "sumr": "padding:12px 0 0;font-size:17px;font-weight:600;color:#1c211e;text-align:right;white-space:nowrap;"
    "font-variant-numeric:tabular-nums",
    "cap": "margin:0 0 8px;font-size:13px;font-weight:500;color:#68706b",
    "pay": "width:100%;margin:6px 0 22px;background:#f6f8f5;border-radius:10px;border-collapse:separate",
    "payd": "padding:20px 8px 6px 22px;vertical-align:top",
    "payq": "width:132px;padding:20px 22px 18px 8px;vertical-align:top;text-align:center",
    "payh": "padding-bottom:12px;font-size:15px;font-weight:600;line-height:1.4;color:#1c211e",
    "k": "font-size:13px;line-height:1.4;color:#68706b",
    "v": "padding-bottom:10px;font-size:15px;line-height:1.4;color:#1c211e;font-variant-numeric:tabular-nums",
    "qr": "display:block;width:132px;height:132px;background:#ffffff;border-radius:6px",
    "hint": "padding-top:6px;font-size:12px;line-height:1.35;color:#68706b",
    "ul": "margin:0 0 16px;padding:0 0 0 20px",
    "li": "margin:0 0 5px",
    "sign": "margin:22px 0 0;padding:18px 0 0;border-top:1px solid #eef0ed;font-size:15px;line-height:1.5;"
    "color:#2b312d",
    "who": "font-weight:600;color:#1c211e",
    "a": "color:{link};text-decoration:none",
    "foot": "width:100%;max-width:600px",
    "fine": "padding:18px 40px 8px;font-size:12px;line-height:1.55;color:#68706b",
}
DARK = {  # what changes where the reader prefers dark
    "body": "background:#121513",
    "card": "background:#1b1f1c;border-color:#2c322e",
    "name": "color:#f0f3f0",
    "main": "color:#dde2de",
    "th": "color:#9aa39d;border-color:#343b36",
    "thr": "color:#9aa39d;border-color:#343b36",
    "td": "border-color:#2a302c",
    "tdr": "border-color:#2a302c",
    "sub": "color:#9aa39d",
    "late": "color:#e2b36b",
    "sum": "color:#f0f3f0",
    "sumr": "color:#f0f3f0",
    "cap": "color:#9aa39d",
    "pay": "background:#232925",
    "payh": "color:#f0f3f0",
    "k": "color:#9aa39d",
    "v": "color:#f0f3f0",
    "hint": "color:#9aa39d",
    "sign": "border-color:#2a302c;color:#dde2de",
    "who": "color:#f0f3f0",
    "a": "color:{link_dark}",
    "fine": "color:#9aa39d",
}
PHONE = {  # up to 480 px wide
    "out": "padding:0 0 24px",
    "card": "border-radius:0;border-width:0 0 1px",
    "head": "padding:22px 20px 0",
    "main": "padding:18px 20px 28px",
    "payd": "display:block;padding:18px 18px 0",
    "payq": "display:block;width:auto;padding:4px 18px 18px;text-align:left",
    "fine": "padding:16px 20px 8px",
}

STYLED = re.compile(r'class="([a-z]+)" style="([^"]*)"')
STYLE_BLOCK = re.compile(r"<style>(.*?)</style>", re.S)


def safe(text: str) -> str:
    """Escape a text for HTML, in ASCII alone: it survives every mail relay, and is stored several times faster."""
    escaped = escape(text)
    return escaped if escaped.isascii() else in_ascii(escaped)


def in_ascii(html: str) -> str:
    """Write what is not ASCII as character references."""
    return html.encode("ascii", "xmlcharrefreplace").decode("ascii")


@lru_cache(maxsize=256)
def attributes(name: str, brand: str = "") -> str:
    """Return the class and inline style of an element; `brand` is needed where the look uses it."""
    return f'class="{name}" style="{_coloured(LOOK[name], brand)}"'


@lru_cache(maxsize=64)
def stylesheet(brand: str) -> str:
    """Return the text of the `<style>` block for a creditor's colour."""
    dark, phone = _rules(DARK, brand), _rules(PHONE, brand)
    scheme = ":root{color-scheme:light dark}"
    return f"{scheme}@media (prefers-color-scheme:dark){{{dark}}}@media (max-width:480px){{{phone}}}"


def _rules(looks: dict[str, str], brand: str) -> str:
    """Write one rule per distinct look, for all the classes that have it."""
    classes: dict[str, list[str]] = {}
    for name, look in looks.items():
        classes.setdefault(_important(_coloured(look, brand)), []).append(f".{name}")
    return "".join(f"{','.join(names)}{{{look}}}" for look, names in classes.items())


def _important(declarations: str) -> str:
    return ";".join(f"{one}!important" for one in declarations.split(";"))


def _coloured(declarations: str, brand: str) -> str:
    if "{" not in declarations:
        return declarations
    return declarations.format(
        brand=brand,
        on_brand="#ffffff" if contrast(brand, "#ffffff") >= 3 else "#1c211e",
        link=readable(brand, on="#ffffff"),
        link_dark=readable(brand, on="#1b1f1c"),
    )


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in (channel / 255 for channel in _rgb(colour))
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@lru_cache(maxsize=256)
def readable(colour: str, *, on: str) -> str:
    """Return the colour, moved towards black or white until text in it can be read (contrast 4.5)."""
    target = 0 if contrast(on, "#ffffff") < contrast(on, "#000000") else 255
    red, green, blue = _rgb(colour)
    for step in range(21):
        mixed = "#" + "".join(f"{round(part + (target - part) * step / 20):02x}" for part in (red, green, blue))
        if contrast(mixed, on) >= 4.5:
            return mixed
    return mixed


def opening(*, language: str, brand: str, creditor_name: str) -> tuple[str, str]:
    """Return the page up to the subject, and from behind it up to the words; the same for a whole run."""
    initial = safe(creditor_name[:1].upper())
    before = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        '<meta name="format-detection" content="telephone=no,date=no,address=no,email=no"><title>'
    )
    after = (
        f"</title><style>{stylesheet(brand)}</style></head><body {attributes('body')}>"
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">'
        f'<tr><td align="center" {attributes("out")}>'
        '<!--[if mso]><table role="presentation" width="600"><tr><td><![endif]-->'
        f'<table role="presentation" cellpadding="0" cellspacing="0" border="0" {attributes("card")}>'
        f'<tr><td {attributes("head")}><table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>'
        f"<td {attributes('mark', brand)}>{initial}</td><td {attributes('name')}>{safe(creditor_name)}</td>"
        f"</tr></table></td></tr><tr><td {attributes('main')}>"
    )
    return before, after


def closing(*, creditor_lines: list[str]) -> tuple[str, str]:
    """Return the page from behind the words up to the footer's sentence, and from behind it to the end."""
    before = (
        "</td></tr></table>"
        f'<table role="presentation" cellpadding="0" cellspacing="0" border="0" {attributes("foot")}>'
        f"<tr><td {attributes('fine')}>"
    )
    lines = "".join(f"<br>{safe(line)}" for line in creditor_lines)
    after = f"{lines}</td></tr></table><!--[if mso]></td></tr></table><![endif]--></td></tr></table></body></html>"
    return before, after


def for_preview(html: str) -> tuple[str, str]:
    """Return the mail with its styles in the style block alone and its pictures inside, and the hash of that block.

    The hash has the form that a content security policy wants: `sha256-…`. No text of others is mistaken for a
    style, since every quotation mark in it is escaped.
    """
    rules = "".join(f".{name}{{{unescape(look)}}}" for name, look in dict(STYLED.findall(html)).items())
    html = STYLED.sub(r'class="\1"', html)
    block = rules + (found[1] if (found := STYLE_BLOCK.search(html)) else "")
    html = STYLE_BLOCK.sub("", html, count=1).replace("</head>", f"<style>{block}</style></head>", 1)
    digest = hashlib.sha256(block.encode()).digest()
    return with_pictures_inside(html), "sha256-" + base64.b64encode(digest).decode()
