"""How the instance is: what `/up` answers, what `doctor` finds, and a feed's fault in plain English."""

from __future__ import annotations

import shutil
import stat
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from aggregator.errors import BroadsheetError, BusyError
from aggregator.model.clocks import SystemClock
from aggregator.model.fault import FaultCode
from aggregator.model.remark import Remark
from aggregator.services.rights import Right, require
from aggregator.store import entries, feeds, values, words
from rankers import PLUGINS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aggregator.model.fault import Fault
    from aggregator.model.member import Actor
    from aggregator.services.desk import Desk

LOW_SPACE = 200 * 2**20
"""Below so many free bytes a warning is due: a migration makes a backup first, which needs room."""
SHORT_SECRET = 32
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was looked at: `said` is a plain sentence for whoever looks after the instance."""

    name: str
    ok: bool
    said: str


def up(desk: Desk) -> tuple[Part, ...]:
    """Ask the database, the columns and the worker whether they answer. Public; says nothing about anybody."""
    try:
        return _database(desk), _columns(desk), _worker(desk)
    except BroadsheetError as exc:
        return (Part("database", ok=False, said=str(exc)),)


def doctor(desk: Desk, actor: Actor) -> tuple[Part, ...]:
    """Look at what an instance may ail from, beyond `up`: who may read it, its secret, disk, address and feeds."""
    require(actor, Right.RUN_INSTANCE)
    looked = (
        _privacy(desk),
        _secret(desk),
        _space(desk),
        _largest(desk),
        _address(desk),
        _clock(desk),
        _feeds(desk),
    )
    return (*up(desk), _words(desk), _signals(), *looked)


def _database(desk: Desk) -> Part:
    with desk.database.read() as conn:
        version = values.data_version(conn)
    return Part("database", ok=True, said=f"answers; {desk.database.dialect}, data version {version}")


def _columns(desk: Desk) -> Part:
    held = desk.columns.snapshot()
    with desk.database.read() as conn:
        behind = values.data_version(conn) - held.version
        empty = not entries.iter_entries(conn, limit=1)
    if not len(held.alive) and not empty:
        return Part("columns", ok=False, said="are not built yet; the worker builds them when it starts")
    said = f"hold {int(held.alive.sum())} entries"
    return Part("columns", ok=True, said=f"{said}, {behind} changes behind" if behind > 0 else said)


def _words(desk: Desk) -> Part:
    with desk.database.read() as conn:
        left = words.count_left(conn)
    if left:
        return Part("words index", ok=False, said=f"is being made anew by the worker, {left} entries to go")
    return Part("words index", ok=True, said="is of this version")


def _signals() -> Part:
    names = ", ".join(f"{signal.name} of {signal.origin}" for signal in PLUGINS.signals.values())
    if PLUGINS.problems:
        return Part("signals", ok=False, said="a plug-in is left out: " + "; ".join(PLUGINS.problems))
    return Part("signals", ok=True, said=f"of plug-ins: {names}" if names else "are our own; no plug-in is installed")


def _worker(desk: Desk) -> Part:
    try:
        state = desk.ask.ping()["state"]
    except BusyError:
        return Part("worker", ok=False, said="does not answer; `broadsheet up` or `broadsheet worker` starts it")
    if state == "disk-full":
        return Part("worker", ok=False, said="waits until there is space on the disk")
    return Part("worker", ok=True, said="answers")


def _privacy(desk: Desk) -> Part:
    mode = stat.S_IMODE(desk.settings.data.stat().st_mode)
    if mode & 0o077:
        return Part(
            "data directory", ok=False, said=f"others may look into it (mode {mode:o}); chmod 700 {desk.settings.data}"
        )
    return Part("data directory", ok=True, said="only its owner may read it")


def _secret(desk: Desk) -> Part:
    if len(desk.secret) < SHORT_SECRET:
        return Part("secret", ok=False, said=f"has fewer than {SHORT_SECRET} characters and can be guessed")
    return Part("secret", ok=True, said="long enough")


def _space(desk: Desk) -> Part:
    free = shutil.disk_usage(desk.settings.data).free
    used = sum(path.stat().st_size for path in desk.settings.data.rglob("*") if path.is_file())
    return Part("disk", ok=free >= LOW_SPACE, said=f"{used / 2**20:.1f} MiB used, {free // 2**20} MiB free")


def _largest(desk: Desk) -> Part:
    """Say which feeds hold most entries, and how much room they take together if all entries are alike."""
    with desk.database.read() as conn:
        counts = feeds.count_entries(conn)
        most = sorted(counts, key=lambda each: (-counts[each], each))[:MOST_NAMED]
        titles = feeds.get_feeds(conn, most)
    path = desk.database.path
    each = path.stat().st_size / max(sum(counts.values()), 1) / 2**20 if path is not None else 0
    named = (
        f"{titles[feed].title} {counts[feed]}" + (f" (about {counts[feed] * each:.1f} MiB)" if each else "")
        for feed in most
    )
    return Part("entries", ok=True, said=f"{sum(counts.values())} held" + "".join(f"; {name}" for name in named))


def _address(desk: Desk) -> Part:
    address = desk.settings.public_url
    if address and not address.startswith("https://") and "//127." not in address and "//localhost" not in address:
        return Part("address", ok=False, said=f"{address} is not https: passwords and cookies travel in the open")
    if not address and desk.settings.host not in {"127.0.0.1", "::1", "localhost"}:
        return Part("address", ok=False, said="listens to others without public_url: links will name the wrong place")
    return Part("address", ok=True, said=desk.address)


def _clock(desk: Desk) -> Part:
    here = desk.clock.now()
    if abs(here - SystemClock().now()) > timedelta(minutes=1):
        return Part("clock", ok=True, said=f"set by hand: here it is {here:%Y-%m-%d %H:%M} UTC")
    return Part("clock", ok=True, said="the machine's")


def _feeds(desk: Desk) -> Part:
    now = desk.clock.now()
    with desk.database.read() as conn:
        all_feeds = tuple(feeds.iter_feeds(conn))
    failing = sum(feed.health.streak > 0 for feed in all_feeds)
    late = sum(not feed.paused and feed.schedule.due < now - timedelta(hours=1) for feed in all_feeds)
    said = f"{len(all_feeds)} held, {failing} failing, {late} due for more than an hour"
    return Part("feeds", ok=not late, said=said)


_SENTENCES: Mapping[FaultCode, str] = {
    FaultCode.BAD_ADDRESS: "This is no address a feed can have. Look for a typing error, or a password in it.",
    FaultCode.REFUSED_ADDRESS: "The address leads into a private network. If that is meant, name host:port in "
    "the setting allow_private_hosts.",
    FaultCode.DNS: "The name of the site is not known. The site may be gone, or this machine is offline.",
    FaultCode.CONNECT: "The site does not answer. It is tried again.",
    FaultCode.TLS: "The site's certificate is not valid. Its people need to mend it; it is tried again.",
    FaultCode.TIMEOUT: "The site took too long. It is tried again.",
    FaultCode.REDIRECTS: "The site sends us on and on, or where we may not go. Look up its feed address anew.",
    FaultCode.STATUS: "The site answered with an error. It is tried again.",
    FaultCode.GONE: "The site says this feed is gone for good. Replace or remove it.",
    FaultCode.TOO_LARGE: "The feed is larger than 10 MiB. Ask its people for a shorter one.",
    FaultCode.BAD_ENCODING: "The answer was cut off or garbled on its way. It is tried again.",
    FaultCode.BAD_ANSWER: "What answers there does not speak HTTP as it should. Check the address.",
    FaultCode.EMPTY: "The site answered with nothing. It is tried again.",
    FaultCode.HTML: "This is a web page, not a feed. Look on it for a link to its feed.",
    FaultCode.NOT_A_FEED: "This is a document, but not a feed. Check the address.",
    FaultCode.BROKEN: "This feed is so broken that nothing could be read. Its people need to mend it.",
    FaultCode.ENTITIES: "This feed can only be read by expanding entities of its own, which may be a trap: it is left "
    "unread. Its people need to write it without.",
    FaultCode.NO_ACCESS: "Its password was kept under another secret than this instance has now. Enter it again.",
    FaultCode.UNWELCOME: "Who posts there asks programs to stay away (#nobot). Remove this source.",
    FaultCode.BLOCKED: "A steward of this instance keeps that server out.",
    FaultCode.PARSER_LIMIT: "Reading this feed took too much time or memory and was stopped.",
}
_STATUSES: Mapping[str, str] = {
    "401": "The site asks for a password.",
    "403": "The site refuses us. It may not want feed readers; ask its people.",
    "404": "There is no feed at this address any more. Look up its address anew.",
    "429": "The site asks us to come less often, and we do.",
    "503": "The site is out of order for now. It is tried again.",
}


def fault_sentence(fault: Fault) -> str:
    """Say in plain English why a feed failed and what would help, with the detail in brackets."""
    known = _STATUSES.get(fault.detail) if fault.code is FaultCode.STATUS else None
    sentence = known or _SENTENCES[fault.code]
    return f"{sentence} ({fault.detail})" if fault.detail else sentence


_REMARKS: Mapping[Remark, str] = {
    Remark.CUT_OFF: "Its document broke off. What came before was read, the entry it broke off in was left out.",
    Remark.MENDED: "Its document is not well-formed XML; it was read as far as it could be.",
    Remark.NO_ENTRIES: "It is a feed as it should be, without any entries just now.",
    Remark.MANY_ENTRIES: "It carries more than 1,000 entries; the first 1,000 were read.",
    Remark.LONG_TEXTS: "Texts over 1 MiB were cut.",
    Remark.LONG_TITLES: "Titles over 1,000 characters were cut.",
    Remark.MANY_CATEGORIES: "Categories after the 50th of an entry were passed over.",
    Remark.MANY_FILES: "Files after the 20th of an entry were passed over.",
    Remark.NOT_FOR_ALL: "Posts that are not for everybody were passed over.",
    Remark.NOT_READ: "Posts that cannot be read, or that their own server does not give, were passed over.",
    Remark.TWICE: "Entries given twice were read once.",
}


def remark_sentence(remark: Remark) -> str:
    """Say in plain English what was cut or mended in a feed's last document."""
    return _REMARKS[remark]
