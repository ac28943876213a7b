"""Files that are handed out: named, and safe in a spreadsheet."""

from __future__ import annotations

from flask import Response


def file_of(data: bytes, kind: str, name: str) -> Response:
    """Answer with a file of that name and media type."""
    response = Response(data, content_type=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def safe_cell(text: str) -> str:
    """Return a cell of a table that no spreadsheet obeys."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
