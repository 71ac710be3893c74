"""Is this message kind, clear and complete?"""

from amiable.core.tone.finding import Code, Finding, Kind, Place, Severity
from amiable.core.tone.judge import advise, judge

__all__ = ["Code", "Finding", "Kind", "Place", "Severity", "advise", "judge"]
