"""All reads of the ledger that pages, commands and other packages ask, by name."""

from amiable.ledger.queries.balances import (
    Aging,
    Balance,
    CustomerBalance,
    OpenItem,
    Total,
    aging,
    balances,
    customer_balances,
    open_items,
    totals,
)
from amiable.ledger.queries.customers import (
    NOBODY,
    CustomerHeader,
    CustomerRow,
    CustomerSort,
    customer_by_code,
    customer_header,
    customer_rows,
    customers_visible_to,
    segments,
)
from amiable.ledger.queries.holds import holds_in_force, in_force, pause_of
from amiable.ledger.queries.items import ItemRow, ItemSort, ItemState, item_rows
from amiable.ledger.queries.pages import Page

__all__ = [
    "NOBODY",
    "Aging",
    "Balance",
    "CustomerBalance",
    "CustomerHeader",
    "CustomerRow",
    "CustomerSort",
    "ItemRow",
    "ItemSort",
    "ItemState",
    "OpenItem",
    "Page",
    "Total",
    "aging",
    "balances",
    "customer_balances",
    "customer_by_code",
    "customer_header",
    "customer_rows",
    "customers_visible_to",
    "holds_in_force",
    "in_force",
    "item_rows",
    "open_items",
    "pause_of",
    "segments",
    "totals",
]
