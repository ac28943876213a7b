"""Tables of words for what the services answer in codes: faults, fates of imported feeds, kinds, facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregator.model.entry import Kind
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.job import ItemState
from aggregator.model.remark import Remark
from web.speech import gettext
from web.speech import lazy_gettext as _l

if TYPE_CHECKING:
    from flask import Flask

FAULTS: dict[FaultCode, tuple[str, str]] = {
    FaultCode.BAD_ADDRESS: (
        _l("This is no address a source can have."),
        _l("An address begins with http:// or https:// and has no name or password in it."),
    ),
    FaultCode.REFUSED_ADDRESS: (
        _l("The address leads into a private network."),
        _l("Whoever runs this instance can allow single hosts with BROADSHEET_ALLOW_PRIVATE_HOSTS."),
    ),
    FaultCode.DNS: (
        _l("No machine goes by this name."),
        _l("Check the spelling. The site may have closed, or this instance has no way to the network."),
    ),
    FaultCode.CONNECT: (_l("Nobody answers at this address."), _l("Usually this passes. It is tried again by itself.")),
    FaultCode.TLS: (
        _l("The certificate of the site is not in order."),
        _l("Its owner has to renew it. It is tried again by itself."),
    ),
    FaultCode.TIMEOUT: (_l("The answer took too long."), _l("Usually this passes. It is tried again by itself.")),
    FaultCode.REDIRECTS: (
        _l("The address leads on and on, or where it may not lead."),
        _l("Open the site, look for its current feed, and replace the address."),
    ),
    FaultCode.STATUS: (_l("The site answered with an error."), _l("It is tried again by itself.")),
    FaultCode.GONE: (
        _l("The site says that this feed is gone for good."),
        _l("It is not fetched any more. What you have of it stays; replace the address or remove the source."),
    ),
    FaultCode.TOO_LARGE: (_l("The answer is larger than a feed may be."), _l("Ask its publisher for a shorter feed.")),
    FaultCode.BAD_ENCODING: (
        _l("The answer broke off or could not be unpacked."),
        _l("Usually this passes. It is tried again by itself."),
    ),
    FaultCode.BAD_ANSWER: (_l("The answer was not understandable."), _l("It is tried again by itself.")),
    FaultCode.EMPTY: (_l("The answer was empty."), _l("It is tried again by itself.")),
    FaultCode.HTML: (
        _l("There is a web page where a feed should be."),
        _l("Look on that page for a link called RSS, Atom or feed, and use its address."),
    ),
    FaultCode.NOT_A_FEED: (
        _l("This is some other document, not a feed."),
        _l("Check the address. A source list (OPML) is imported, not added."),
    ),
    FaultCode.BROKEN: (
        _l("The feed is so broken that nothing in it could be read."),
        _l("Tell its publisher. It is tried again by itself."),
    ),
    FaultCode.ENTITIES: (
        _l("This feed can only be read by expanding entities of its own, which may be a trap."),
        _l("It is left unread. Ask its publisher for a feed without them, or remove the source."),
    ),
    FaultCode.NO_ACCESS: (
        _l("The password of this source cannot be read any more."),
        _l("The secret of this instance has changed. Enter the password again."),
    ),
    FaultCode.UNWELCOME: (
        _l("Who posts there asks programs to stay away (#nobot)."),
        _l("Respect that: remove this source, or ask them."),
    ),
    FaultCode.BLOCKED: (
        _l("A steward of this instance keeps that server out."),
        _l("Remove this source, or ask a steward why."),
    ),
    FaultCode.PARSER_LIMIT: (
        _l("Reading it took too much time or memory and was stopped."),
        _l("Other sources are not touched by this. It is tried again by itself."),
    ),
}

REMARKS: dict[Remark, str] = {
    Remark.CUT_OFF: _l(
        "Its last document broke off. What came before was read; the entry it broke off in was left out, and the next"
        " look asks for all of it again."
    ),
    Remark.MENDED: _l(
        "Its document is not well-formed XML. It was read as far as it could be; entries may be missing."
    ),
    Remark.NO_ENTRIES: _l("It is a feed as it should be, and carries no entries just now."),
    Remark.MANY_ENTRIES: _l("It carries more than 1,000 entries; the first 1,000 were read."),
    Remark.LONG_TEXTS: _l("Texts over 1 MiB were cut."),
    Remark.LONG_TITLES: _l("Titles over 1,000 characters were cut."),
    Remark.MANY_CATEGORIES: _l("Categories after the 50th of an entry were passed over."),
    Remark.MANY_FILES: _l("Files after the 20th of an entry were passed over."),
    Remark.NOT_FOR_ALL: _l("Posts that are not for everybody were passed over."),
    Remark.NOT_READ: _l("Posts that cannot be read, or that their own server does not give, were passed over."),
    Remark.TWICE: _l("Entries given twice were read once."),
}

STATUSES: dict[str, str] = {
    "401": _l("The site asks for a name and password (401)."),
    "403": _l("The site does not let this instance in (403)."),
    "404": _l("There is nothing at this address any more (404)."),
    "406": _l("The site does not want to send its feed in this form (406)."),
    "429": _l("The site asks us to come less often (429)."),
    "500": _l("The site has trouble of its own (500)."),
    "502": _l("The site has trouble of its own (502)."),
    "503": _l("The site has trouble of its own (503)."),
}

ITEMS: dict[ItemState, str] = {
    ItemState.NEW: _l("New"),
    ItemState.ALREADY: _l("Had it already"),
    ItemState.MERGED: _l("The same as another"),
    ItemState.REFUSED: _l("Not taken"),
}

KINDS: dict[Kind, str] = {
    Kind.NOTE: _l("short post"),
    Kind.AUDIO: _l("to listen to"),
    Kind.VIDEO: _l("to watch"),
    Kind.EVENT: _l("event"),
    Kind.REPLY: _l("reply"),
    Kind.QUOTE: _l("quotation"),
}
"""An article needs no word."""


def init_app(app: Flask) -> None:
    """Hand the tables to templates."""
    app.jinja_env.filters["fault"] = fault_sentence
    app.jinja_env.filters["remark"] = REMARKS.__getitem__
    app.jinja_env.filters["remedy"] = fault_remedy
    app.jinja_env.filters["code_fault"] = code_sentence
    app.jinja_env.globals["item_words"] = ITEMS
    app.jinja_env.globals["kind_words"] = KINDS


def fault_sentence(fault: Fault) -> str:
    """Say what went wrong with a source, in one sentence."""
    if fault.code is FaultCode.STATUS:
        known = STATUSES.get(fault.detail)
        return str(known) if known else gettext("The site answered with an error (%(status)s).", status=fault.detail)
    return str(FAULTS[fault.code][0])


def fault_remedy(fault: Fault) -> str:
    """Say what can be done about it, in one sentence."""
    return str(FAULTS[fault.code][1])


def code_sentence(code: str) -> str:
    """Say why an imported feed was not taken; `code` is the value of a FaultCode."""
    return str(FAULTS[FaultCode(code)][0]) if code in set(FaultCode) else code
