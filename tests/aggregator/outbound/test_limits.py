from __future__ import annotations

import contextlib
import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import FetchError
from aggregator.model.fault import FaultCode
from aggregator.outbound.limits import MIB, inflate


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=4))
def test_any_number_of_members_is_unpacked(parts):
    assert inflate(b"".join(map(gzip.compress, parts))) == b"".join(parts)


def test_padding_behind_the_last_member_is_passed_over():
    assert inflate(gzip.compress(b"feed") + b"\0" * 20) == b"feed"


def test_the_limit_itself_is_allowed():
    assert len(inflate(gzip.compress(b"x" * 1000), most=1000)) == 1000


def test_one_byte_over_the_limit_is_too_much():
    with pytest.raises(FetchError) as caught:
        inflate(gzip.compress(b"x" * 1001), most=1000)
    assert caught.value.fault.code is FaultCode.TOO_LARGE


def test_safety_11_a_bomb_stops_before_it_takes_memory():
    bomb = gzip.compress(bytes(256 * MIB), 9)
    tracemalloc.start()
    try:
        with pytest.raises(FetchError) as caught:
            inflate(bomb)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.fault.code is FaultCode.TOO_LARGE
    assert peak < 32 * MIB


@given(st.binary(min_size=1, max_size=200))
def test_safety_12_garbage_ends_in_no_other_error_than_a_fault(data):
    for given_data in (data, gzip.compress(b"x" * 500) + b"\x1f\x8b" + data):
        with contextlib.suppress(FetchError):
            inflate(given_data)


@pytest.mark.parametrize("left", [1, 9, 10, 15, 200])
def test_safety_12_gzip_that_breaks_off_ends_in_a_fault(left):
    with pytest.raises(FetchError) as caught:
        inflate(gzip.compress(bytes(range(256)) * 10)[:left])
    assert caught.value.fault.code is FaultCode.BAD_ENCODING
