"""What an operation takes: each parameter with its schema and how it is read, strictly and once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from aggregator.errors import BadInputError, NotFoundError
from aggregator.services.accounts import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.datastructures import MultiDict

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_AT: Final = r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"
_INSTANT: Final = re.compile(r"20\d{2}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2})", re.ASCII)
FURTHEST: Final = 10**12
SLUG: Final = {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,63}$"}
UID: Final = {"type": "string", "pattern": "^[0-9a-f]{32}$"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a path or query. `read` raises BadInputError for what the schema does not allow."""

    name: str
    sentence: str
    schema: dict[str, Any] = field(hash=False)
    read: Callable[[str, str], Any]
    where: str = "query"
    required: bool = False


def text(name: str, sentence: str, *, longest: int = 200, required: bool = False) -> Parameter:
    """Take a line of text."""

    def read(name: str, given: str) -> str:
        if not given or len(given) > longest or _CONTROL.search(given):
            raise BadInputError(name, f"1 to {longest} characters on one line are expected")
        return given

    schema = {"type": "string", "minLength": 1, "maxLength": longest, "pattern": r"^[^\x00-\x1f\x7f]+$"}
    return Parameter(name, sentence, schema, read, required=required)


def whole(name: str, sentence: str, *, least: int = 0, most: int = FURTHEST, default: int | None = None) -> Parameter:
    """Take a whole number within bounds."""

    def read(name: str, given: str) -> int:
        if not (given.isascii() and given.isdigit() and len(given) <= len(str(most)) and least <= int(given) <= most):
            raise BadInputError(name, f"a whole number from {least} to {most} is expected")
        return int(given)

    schema: dict[str, Any] = {"type": "integer", "minimum": least, "maximum": most}
    return Parameter(name, sentence, schema | ({} if default is None else {"default": default}), read)


def one_of(name: str, sentence: str, *words: str) -> Parameter:
    """Take one of a few words."""

    def read(name: str, given: str) -> str:
        if given not in words:
            raise BadInputError(name, f"one of {', '.join(words)} is expected")
        return given

    return Parameter(name, sentence, {"type": "string", "enum": list(words)}, read)


def slug(name: str, sentence: str) -> Parameter:
    """Take the name of a list or rule."""

    def read(name: str, given: str) -> str:
        if re.fullmatch(SLUG["pattern"], given) is None:
            raise BadInputError(name, "the id of one is expected")
        return given

    return Parameter(name, sentence, SLUG, read)


def in_path(name: str, sentence: str, schema: dict[str, Any]) -> Parameter:
    """Take a part of the path; what cannot be one names nothing."""

    def read(name: str, given: str) -> Any:
        if schema["type"] == "integer":
            if not (given.isascii() and given.isdigit() and len(given) <= len(str(FURTHEST))):
                raise NotFoundError(name, given)
            return int(given)
        if re.fullmatch(schema["pattern"], given) is None:
            raise NotFoundError(name, given)
        return given

    return Parameter(name, sentence, schema, read, where="path", required=True)


def _instant(name: str, given: str) -> datetime:
    try:
        instant = datetime.fromisoformat(given) if _INSTANT.fullmatch(given) else None
    except ValueError:  # the 30th of February
        instant = None
    if instant is None:
        raise BadInputError(name, "a time such as 2026-11-22T12:00:00Z is expected")
    return instant.astimezone(UTC)


LIST = in_path("list", "The id of a list.", SLUG)
ENTRY = in_path("entry", "The id of an entry.", UID)
RULE_NAME = in_path("rule", "The id of a rule.", SLUG)
NUMBER = in_path("number", "The number of a version.", {"type": "integer", "minimum": 1, "maximum": FURTHEST})
SOURCE = in_path("source", "The id of a source.", {"type": "integer", "minimum": 1, "maximum": FURTHEST})
RULE = slug("rule", "Under this rule; otherwise under the list's own.")
AT = Parameter("at", "As it stood then; with `v` exactly what was shown.", {"type": "string", "pattern": _AT}, _instant)
VERSION = whole("v", "The data version of a snapshot, from a `Link` to its next page.")
BEFORE = text("before", "What stood before the place one goes on from, from a `Link` to the next page.", longest=16)
START = whole("start", "The number of places before the first.", most=10**6)
LIMIT = whole("limit", "So many at most.", least=1, most=200, default=50)
LANGUAGE = one_of("language", "The language of sentences.", *LANGUAGES)
SNAPSHOT = (RULE, AT, VERSION)


def read_query(args: MultiDict[str, str], parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    """Read what is asked for; every parameter at most once. Raises BadInputError, also for one there is not."""
    known = {each.name: each for each in parameters if each.where == "query"}
    for name in args:
        if name not in known:
            raise BadInputError(name[:50], f"there is no such parameter; there are {', '.join(known) or 'none'}")
        if len(args.getlist(name)) > 1:
            raise BadInputError(name, "it is given more than once")
    missing = next((each.name for each in known.values() if each.required and each.name not in args), None)
    if missing:
        raise BadInputError(missing, "it is missing")
    return {name: each.read(name, args[name]) for name, each in known.items() if name in args}


def read_path(given: dict[str, str], parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    """Read the parts of the path. Raises NotFoundError."""
    return {each.name: each.read(each.name, given[each.name]) for each in parameters if each.where == "path"}
