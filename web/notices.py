"""The notice on the next page: what was done, and the form that takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

KEY = "notice"


def init_app(app: Flask) -> None:
    """Let templates take the notice."""
    app.jinja_env.globals["take_notice"] = take_notice


def notify(text: str, *, undo: str | None = None, fields: Mapping[str, str] | None = None) -> None:
    """Say `text` on the next page; `undo` is where a form with `fields` is sent to take it back."""
    session[KEY] = {"text": text, "undo": undo, "fields": dict(fields or {})}


def take_notice() -> Any:
    """Return the notice once; None where there is none."""
    return session.pop(KEY, None) if KEY in session else None
