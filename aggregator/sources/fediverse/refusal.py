"""Why something from the fediverse is not taken: a plain sentence, for whoever looks after the instance."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818  # a result that ends reading at any depth, not a failure of ours
    """`reason` completes "it was refused because"; it holds nothing of the post's text."""

    def __init__(self, reason: str, *, private: bool = False) -> None:
        self.reason = reason
        self.private = private
        super().__init__(reason)
