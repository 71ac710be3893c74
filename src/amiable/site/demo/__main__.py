"""`python -m amiable.site.demo {"as_of": …}`: builds the demo in AMIABLE_HOME."""

import json
import os
import sys
from datetime import date

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amiable.site.settings")

import django

django.setup()

from amiable.site.commands.asking import prepare_database  # noqa: E402
from amiable.site.demo.build import build  # noqa: E402

prepare_database()
wanted = json.loads(sys.argv[1])
build(**{**wanted, "as_of": date.fromisoformat(wanted["as_of"])})
