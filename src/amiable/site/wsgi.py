"""The WSGI application that the web server runs."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amiable.site.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

# A page hands long work over with `task.delay()`; without our app, Celery would look for a broker of its own choice.
from amiable.site.celery import app as _workers  # noqa: E402, F401
