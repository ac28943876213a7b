from __future__ import annotations

import base64
import zlib

import pytest

from aggregator.errors import BadDocumentError
from web.carried import pack, unpack


def test_a_document_comes_back_as_it_went():
    data = bytes(range(256)) * 100
    assert unpack(pack(data), len(data)) == data


@pytest.mark.parametrize("field", ["", "%%%", "aGVsbG8=", pack(b"x" * 50)[:-8], base64.b64encode(b"\x78\x9c").decode()])
def test_what_is_no_document_is_refused(field):
    with pytest.raises(BadDocumentError):
        unpack(field, 1000)


def test_a_bomb_is_refused_without_being_unpacked_whole():
    bomb = base64.b64encode(zlib.compress(b"\0" * 50_000_000)).decode()
    with pytest.raises(BadDocumentError, match="too large"):
        unpack(bomb, 1_000_000)
