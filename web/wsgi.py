"""The entry for granian: `web.wsgi:app`."""

from __future__ import annotations

import atexit
import os
import sys
from multiprocessing import parent_process

from aggregator.errors import BroadsheetError
from aggregator.lifeline import die_with_parent
from aggregator.settings import load_settings
from web import close_app, create_app

# The server's main process may be killed together with whoever watches it; its children must not go on serving a port
# that the next start wants.
if (server := parent_process()) is not None:
    die_with_parent(server.pid)

# Only a server imports this module, and it does so in each of its processes, after the fork: a database connection
# or a lock must not be shared by two of them.
try:
    app = create_app(load_settings(os.environ, {}))
except BroadsheetError as exc:  # an operator can do something about it, and no trace helps with that
    sys.exit(f"broadsheet: the web server cannot start: {exc}")
atexit.register(close_app, app)
