"""The WSGI application of the web process."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vatio.settings")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  (imports every page)

# Objects loaded by now live as long as the process: the garbage collector need not scan them.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
