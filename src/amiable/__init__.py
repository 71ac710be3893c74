"""Amiable: accounts receivable that collects what customers owe without losing the customers."""
