"""All writes to the ledger. Each is one transaction and one audit line; facts are corrected, never erased."""

from amiable.ledger.operations.allocations import (
    AllocatedTooEarly,
    AlreadyReversed,
    NotPayable,
    OverAllocated,
    ReversedTooEarly,
    allocate,
    reverse_allocation,
)
from amiable.ledger.operations.amounts import AmountNotPositive, AmountTooLarge, UnknownCurrency
from amiable.ledger.operations.contacts import add_contact, change_contact, mark_reach, set_address
from amiable.ledger.operations.customers import CodeTaken, add_customer, add_note, change_customer
from amiable.ledger.operations.holds import AlreadyEnded, HoldTooShort, end_hold, set_hold
from amiable.ledger.operations.items import (
    AlreadyBooked,
    BelowAllocated,
    CorrectedOutOfOrder,
    OtherCreditor,
    add_item,
    correct_item,
)
from amiable.ledger.operations.receipts import add_receipt

__all__ = [
    "AllocatedTooEarly",
    "AlreadyBooked",
    "AlreadyEnded",
    "AlreadyReversed",
    "AmountNotPositive",
    "AmountTooLarge",
    "BelowAllocated",
    "CodeTaken",
    "CorrectedOutOfOrder",
    "HoldTooShort",
    "NotPayable",
    "OtherCreditor",
    "OverAllocated",
    "ReversedTooEarly",
    "UnknownCurrency",
    "add_contact",
    "add_customer",
    "add_item",
    "add_note",
    "add_receipt",
    "allocate",
    "change_contact",
    "change_customer",
    "correct_item",
    "end_hold",
    "mark_reach",
    "reverse_allocation",
    "set_address",
    "set_hold",
]
