import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.queue.frames import frame, read_frame


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_messages_come_out_as_they_went_in(messages):
    stream = io.BytesIO(b"".join(map(frame, messages)))
    assert [read_frame(stream.readinto) for _ in messages] == messages
    assert read_frame(stream.readinto) is None


@given(st.binary(min_size=1, max_size=50), st.integers(1, 53))
def test_an_end_in_the_middle_is_told_from_a_clean_one(message, cut):
    data = frame(message)[:cut]
    if len(data) < len(frame(message)):
        with pytest.raises(EOFError):
            read_frame(io.BytesIO(data).readinto)


def test_a_message_over_the_limit_is_refused_before_it_is_read():
    stream = io.BytesIO(frame(b"x" * 101))
    with pytest.raises(ValueError, match="over the limit"):
        read_frame(stream.readinto, limit=100)
    assert stream.tell() == 4
