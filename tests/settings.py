"""The product's own settings, in a home of their own. The database is what DATABASE_URL says, else SQLite."""

import os
import tempfile

os.environ.setdefault("AMIABLE_HOME", tempfile.mkdtemp(prefix="amiable-test-"))
os.environ["AMIABLE_TESTING"] = "1"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright's loop runs in the thread of the tests

from amiable.site.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    # In a file as in real life: a database in memory has other locks.
    DATABASES["default"]["TEST"] = {"NAME": HOME / "test.sqlite3"}  # noqa: F405
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405
