"""How is what the tone guard found told to whoever writes?"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from amiable.core.tone import Finding, Severity


def told(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return the guard's findings in the reader's language, those that refuse first."""
    lines = [
        {
            "refused": finding.severity is Severity.REFUSED,
            "excerpt": finding.excerpt,
            "explanation": finding.explanation.text(_),
            "suggestion": finding.suggestion,
        }
        for finding in findings
    ]
    return sorted(lines, key=lambda finding: not finding["refused"])
