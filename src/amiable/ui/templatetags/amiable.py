"""Which words do templates have for our components? The guide stands in `ui/README.md`."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import accumulate
from typing import Protocol
from zlib import crc32

import lucide
from django import template
from django.template.context import RequestContext
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from amiable.ui import formats

register = template.Library()

STATES = ("", "fine", "waiting", "late", "very-late", "paused")
HUES = 6


class UnknownState(ValueError):
    """A component was given a state that has no colour."""

    def __init__(self, state: str) -> None:
        super().__init__(f"'{state}' is no state. States are: {', '.join(filter(None, STATES))}")


def state_class(state: str) -> str:
    """Return the class that colours a component by its state; an empty state has no colour."""
    if state not in STATES:
        raise UnknownState(state)
    return f" is-{state}" if state else ""


# -- words ------------------------------------------------------------------------------------------------------------


@register.filter
def money(amount_minor: int | None, currency: str) -> str:
    """{{ item.open_minor|money:item.currency }}; an unknown amount is a dash."""
    return "–" if amount_minor is None else formats.money(amount_minor, currency)


@register.filter
def money_round(amount_minor: int | None, currency: str) -> str:
    """The same in whole units, for overviews."""
    return "–" if amount_minor is None else formats.money(amount_minor, currency, cents=False)


@register.filter
def number(value: int) -> str:
    """{{ count|number }}"""
    return formats.number(value)


@register.filter
def day(value: date | None) -> str:
    """{{ item.issued_on|day }}"""
    return formats.day(value) if value else ""


@register.filter
def day_in_words(value: date | None, today: date) -> str:
    """{{ hold.held_until|day_in_words:request.day }}"""
    return formats.day_in_words(value, today) if value else ""


@register.filter
def distance(value: date | None, today: date) -> str:
    """{{ touch.on|distance:request.day }}"""
    return formats.distance(value, today) if value else ""


@register.filter
def due_in_words(value: date | None, today: date) -> str:
    """{{ item.due_on|due_in_words:request.day }}"""
    return formats.due_in_words(value, today) if value else ""


@register.filter
def moment(value: datetime | None, time_zone: str) -> str:
    """{{ message.sent_at|moment:request.creditor.time_zone }}"""
    return formats.moment(value, time_zone) if value else ""


@register.filter
def clock(value: datetime, time_zone: str) -> str:
    """{{ request.now|clock:customer.time_zone }}"""
    return formats.clock(value, time_zone)


@register.filter
def step_title(name: str) -> str:
    """{{ step.name|step_title }}: a name of the policy as words, "second-reminder" is "Second reminder"."""
    return name.replace("-", " ").capitalize()


@register.filter
def initials(name: str) -> str:
    """Return up to two capitals: "Anne-Marie Duval" is "AD"."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:: max(1, len(words) - 1)][:2]).upper() or "?"


# -- small components -------------------------------------------------------------------------------------------------


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, size: int = 16) -> SafeString:
    """{% icon "bell" %}: an icon of lucide beside words that say the same, so it is hidden from screen readers."""
    svg = lucide._render_icon(str(name), size, **{"class": "icon", "aria-hidden": "true", "stroke-width": "1.75"})
    return mark_safe(svg)  # noqa: S308 (comes from the package, not from anybody's input)


@register.simple_tag
def badge(text: str, state: str = "", icon_name: str = "") -> SafeString:
    """{% badge "Dispute" "paused" "scale" %}"""
    picture = icon(icon_name, 12) if icon_name else ""
    return format_html('<span class="badge{}">{}{}</span>', state_class(state), picture, text)


@register.simple_tag
def avatar(name: str, size: str = "") -> SafeString:
    """{% avatar customer.name "large" %}: initials on a colour that stays the same for a name."""
    return format_html(
        '<span class="avatar{} hue-{}" aria-hidden="true">{}</span>',
        f" avatar--{size}" if size else "",
        crc32(name.encode()) % HUES,
        initials(name),
    )


@register.simple_tag
def aging_bar(amounts: Sequence[int], currency: str, size: str = "") -> SafeString:
    """{% aging_bar customer.aging "EUR" "small" %}: five amounts in minor units, from not due to over 90 days late."""
    total = sum(amounts)
    words = "; ".join(
        f"{label}: {formats.money(amount, currency, cents=False)}"
        for label, amount in zip(age_labels(), amounts, strict=True)
        if amount
    )
    ends = list(accumulate(amounts))
    parts = format_html_join(
        "",
        '<rect class="age-{}" x="{}%" width="{}%" height="100%"></rect>',
        (
            (bucket, f"{100 * (end - amount) / total:.2f}", f"{100 * amount / total:.2f}")
            for bucket, (amount, end) in enumerate(zip(amounts, ends, strict=True))
            if amount > 0 and total > 0
        ),
    )
    return format_html(
        '<svg class="aging{}" role="img" aria-label="{}">{}</svg>',
        f" aging--{size}" if size else "",
        words or _("Nothing is open"),
        parts,
    )


def age_labels() -> tuple[str, ...]:
    """Return the names of the age buckets by days late, from not due to the oldest."""
    return (_("Not due"), _("1–30 days"), _("31–60 days"), _("61–90 days"), _("Over 90 days"))


@register.inclusion_tag("ui/aging_legend.html")
def aging_legend(amounts: Sequence[int], currency: str, href: str = "") -> dict:
    """{% aging_legend amounts "EUR" href %}: the amounts in words; each opens `href` + bucket, if there is one."""
    rows = zip(range(5), age_labels(), amounts, strict=True)
    return {"rows": list(rows), "currency": currency, "href": href}


@register.simple_tag
def sparkline(values: Iterable[float], label: str) -> SafeString:
    """{% sparkline customer.days_late "Days late of the last 12 invoices" %}: oldest first; nothing for one value."""
    points = list(values)
    if len(points) < 2:
        return mark_safe("")
    low, high = min(points), max(points)
    span = (high - low) or 1
    line = " ".join(f"{100 * n / (len(points) - 1):.1f},{18 - 16 * (v - low) / span:.1f}" for n, v in enumerate(points))
    return format_html(
        '<svg class="spark" viewBox="0 0 100 20" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<polyline points="{}"></polyline></svg>',
        label,
        line,
    )


@register.inclusion_tag("ui/tile.html")
def tile(label: str, value: str, href: str = "", more: str = "", state: str = "") -> dict:
    """{% tile "Late" value href="/customers/?state=late" more="12 customers" state="late" %}: a figure that opens."""
    return {"label": label, "value": value, "href": href, "more": more, "state": state_class(state)}


@register.inclusion_tag("ui/empty.html")
def empty(title: str, text: str = "", href: str = "", label: str = "", icon_name: str = "inbox") -> dict:
    """{% empty "No customers yet" "Import a file…" href label %}: says what to do next."""
    return {"title": title, "text": text, "href": href, "label": label, "icon_name": icon_name}


@register.inclusion_tag("ui/progress.html")
def progress(done: int, total: int, label: str) -> dict:
    """{% progress run.rows_done run.rows_total "Reading ledger.csv" %}"""
    return {"done": done, "total": total, "label": label}


# -- tables -----------------------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/sort.html", takes_context=True)
def sort_header(context: RequestContext, key: str, label: str, css: str = "", first: str = "") -> dict:
    """{% sort_header "late" "Late" "table__number" first="-" %}: a column's <th> whose label sorts by `key`.

    The order stands in the query as `sort=key` or `sort=-key`; `first="-"` begins with the largest.
    """
    query = context["request"].GET.copy()
    now = context.get("sort", query.get("sort", ""))
    following = f"-{key}" if now == key else key if now == f"-{key}" else f"{first}{key}"
    query.pop("page", None)
    query["sort"] = following
    direction = {key: "ascending", f"-{key}": "descending"}.get(now, "")
    return {"label": label, "css": css, "query": query.urlencode(), "direction": direction}


class Paged(Protocol):
    """Where some rows stand in a long list; `ledger.queries.Page` is one."""

    number: int  # of the page, from 1
    total: int  # rows of the whole list
    per_page: int
    last: int  # the number of the last page


@register.inclusion_tag("ui/pagination.html", takes_context=True)
def pagination(context: RequestContext, page: Paged) -> dict:
    """{% pagination page %}: where we are among the rows, and the way on."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    first = (page.number - 1) * page.per_page + 1
    return {
        "first": first,
        "until": min(first + page.per_page - 1, page.total),
        "total": page.total,
        "previous": page.number - 1 if page.number > 1 else None,
        "next": page.number + 1 if page.number < page.last else None,
        "query": query.urlencode(),
    }


@register.filter
def in_fours(number: str) -> str:
    """Group an account number as people read it: "FR76 3000 6000 …"; the spaces do not break a line."""
    return "\u00a0".join(number[start : start + 4] for start in range(0, len(number), 4))
