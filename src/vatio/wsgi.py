"""The WSGI application of the web process."""

import gc
import os
import signal

from django.core.wsgi import get_wsgi_application

from vatio.processes.parent import die_with_parent

# Otherwise a worker whose main process was killed would go on holding the port.
die_with_parent(signal.SIGKILL)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vatio.settings")
application = get_wsgi_application()

# Objects loaded by now live as long as the process: the garbage collector need not scan them.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
