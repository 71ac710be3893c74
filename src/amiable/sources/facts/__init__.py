"""Which facts do the rows of a list state? From text cells to what the ledger books."""

from amiable.sources.facts.portion import Context, Portion, sentences
from amiable.sources.facts.rows import portions

__all__ = ["Context", "Portion", "portions", "sentences"]
