"""The API, version 1: operations that say what they take and give, and the OpenAPI document made from them."""

from __future__ import annotations

from web.api.v1 import lists, marks, rules, sources
from web.api.v1.operations import bp

__all__ = ["OPERATION_MODULES", "bp"]

OPERATION_MODULES = (lists, rules, sources, marks)
