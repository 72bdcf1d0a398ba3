"""The web process's application."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vatio.settings")
application = get_wsgi_application()

# What is loaded now stays: the collector need not look at it again with every request.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
