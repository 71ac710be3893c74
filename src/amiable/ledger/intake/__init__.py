"""The ledger's bulk door: many facts of one file, booked in one transaction."""

from amiable.ledger.intake.book import Counts, Terms, book
from amiable.ledger.intake.frames import CONTACTS, CUSTOMERS, ITEMS, RECEIPTS, SETTLEMENTS, Batch

__all__ = ["CONTACTS", "CUSTOMERS", "ITEMS", "RECEIPTS", "SETTLEMENTS", "Batch", "Counts", "Terms", "book"]
