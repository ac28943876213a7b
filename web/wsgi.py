"""The entry for granian: `web.wsgi:app`."""

from __future__ import annotations

import atexit
import os

from aggregator.settings import load_settings
from web import close_app, create_app

# Only a server imports this module, and it does so in each of its processes, after the fork: a database connection
# or a lock must not be shared by two of them.
app = create_app(load_settings(os.environ, {}))
atexit.register(close_app, app)
