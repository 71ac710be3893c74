"""Where are the real files that some tests read?

They are large and not part of the repository: AMIABLE_SHARED_DATA names their folder, else `shared/data` beside the
checkout. Without them such a test is skipped and says so; under CI that is a failure.
"""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared_data(path: str) -> Path:
    """Return the path of a shared file or folder; skip the test where there is none, and fail it under CI."""
    found = Path(os.environ.get("AMIABLE_SHARED_DATA") or BESIDE) / path
    if not found.exists():
        reason = f"needs {path} of the shared data; set AMIABLE_SHARED_DATA to their folder"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found
