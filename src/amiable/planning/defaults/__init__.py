"""Which policy does a new creditor begin with?"""

from functools import cache
from importlib.resources import files


@cache
def default_policy_text() -> str:
    """Return the text of the policy "courteous", as it is shipped."""
    return (files(__name__) / "courteous.yaml").read_text(encoding="utf-8")
