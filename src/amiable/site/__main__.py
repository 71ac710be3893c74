"""`python -m amiable.site`: the same as the command `amiable`."""

from amiable.site.cli import main

main()
