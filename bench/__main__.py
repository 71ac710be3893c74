"""How fast is Amiable, against what this machine could do at all?

    python -m bench            the sizes that the targets speak of, a quarter of an hour
    python -m bench --small    a twentieth of them

A subject alone, at any size: `python -m bench.planning --items 100000 --database postgresql`.
"""

import argparse
import os
import sys
import time

from . import day, importing, pages, planning, sending
from .scratch import DATABASES, SMALL, run_subject

SUBJECTS = (importing, planning, sending, day, pages)


def main() -> None:
    """Print the table of every subject."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--small", action="store_true", help="a twentieth of the size")
    parser.add_argument("--smaller", type=int, default=1, metavar="TIMES", help="so many times smaller")
    parser.add_argument("--database", choices=DATABASES, action="append", help="both by default")
    asked = parser.parse_args()
    started = time.perf_counter()
    load = os.getloadavg()[0]
    sys.stdout.write(f"{os.cpu_count()} cores, load {load:.1f} before the first measurement\n")
    for subject in SUBJECTS:
        run_subject(subject, smaller=SMALL if asked.small else asked.smaller, databases=asked.database or DATABASES)
    minutes = (time.perf_counter() - started) / 60
    sys.stdout.write(f"\n{minutes:.1f} minutes, load {os.getloadavg()[0]:.1f} after the last measurement\n")


if __name__ == "__main__":
    main()
