"""How do the parts of a message look that we write ourselves: items, totals, bank details, options, signature?

Each block has a text and an HTML form of the same facts, and is empty where it has nothing to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from .design import attributes
from .formats import day, money_format, weekday
from .payment import epc_payload, grouped_reference, reference
from .phrases import counted, phrases_in
from .qr import source

if TYPE_CHECKING:
    from .letter import Letter, Line

MOST_ALSO_OPEN = 5  # more would bury what the message is about

TABLE = f'<table role="presentation" cellpadding="0" cellspacing="0" border="0" {attributes("box")}>'
TABLE_SEAM = f"</table>{TABLE}"  # totals right below the items become part of their table
TD, TDR, SUB, LATE = (attributes(name) for name in ("td", "tdr", "sub", "late"))
SUM, SUMR, KEY, VALUE, P, CAP = (attributes(name) for name in ("sum", "sumr", "k", "v", "p", "cap"))


def totals(lines: Iterable[Line]) -> dict[str, int]:
    """Return what is open (or was paid) per currency, in the order in which the currencies appear."""
    sums: dict[str, int] = {}
    for line in lines:
        amount = line.amount_minor if line.paid_on else line.open_minor
        sums[line.currency] = sums.get(line.currency, 0) + amount
    return sums


def _when(letter: Letter, line: Line) -> tuple[str, bool]:
    """Say how far a due date is, and whether it has passed."""
    phrases = phrases_in(letter.language)
    age = (letter.as_of - line.due_on).days
    if age > 0:
        return counted(phrases.LATE, age, phrases), True
    return (counted(phrases.DUE_IN, -age, phrases) if age else phrases.DUE_TODAY), False


# Items


def items_text(letter: Letter) -> str:
    return _lines_text(letter, letter.lines)


def items_html(letter: Letter) -> str:
    return _table(letter, letter.lines) if letter.lines else ""


def also_open_text(letter: Letter) -> str:
    if not letter.also_open:
        return ""
    phrases = phrases_in(letter.language)
    more = len(letter.also_open) - MOST_ALSO_OPEN
    rest = [f"- {counted(phrases.AND_MORE, more, phrases)}"] if more > 0 else []
    return "\n".join([f"{phrases.ALSO_OPEN}{phrases.COLON}", _lines_text(letter, letter.also_open[:MOST_ALSO_OPEN]), *rest])


def also_open_html(letter: Letter) -> str:
    if not letter.also_open:
        return ""
    phrases = phrases_in(letter.language)
    more = len(letter.also_open) - MOST_ALSO_OPEN
    rest = f"<p {CAP}>{counted(phrases.AND_MORE, more, phrases)}</p>" if more > 0 else ""
    return f"<p {CAP}>{phrases.ALSO_OPEN}</p>{_table(letter, letter.also_open[:MOST_ALSO_OPEN])}{rest}"


def _lines_text(letter: Letter, lines: list[Line]) -> str:
    phrases, language, as_of = phrases_in(letter.language), letter.language, letter.as_of
    return "\n".join(
        "- "
        + phrases.TEXT_ITEM.format(
            number=line.number,
            due=day(line.due_on, as_of, language),
            when=_when(letter, line)[0],
            open=money_format(language, line.currency)(line.open_minor),
        )
        for line in lines
    )


def _table(letter: Letter, lines: list[Line]) -> str:
    phrases, language, as_of = phrases_in(letter.language), letter.language, letter.as_of
    head = (
        f"{TABLE}<tr><th {attributes('th')}>{phrases.INVOICE}</th><th {attributes('th')}>{phrases.DUE}</th>"
        f"<th {attributes('thr')}>{phrases.OPEN}</th></tr>"
    )
    rows = []
    for line in lines:
        when, late = _when(letter, line)
        write = money_format(language, line.currency)
        amount = write(line.open_minor)
        if line.open_minor != line.amount_minor:
            amount += f"<br><span {SUB}>{phrases.OF_AMOUNT.format(amount=write(line.amount_minor))}</span>"
        rows.append(
            f"<tr><td {TD}>{escape(line.number)}</td><td {TD}>{day(line.due_on, as_of, language)}<br>"
            f"<span {LATE if late else SUB}>{when}</span></td><td {TDR}>{amount}</td></tr>"
        )
    return f"{head}{''.join(rows)}</table>"


# Totals: nothing for a single item, which is its own total


def _sums(letter: Letter) -> list[tuple[str, str]]:
    if len(letter.lines) < 2:
        return []
    phrases, language = phrases_in(letter.language), letter.language
    sums = totals(letter.lines)
    return [
        (
            phrases.TOTAL if len(sums) == 1 else phrases.TOTAL_IN.format(currency=currency),
            money_format(language, currency)(amount),
        )
        for currency, amount in sums.items()
    ]


def totals_text(letter: Letter) -> str:
    return "\n".join(f"{label}{phrases_in(letter.language).COLON} {amount}" for label, amount in _sums(letter))


def totals_html(letter: Letter) -> str:
    rows = "".join(
        f'<tr><td colspan="2" {SUM}>{label}</td><td {SUMR}>{amount}</td></tr>' for label, amount in _sums(letter)
    )
    return f"{TABLE}{rows}</table>" if rows else ""


# What was paid


def paid_text(letter: Letter) -> str:
    phrases, language = phrases_in(letter.language), letter.language
    return "\n".join(
        "- "
        + phrases.TEXT_PAID.format(
            number=line.number,
            paid=day(line.paid_on or letter.as_of, letter.as_of, language),
            amount=money_format(language, line.currency)(line.amount_minor),
        )
        for line in letter.paid
    )


def paid_html(letter: Letter) -> str:
    if not letter.paid:
        return ""
    phrases, language = phrases_in(letter.language), letter.language
    rows = "".join(
        f"<tr><td {TD}>{escape(line.number)}</td><td {TD}>{day(line.paid_on or letter.as_of, letter.as_of, language)}</td>"
        f"<td {TDR}>{money_format(language, line.currency)(line.amount_minor)}</td></tr>"
        for line in letter.paid
    )
    return (
        f"{TABLE}<tr><th {attributes('th')}>{phrases.INVOICE}</th><th {attributes('th')}>{phrases.PAID}</th>"
        f"<th {attributes('thr')}>{phrases.AMOUNT}</th></tr>{rows}</table>"
    )


# How to pay: one box per currency, each with the details of that currency or a request to ask for them


def _transfers(letter: Letter) -> list[tuple[str, list[tuple[str, str]], str | None]]:
    """Return per currency: a heading, the details, and the content of a QR code; no details where we have none."""
    phrases, language = phrases_in(letter.language), letter.language
    sums = totals(letter.lines)
    found: list[tuple[str, list[tuple[str, str]], str | None]] = []
    for currency, amount in sums.items():
        account = letter.house.accounts.get(currency)
        if account is None:
            found.append((phrases.NO_ACCOUNT.format(currency=currency), [], None))
            continue
        plain = reference(letter.customer_code, currency, [ln.number for ln in letter.lines if ln.currency == currency])
        details = [
            (phrases.TO_PAY, money_format(language, currency)(amount)),
            (phrases.HOLDER, account.holder),
            (phrases.IBAN, account.grouped_iban),
            (phrases.BIC, account.bic),
            (phrases.BANK, "" if account.bic else account.bank_name),
            (phrases.REFERENCE, grouped_reference(plain)),
        ]
        heading = phrases.PAY_BY_TRANSFER if len(sums) == 1 else phrases.PAY_IN.format(currency=currency)
        found.append((heading, [detail for detail in details if detail[1]], epc_payload(account, amount, plain)))
    return found


def payment_text(letter: Letter) -> str:
    parts = []
    for heading, details, _code in _transfers(letter):
        width = max((len(key) for key, _value in details), default=0)
        parts.append("\n".join([heading, *(f"  {key:{width}}  {value}" for key, value in details)]))
    return "\n\n".join(parts)


def payment_html(letter: Letter) -> str:
    phrases = phrases_in(letter.language)
    parts = []
    for heading, details, code in _transfers(letter):
        if not details:
            parts.append(f"<p {P}>{escape(heading)}</p>")
            continue
        rows = "".join(f"<div {KEY}>{key}</div><div {VALUE}>{escape(value)}</div>" for key, value in details)
        picture = (
            f'<td {attributes("payq")}><img src="{source(code)}" width="132" height="132" alt="{phrases.QR_ALT}" '
            f"{attributes('qr')}><div {attributes('hint')}>{phrases.QR_HINT}</div></td>"
            if code
            else ""
        )
        parts.append(
            f'<table role="presentation" cellpadding="0" cellspacing="0" border="0" {attributes("pay")}><tr>'
            f"<td {attributes('payd')}><div {attributes('payh')}>{escape(heading)}</div>{rows}</td>{picture}</tr></table>"
        )
    return "".join(parts)


# What is possible, what comes next, who writes


def options_text(letter: Letter) -> str:
    phrases = phrases_in(letter.language)
    offers = [phrases.OFFERS[offer] for offer in letter.offers]
    return "\n".join([phrases.OPTIONS, *(f"- {offer}" for offer in offers), phrases.OPTIONS_HOW]) if offers else ""


def options_html(letter: Letter) -> str:
    phrases = phrases_in(letter.language)
    rows = "".join(f"<li {attributes('li')}>{phrases.OFFERS[offer]}</li>" for offer in letter.offers)
    if not rows:
        return ""
    return f"<p {P}>{phrases.OPTIONS}</p><ul {attributes('ul')}>{rows}</ul><p {P}>{phrases.OPTIONS_HOW}</p>"


def next_text(letter: Letter) -> str:
    phrases = phrases_in(letter.language)
    if letter.next_step and letter.next_step_on:
        return phrases.NEXT.format(
            step=phrases.NEXT_STEPS[letter.next_step], day=weekday(letter.next_step_on, letter.language)
        )
    return phrases.NEXT_NOTHING


def next_html(letter: Letter) -> str:
    return f"<p {P}>{next_text(letter)}</p>"


def signature_text(letter: Letter) -> str:
    signer = letter.signer
    house = ", ".join(part for part in (signer.title, letter.house.name) if part)
    reach = " · ".join(part for part in (signer.phone, signer.email) if part)
    return "\n".join(line for line in (signer.name, house if signer.name != letter.house.name else "", reach) if line)


def signature_html(letter: Letter) -> str:
    signer, link = letter.signer, attributes("a", letter.house.brand)
    house = ", ".join(escape(part) for part in (signer.title, letter.house.name) if part)
    digits = "".join(sign for sign in signer.phone if sign in "+0123456789")
    reach = [f'<a href="tel:{digits}" {link}>{escape(signer.phone)}</a>'] if digits else []
    reach += [f'<a href="mailto:{escape(signer.email)}" {link}>{escape(signer.email)}</a>'] if signer.email else []
    lines = [f"<span {attributes('who')}>{escape(signer.name)}</span>"] if signer.name else []
    lines += [house] if signer.name != letter.house.name else []
    lines += ["<br>".join(reach)] if reach else []
    return f"<div {attributes('sign')}>{'<br>'.join(lines)}</div>"
