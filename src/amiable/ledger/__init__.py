"""WHAT is owed? Customers, contacts, invoices, credit notes, receipts, allocations."""
