"""The OpenAPI document, made from the operations themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from web.api.v1 import schemas
from web.api.v1.operations import JSON, OPERATIONS

if TYPE_CHECKING:
    from web.api.v1.operations import Operation

ROOT: Final = "/api/v1"
PROBLEMS: Final = {
    400: "What was asked makes no sense; `detail` says which part.",
    401: "This needs a member's token.",
    403: "The member, or the scope of the token, does not include it.",
    404: "There is no such thing, or it is not for whoever asks.",
    409: "It was done already, or something else has been done since.",
    413: "More than 1 MiB was sent.",
    429: "Asked too often; `Retry-After` says in how many seconds to go on.",
    503: "Busy; `Retry-After` says in how many seconds to try again.",
}


def document() -> dict[str, Any]:
    """Make the document (OpenAPI 3.1)."""
    paths: dict[str, dict[str, Any]] = {}
    for each in OPERATIONS:
        paths.setdefault(ROOT + each.path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Broadsheet",
            "version": "1",
            "description": "Reading lists in their published order, and why each entry stands where it stands. "
            "Times are RFC 3339 in UTC, points integer micro-points. Answers are only ever added to.",
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A member's token."}
            },
            "schemas": {"Problem": schemas.PROBLEM},
            "responses": {f"Problem{status}": _problem(sentence) for status, sentence in PROBLEMS.items()},
        },
    }  # fmt: skip


def _operation(found: Operation) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": "As described.",
        "content": {JSON: {"schema": found.answer}},
    }
    if found.paged:
        answer["headers"] = {
            "Link": {"description": "The next page, where there is one (`rel=next`).", "schema": {"type": "string"}}
        }
    described: dict[str, Any] = {
        "operationId": found.name,
        "summary": found.sentence,
        "tags": [found.path.split("/")[1]],
        "parameters": [
            {
                "name": each.name,
                "in": each.where,
                "description": each.sentence,
                "required": each.required,
                "schema": each.schema,
            }
            for each in found.parameters
        ],
        "responses": {
            "200": answer,
            **{str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in PROBLEMS},
        },
    }
    if found.open:
        described["security"] = [{}, {"token": []}]
    if found.body:
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": found.body.schema}}}
    return described


def _problem(sentence: str) -> dict[str, Any]:
    return {
        "description": sentence,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def as_json() -> str:
    """Write the document as it is served and kept in docs/developers/openapi.json."""
    return json.dumps(document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
