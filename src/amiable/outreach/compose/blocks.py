"""How do the parts of a message look that we write ourselves: items, totals, bank details, options, signature?

Each block gives its plain text and its HTML together, made from the same facts, and both are empty where it has
nothing to say. A day has a hundred thousand of them: what does not change from message to message is made once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from .design import attributes, safe
from .formats import day, money_format, money_markup, weekday
from .payment import Account, epc_payload, grouped, reference
from .phrases import counted, phrases_in
from .qr import source

if TYPE_CHECKING:
    from .letter import Letter, Line, Person

MOST_ALSO_OPEN = 5  # more would bury what the message is about

LAYOUT = 'role="presentation" cellpadding="0" cellspacing="0" border="0"'
TABLE = f'<table cellpadding="0" cellspacing="0" border="0" {attributes("box")}>'  # real tables of facts, no layout
TABLE_SEAM = f"</table>{TABLE}"  # totals right below the items become part of their table
TD, TDR, SUB, LATE = (attributes(name) for name in ("td", "tdr", "sub", "late"))
TH, THR, SUM, SUMR, P, CAP = (attributes(name) for name in ("th", "thr", "sum", "sumr", "p", "cap"))

Block = tuple[str, str]  # plain text, HTML
NOTHING: Block = ("", "")


def totals_of(lines: Iterable[Line]) -> dict[str, int]:
    """Return what is open (or was paid) per currency, in the order in which the currencies appear."""
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.currency] = sums.get(line.currency, 0) + (line.amount_minor if line.paid_on else line.open_minor)
    return sums


@lru_cache(maxsize=4096)
def _due(due_on: date, as_of: date, language: str) -> tuple[str, str, str]:
    """Return a due date in words, how far it is, and both as a table cell; one that has passed stands out a little."""
    phrases, age = phrases_in(language), (as_of - due_on).days
    if age > 0:
        when, look = counted(phrases.LATE, age, phrases), LATE
    else:
        when, look = counted(phrases.DUE_IN, -age, phrases) if age else phrases.DUE_TODAY, SUB
    due = day(due_on, as_of, language)
    return due, when, f"<td {TD}>{safe(due)}<br><span {look}>{safe(when)}</span></td>"


@lru_cache(maxsize=64)
def _head(*titles: str) -> str:
    *first, last = titles
    cells = "".join(f'<th scope="col" {TH}>{safe(title)}</th>' for title in first)
    return f'{TABLE}<tr>{cells}<th scope="col" {THR}>{safe(last)}</th></tr>'


def items(letter: Letter) -> Block:
    """Write the invoices that the message asks for."""
    return _table(letter, letter.lines)


def also_open(letter: Letter) -> Block:
    """Write, for information, what is open and not due yet."""
    if not letter.also_open:
        return NOTHING
    phrases = phrases_in(letter.language)
    text, html = _table(letter, letter.also_open[:MOST_ALSO_OPEN])
    text = f"{phrases.ALSO_OPEN}{phrases.COLON}\n{text}"
    html = f"<p {CAP}>{safe(phrases.ALSO_OPEN)}</p>{html}"
    if (more := len(letter.also_open) - MOST_ALSO_OPEN) > 0:
        rest = counted(phrases.AND_MORE, more, phrases)
        return f"{text}\n- {rest}", f"{html}<p {CAP}>{safe(rest)}</p>"
    return text, html


def _table(letter: Letter, lines: list[Line]) -> Block:
    if not lines:
        return NOTHING
    language, as_of = letter.language, letter.as_of
    phrases = phrases_in(language)
    texts, rows = [], [_head(phrases.INVOICE, phrases.DUE, phrases.OPEN)]
    for line in lines:
        number, currency, open_minor = line.number, line.currency, line.open_minor
        due, when, cell = _due(line.due_on, as_of, language)
        amount = money_format(language, currency)(open_minor)
        texts.append(phrases.TEXT_ITEM.format(number=number, due=due, when=when, open=amount))
        shown = money_markup(language, currency)(open_minor)
        if open_minor != line.amount_minor:
            whole = money_markup(language, currency)(line.amount_minor)
            shown = f"{shown}<br><span {SUB}>{phrases.OF_AMOUNT.format(amount=whole)}</span>"
        rows.append(f"<tr><td {TD}>{safe(number)}</td>{cell}<td {TDR}>{shown}</td></tr>")
    rows.append("</table>")
    return "\n".join(texts), "".join(rows)


def totals(letter: Letter) -> Block:
    """Write the total per currency; a single item is its own total."""
    if len(letter.lines) < 2:
        return NOTHING
    phrases, language = phrases_in(letter.language), letter.language
    sums = totals_of(letter.lines)
    texts, rows = [], []
    for currency, minor in sums.items():
        label = phrases.TOTAL if len(sums) == 1 else phrases.TOTAL_IN.format(currency=currency)
        amount = money_format(language, currency)(minor)
        texts.append(f"{label}{phrases.COLON} {amount}")
        rows.append(
            f'<tr><td colspan="2" {SUM}>{safe(label)}</td>'
            f"<td {SUMR}>{money_markup(language, currency)(minor)}</td></tr>"
        )
    return "\n".join(texts), f"{TABLE}{''.join(rows)}</table>"


def paid_items(letter: Letter) -> Block:
    """Write the invoices that were just paid."""
    if not letter.paid:
        return NOTHING
    language, as_of = letter.language, letter.as_of
    phrases = phrases_in(language)
    texts, rows = [], [_head(phrases.INVOICE, phrases.PAID, phrases.AMOUNT)]
    for line in letter.paid:
        paid = day(line.paid_on or as_of, as_of, language)
        amount = money_format(language, line.currency)(line.amount_minor)
        shown = money_markup(language, line.currency)(line.amount_minor)
        texts.append(phrases.TEXT_PAID.format(number=line.number, paid=paid, amount=amount))
        rows.append(f"<tr><td {TD}>{safe(line.number)}</td><td {TD}>{safe(paid)}</td><td {TDR}>{shown}</td></tr>")
    rows.append("</table>")
    return "\n".join(texts), "".join(rows)


# How to pay: one box per currency, each with the details of that currency or a request to ask for them


def payment(letter: Letter) -> Block:
    """Write how to pay: one box of bank details per currency, never those of another one."""
    phrases, language = phrases_in(letter.language), letter.language
    sums = totals_of(letter.lines)
    texts, boxes = [], []
    for currency, minor in sums.items():
        account = letter.house.accounts.get(currency)
        if account is None:
            sentence = phrases.NO_ACCOUNT.format(currency=currency)
            texts.append(sentence)
            boxes.append(f"<p {P}>{safe(sentence)}</p>")
            continue
        numbers = [line.number for line in letter.lines if line.currency == currency]
        plain = reference(letter.customer_code, currency, numbers)
        frame = _box(account, language, len(sums) == 1)
        amount, told = money_format(language, currency)(minor), grouped(plain)
        texts.append(frame.text.format(amount=amount, reference=told))
        code = epc_payload(account, minor, plain)
        picture = f"{frame.before_code}{source(code)}{frame.behind_code}" if code else ""
        details = f"{frame.before_amount}{money_markup(language, currency)(minor)}{frame.before_reference}{told}"
        boxes.append(f"{details}{frame.end}{picture}</tr></table>")
    return "\n\n".join(texts), "".join(boxes)


class _Box:
    """The box of one account in one language: everything but the amount, the reference and the QR code."""

    def __init__(self, account: Account, language: str, alone: bool) -> None:
        phrases = phrases_in(language)
        heading = phrases.PAY_BY_TRANSFER if alone else phrases.PAY_IN.format(currency=account.currency)
        fixed = [
            (phrases.HOLDER, account.holder),
            (phrases.IBAN, account.grouped_iban),
            (phrases.BIC, account.bic),
            (phrases.BANK, "" if account.bic else account.bank_name),
        ]
        fixed = [(label, value) for label, value in fixed if value]
        width = max(len(label) for label, _value in [*fixed, (phrases.REFERENCE, ""), (phrases.TO_PAY, "")])
        kept = [(label, value.replace("{", "{{").replace("}", "}}")) for label, value in fixed]
        lines = [(phrases.TO_PAY, "{amount}"), *kept, (phrases.REFERENCE, "{reference}")]
        self.text = "\n".join([heading, *(f"  {label:{width}}  {value}" for label, value in lines)])

        key, value = attributes("k"), attributes("v")
        self.before_amount = (
            f"<table {LAYOUT} {attributes('pay')}><tr><td {attributes('payd')}>"
            f"<div {attributes('payh')}>{safe(heading)}</div><div {key}>{safe(phrases.TO_PAY)}</div><div {value}>"
        )
        rows = "".join(f"<div {key}>{safe(label)}</div><div {value}>{safe(detail)}</div>" for label, detail in fixed)
        self.before_reference = f"</div>{rows}<div {key}>{safe(phrases.REFERENCE)}</div><div {value}>"
        self.end = "</div></td>"
        self.before_code = f'<td {attributes("payq")}><img src="'
        self.behind_code = (
            f'" width="132" height="132" alt="{safe(phrases.QR_ALT)}" {attributes("qr")}>'
            f"<div {attributes('hint')}>{safe(phrases.QR_HINT)}</div></td>"
        )


@lru_cache(maxsize=256)
def _box(account: Account, language: str, alone: bool) -> _Box:
    return _Box(account, language, alone)


# What is possible, what comes next, who writes


def options(letter: Letter) -> Block:
    """Write what the customer may ask for: what the step offers."""
    return _options(tuple(letter.offers), letter.language)


@lru_cache(maxsize=256)
def _options(offers: tuple[str, ...], language: str) -> Block:
    if not offers:
        return NOTHING
    phrases = phrases_in(language)
    if offers == ("question",):  # no way to settle is offered, so none is announced
        return phrases.JUST_ASK, f"<p {P}>{safe(phrases.JUST_ASK)}</p>"
    possible = [phrases.OFFERS[offer] for offer in offers]
    rows = "".join(f"<li {attributes('li')}>{safe(offer)}</li>" for offer in possible)
    return (
        "\n".join([phrases.OPTIONS, *(f"- {offer}" for offer in possible), phrases.OPTIONS_HOW]),
        f"<p {P}>{safe(phrases.OPTIONS)}</p><ul {attributes('ul')}>{rows}</ul><p {P}>{safe(phrases.OPTIONS_HOW)}</p>",
    )


def following(letter: Letter) -> Block:
    """Write what happens next, where the scenario says so."""
    phrases = phrases_in(letter.language)
    if letter.next_step and letter.next_step_on:
        on = weekday(letter.next_step_on, letter.language)
        sentence = phrases.NEXT.format(step=phrases.NEXT_STEPS[letter.next_step], day=on)
    else:
        sentence = phrases.NEXT_NOTHING
    return sentence, f"<p {P}>{safe(sentence)}</p>"


def signature(letter: Letter) -> Block:
    """Write who speaks, and how to reach them."""
    return _signature(letter.signer, letter.house.name, letter.house.brand)


@lru_cache(maxsize=1024)
def _signature(signer: Person, house: str, brand: str) -> Block:
    place = ", ".join(part for part in (signer.title, house) if part) if signer.name != house else ""
    reach = " · ".join(part for part in (signer.phone, signer.email) if part)
    text = "\n".join(line for line in (signer.name, place, reach) if line)

    link = attributes("a", brand)
    digits = "".join(sign for sign in signer.phone if sign in "+0123456789")
    links = [f'<a href="tel:{digits}" {link}>{safe(signer.phone)}</a>'] if digits else []
    links += [f'<a href="mailto:{safe(signer.email)}" {link}>{safe(signer.email)}</a>'] if signer.email else []
    who = f"<span {attributes('who')}>{safe(signer.name)}</span>"
    html = "<br>".join(part for part in (who, safe(place), *links) if part)
    return text, f"<div {attributes('sign')}>{html}</div>"


BLOCKS: dict[str, Callable[[Letter], Block]] = {
    "items": items,
    "also_open": also_open,
    "totals": totals,
    "paid_items": paid_items,
    "payment": payment,
    "options": options,
    "next": following,
    "signature": signature,
}
