"""The web pages of Broadsheet: a Flask application over aggregator.services, and nothing below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from web import (
    addresses,
    asked,
    door,
    errors,
    formats,
    lab,
    language,
    notices,
    reasons,
    security,
    speech,
    strangers,
    words,
)
from web.views import BLUEPRINTS

if TYPE_CHECKING:
    from aggregator.services.desk import Desk
    from aggregator.settings import Settings

__all__ = ["close_app", "create_app"]


def create_app(settings: Settings, *, desk: Desk | None = None) -> Flask:
    """Make the application.

    Without `desk` it opens its own, which `close_app` closes; a desk that is handed in belongs to whoever opened it.
    """
    app = Flask(__name__)
    app.url_map.converters["int"] = asked.Id
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    door.init_app(app, settings, desk)
    language.init_app(app)
    speech.init_app(app)
    addresses.init_app(app)
    formats.init_app(app)
    words.init_app(app)
    lab.init_app(app)
    notices.init_app(app)
    strangers.init_app(app)
    reasons.init_app(app)
    errors.init_app(app)
    security.init_app(app, settings)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def close_app(app: Flask) -> None:
    """Close what `create_app` opened."""
    door.close(app)
