"""Why a feed could not be fetched or read: a code, never a stack trace."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultCode(StrEnum):
    """The kinds of failure a person is told about; web/ and cli/ hold the sentence for each."""

    BAD_ADDRESS = "bad-address"  # not http(s), or with userinfo, or not an address at all
    REFUSED_ADDRESS = "refused-address"  # private, loopback, or another forbidden network or port
    DNS = "dns"  # the name has no address
    CONNECT = "connect"  # nobody listens, or the connection broke
    TLS = "tls"  # certificate or handshake
    TIMEOUT = "timeout"  # connect or total deadline passed
    REDIRECTS = "redirects"  # a loop, too many, or one that may not be followed
    STATUS = "status"  # an HTTP status that is no answer; detail = the status
    GONE = "gone"  # 410
    TOO_LARGE = "too-large"  # over the limit, before or after unpacking
    BAD_ENCODING = "bad-encoding"  # garbage gzip, wrong length, an answer that breaks off
    BAD_ANSWER = "bad-answer"  # not HTTP, headers over the limits
    EMPTY = "empty"  # 200 with nothing in it
    HTML = "html"  # a web page where a feed should be
    NOT_A_FEED = "not-a-feed"  # some other document
    BROKEN = "broken"  # a feed so broken that nothing could be read
    ENTITIES = "entities"  # it can only be read by expanding entities it defines, which is not done
    NO_ACCESS = "no-access"  # its password cannot be read: it was sealed with another secret of the instance
    UNWELCOME = "unwelcome"  # who posts there asks programs to stay away
    BLOCKED = "blocked"  # a steward keeps this server out
    PARSER_LIMIT = "parser-limit"  # reading it took too much time or memory and was stopped


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure: `detail` is a status, a limit or a library's short message, at most 300 characters.

    `retry_after` is what the server asked for, in seconds from the answer; None where it asked for nothing.
    """

    code: FaultCode
    detail: str = ""
    retry_after: int | None = None

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else str(self.code)
