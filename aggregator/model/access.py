"""How a feed is reached where its address alone is not enough. Secrets never stand in a repr."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Access:
    """A name with a password, or a token, or none of them; and a proxy, written socks5h://[name:password@]host:port."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    proxy: str = field(default="", repr=False)

    @property
    def credentials(self) -> bool:
        """Say whether something is sent that others must not see."""
        return bool(self.user or self.password or self.token)


@dataclass(frozen=True, slots=True)
class ShownAccess:
    """What people may see of an Access: that there is a password or token, never which; the proxy without its own."""

    user: str
    password: bool
    token: bool
    proxy: str
    readable: bool = True  # False: sealed with another secret than the instance has now
