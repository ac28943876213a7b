"""One typed table of settings: default < DATA/settings.toml < environment (BROADSHEET_NAME) < flag.

Read once, in wiring.py, into a frozen Settings; nothing reads the environment at import.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_type_hints

from aggregator.errors import BadSettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PREFIX = "BROADSHEET_"


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default. docs/operators/settings.md is tested against this class.

    `clock` is an instant T (RFC 3339): the instance's clock starts at T and runs on. `T@S` says that it stood
    at T at Unix second S; `broadsheet up` hands that form to its processes so that all share one clock.
    """

    data: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    database_url: str = ""
    clock: str = ""
    contact: str = ""
    allow_private_hosts: tuple[str, ...] = ()
    proxy: str = ""
    web_workers: int = 1
    web_threads: int = 4
    parse_processes: int = 2
    fetch_connections: int = 32
    parse_memory_mib: int = 512
    semantic: str = "light"
    semantic_model: str = ""
    secret: str = ""
    trusted_proxies: str = ""
    mail_server: str = ""
    mail_user: str = ""
    mail_password: str = ""
    mail_from: str = ""


class Option(NamedTuple):
    """What docs and `broadsheet settings` say of one setting."""

    sentence: str
    secret: bool = False


OPTIONS: Mapping[str, Option] = {
    "data": Option("Directory that holds the database, the columns and the secret of this instance."),
    "host": Option("Address the web server listens on."),
    "port": Option("Port the web server listens on."),
    "public_url": Option(
        "Address people reach the instance under, such as https://news.example.org; empty: http://HOST:PORT."
    ),
    "database_url": Option("postgresql://… for PostgreSQL; empty: SQLite in the data directory.", secret=True),
    "clock": Option("Instant the instance's clock starts at, for looking at past days; empty: the real time."),
    "contact": Option("Address or page named in the User-Agent, so that publishers can reach you."),
    "allow_private_hosts": Option("Private hosts feeds may come from, as host:port, separated by commas."),
    "proxy": Option(
        "SOCKS5 proxy all feeds and pictures come through, socks5h://[name:password@]host:port; empty: none.",
        secret=True,
    ),
    "web_workers": Option("Number of web server processes."),
    "web_threads": Option("Number of threads in each web server process."),
    "parse_processes": Option("Number of processes that read documents."),
    "fetch_connections": Option("Number of feeds fetched at the same time."),
    "parse_memory_mib": Option("Memory one document may take while it is read, in MiB."),
    "semantic": Option(
        "What finds entries of like meaning: full (sentence-transformers), light (16 languages, 150 MB), none."
    ),
    "semantic_model": Option("Folder of a sentence-transformers model for full; empty: the packaged English one."),
    "secret": Option(
        "Key that signs cookies and image links; empty: made once and kept in the data directory.",
        secret=True,
    ),
    "trusted_proxies": Option(
        "Addresses of your own proxies, separated by commas. X-Forwarded-For counts from them alone, for throttles."
    ),
    "mail_server": Option("Server mail is handed on to, as host:port (465 or 587, over TLS); empty: no mail is sent."),
    "mail_user": Option("Name to sign in with there; empty: no signing in."),
    "mail_password": Option("Password to sign in with there.", secret=True),
    "mail_from": Option("Address mail comes from, such as news@example.org."),
}


def load_settings(environ: Mapping[str, str], flags: Mapping[str, Any]) -> Settings:
    """Merge defaults, the settings file, the environment and flags. Raises BadSettingError.

    A variable NAME_FILE names a file whose content is the value, for secrets.
    """
    types = get_type_hints(Settings)
    given: dict[str, Any] = {}
    from_environ = _environment(environ)
    named = {key: value for key, value in flags.items() if value is not None}
    data = named.get("data", from_environ.get("data", Settings().data))
    given.update(_file(Path(data) / "settings.toml"))
    given.update(from_environ)
    given.update(named)
    given["data"] = data
    return Settings(**{name: _convert(name, types[name], value) for name, value in given.items()})


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in (f.name for f in fields(Settings)):
        variable = PREFIX + name.upper()
        if variable in environ:
            found[name] = environ[variable]
        elif variable + "_FILE" in environ:
            path = Path(environ[variable + "_FILE"])
            try:
                found[name] = path.read_text(encoding="utf-8").strip()
            except OSError as exc:
                raise BadSettingError(variable + "_FILE", f"cannot read {path}: {exc.strerror}") from exc
    return found


def _file(path: Path) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise BadSettingError(str(path), f"cannot be read: {exc}") from exc
    unknown = sorted(set(content) - {f.name for f in fields(Settings)})
    if unknown:
        raise BadSettingError(str(path), f"unknown setting {unknown[0]!r}; `broadsheet settings` lists all")
    return content


def _convert(name: str, kind: object, value: Any) -> Any:
    convert: Callable[[Any], Any] = {int: _whole_number, Path: Path, str: str}.get(kind, _hosts)  # type: ignore[call-overload]  # hints are types, not seen as such
    try:
        return convert(value)
    except (TypeError, ValueError) as exc:
        raise BadSettingError(name, f"{value!r} cannot be used: {exc}") from exc


def _whole_number(value: Any) -> int:
    number = int(value) if str(value).strip().isdecimal() else 0
    if number < 1:
        raise ValueError("a whole number from 1 on is expected")
    return number


def _hosts(value: Any) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else list(value)
    hosts = tuple(part.strip() for part in parts if part.strip())
    for host in hosts:
        if not host.rpartition(":")[2].isdigit():
            raise ValueError(f"{host!r} has no port; write host:port")
    return hosts
