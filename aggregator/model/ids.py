"""Ids, each of its own type so that nobody can hand the wrong one over."""

from __future__ import annotations

import re
from typing import Final, NewType

FeedId = NewType("FeedId", int)
EntryId = NewType("EntryId", int)
"""The row of an entry; never leaves the instance. People and receipts use its `Uid`."""
Uid = NewType("Uid", str)
"""32 hex characters, minted once for an entry and never changed (ranking-semantics 2)."""
OwnerId = NewType("OwnerId", int)
"""A member or a group: whoever a subscription, folder, list or rule belongs to."""
MemberId = NewType("MemberId", OwnerId)
"""A member is an owner."""
GroupId = NewType("GroupId", OwnerId)
"""A group is an owner."""
FolderId = NewType("FolderId", int)
ListId = NewType("ListId", int)
RuleId = NewType("RuleId", int)
VersionId = NewType("VersionId", int)
PasskeyId = NewType("PasskeyId", int)
InvitationId = NewType("InvitationId", int)
TokenId = NewType("TokenId", int)
"""The row of an API token, never the token itself."""
JobId = NewType("JobId", int)
ReplayId = NewType("ReplayId", int)
EditionId = NewType("EditionId", int)
MuteId = NewType("MuteId", int)
ObjectionId = NewType("ObjectionId", int)

_UID = re.compile(r"[0-9a-f]{32}")


def is_uid(text: str) -> bool:
    """Say whether a text from outside can be the uid of an entry."""
    return _UID.fullmatch(text) is not None


NAMESPACE: Final = "urn:uuid:2f03b219-eadb-4b36-8716-1c0e62aaba3c"
"""Names what is ours in source lists, bundles and feeds; minted once, and never changed."""
