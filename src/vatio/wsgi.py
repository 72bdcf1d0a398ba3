"""The web process's application."""

import gc
import os
import signal

from django.core.wsgi import get_wsgi_application

from vatio.processes.parent import die_with_parent

# A worker whose main process was killed would keep the port for itself.
die_with_parent(signal.SIGKILL)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vatio.settings")
application = get_wsgi_application()

# What is loaded now stays: the collector need not look at it again with every request.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
