"""How fast is it, against what this machine could do at all? `make bench` prints it; none of the figures is a test."""

import os
from tempfile import TemporaryDirectory

if "AMIABLE_HOME" not in os.environ:  # settings want one; measurements are given their own by `bench.scratch`
    _home = TemporaryDirectory(prefix="amiable-bench-")
    os.environ["AMIABLE_HOME"] = _home.name
