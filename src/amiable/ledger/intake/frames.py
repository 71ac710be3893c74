"""In which shape do facts reach the ledger in bulk?

Frames speak of things by their own names (customer code, source key), never by database ids, so that whoever reads a
file need not know the database. Amounts are whole minor units; a null means that the source says nothing.
"""

from dataclasses import dataclass, field
from datetime import date

import polars as pl

CUSTOMERS = pl.Schema(
    {
        "code": pl.String,
        "name": pl.String,
        "legal_name": pl.String,
        "siren": pl.String,
        "vat_number": pl.String,
        "country": pl.String,  # ISO 3166 alpha-2
        "language": pl.String,
        "currency": pl.String,
        "terms": pl.String,
        "segment": pl.String,
        "industry": pl.String,
        "address": pl.String,
    }
)
CONTACTS = pl.Schema(
    {
        "customer_code": pl.String,
        "name": pl.String,
        "salutation": pl.String,
        "role": pl.String,  # ledger.models.ContactRole
        "email": pl.String,  # lower case
        "phone": pl.String,  # E.164
    }
)
ITEMS = pl.Schema(
    {
        "source_key": pl.String,  # the same item has the same key in every file that speaks of it
        "customer_code": pl.String,
        "kind": pl.String,  # ledger.models.ItemKind
        "number": pl.String,
        "issued_on": pl.Date,
        "due_on": pl.Date,
        "days_assumed": pl.Boolean,  # a day was derived, not read: it never corrects a day that is already known
        "currency": pl.String,
        "amount_minor": pl.Int64,  # positive for credit notes too
        "amount_assumed": pl.Boolean,  # only the open part was read: it never corrects an amount already known
        "open_minor": pl.Int64,  # what the source says is open; null: it does not say
        "paid_on": pl.Date,  # the day on which the rest was paid
        "disputed": pl.Boolean,
        "brought_forward": pl.Boolean,  # an opening balance: perhaps an item that the books of before already gave us
        "po_number": pl.String,
        "terms": pl.String,
        "description": pl.String,
    }
)
RECEIPTS = pl.Schema(
    {
        "source_key": pl.String,
        "customer_code": pl.String,
        "received_on": pl.Date,
        "currency": pl.String,
        "amount_minor": pl.Int64,
        "reference": pl.String,
        "payer_name": pl.String,
        "method": pl.String,
        "brought_forward": pl.Boolean,
    }
)
SETTLEMENTS = pl.Schema(  # which money paid which item
    {
        "item_key": pl.String,  # source key of the invoice; null: found by its number
        "item_number": pl.String,
        "customer_code": pl.String,
        "receipt_key": pl.String,
        "credit_note_key": pl.String,  # where no receipt but a credit note pays
        "amount_minor": pl.Int64,
        "allocated_on": pl.Date,
    }
)


@dataclass(frozen=True)
class Batch:
    """Some facts of one file. Batches of a file follow one another in the order of its lines."""

    customers: pl.DataFrame = field(default_factory=CUSTOMERS.to_frame)
    contacts: pl.DataFrame = field(default_factory=CONTACTS.to_frame)
    items: pl.DataFrame = field(default_factory=ITEMS.to_frame)
    receipts: pl.DataFrame = field(default_factory=RECEIPTS.to_frame)
    settlements: pl.DataFrame = field(default_factory=SETTLEMENTS.to_frame)
    last_day: date | None = None  # the latest day these facts speak of
    rows: int = 0  # lines of the file behind them, good or bad
