"""Jobs and documents cross the pipe unchanged."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model.entry import Author, Enclosure, EntryData, Kind
from aggregator.model.extras import NO_EXTRAS, Chapter, Extras, Picture, Place, Transcript
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.feed import FeedData
from aggregator.model.remark import Remark
from aggregator.model.spoken import Said, Spoken
from aggregator.sources.chapters import ChaptersJob, FoundChapters
from aggregator.sources.document import ParsedDocument, ParseJob, ParseLimits
from aggregator.sources.transcript import TranscriptJob
from aggregator.sources.wire import from_message, to_message

texts = st.text(max_size=20)
maybe = st.none() | texts
times = st.datetimes(datetime(1990, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # as hypothesis wants it
hashes = st.binary(min_size=16, max_size=16)
chapters = st.lists(st.builds(Chapter, start=st.integers(0, 10**6), title=texts, link=maybe), max_size=2).map(tuple)
extras = st.just(NO_EXTRAS) | st.builds(
    Extras,
    chapters=chapters,
    transcripts=st.lists(st.builds(Transcript, url=texts, type=maybe, language=maybe), max_size=2).map(tuple),
    place=st.none() | st.builds(Place, name=maybe, latitude=st.none() | st.floats(-90, 90), longitude=st.none()),
    licence=maybe, chapters_file=maybe, explicit=st.booleans(), seconds=st.none() | st.integers(1, 10**6),
    pictures=st.lists(st.builds(Picture, url=texts, description=texts), max_size=2).map(tuple),
)  # fmt: skip
entries = st.builds(
    EntryData,
    key=texts, raw_hash=hashes, guid=maybe, link=maybe, title=texts,
    authors=st.lists(st.builds(Author, name=texts, uri=maybe), max_size=2).map(tuple),
    published=st.none() | times, updated=st.none() | times, language=maybe, kind=st.sampled_from(Kind),
    categories=st.lists(texts, max_size=2).map(tuple),
    enclosures=st.lists(
        st.builds(Enclosure, url=texts, type=maybe, length=st.none() | st.integers(0, 2**60), title=maybe), max_size=2
    ).map(tuple),
    image=maybe, comments=maybe, content_html=texts, summary_html=texts, excerpt=texts,
    words=st.none() | st.integers(0, 10**6), paid=st.booleans(), index=texts, extras=extras,
)  # fmt: skip
feeds = st.builds(
    FeedData,
    title=maybe, site=maybe, language=maybe, subtitle=maybe, image=maybe, self_link=maybe, hub=maybe,
    ttl_minutes=st.none() | st.integers(0, 10**6), skip_hours=st.lists(st.integers(0, 23), max_size=3).map(tuple),
    skip_days=st.lists(st.integers(0, 6), max_size=3).map(tuple),
    remarks=st.lists(st.sampled_from(Remark), max_size=2).map(tuple),
    update_every=st.none() | st.integers(1, 10**7).map(lambda seconds: timedelta(seconds=seconds)),
)  # fmt: skip
documents = st.builds(
    ParsedDocument,
    feed=feeds, entries=st.lists(entries, max_size=3).map(tuple), carried=st.lists(hashes, max_size=3).map(tuple),
    format=texts,
)  # fmt: skip
jobs = st.builds(
    ParseJob,
    body=st.binary(max_size=50), encoding=texts, content_type=texts, address=texts, site=maybe, feed_language=maybe,
    known=st.frozensets(hashes, max_size=3), now=times, limits=st.builds(ParseLimits, body=st.integers(1, 10**8)),
)  # fmt: skip
faults = st.builds(Fault, code=st.sampled_from(FaultCode), detail=texts, retry_after=st.none() | st.integers(0, 10**6))
said = st.builds(Said, text=texts, start=st.none() | st.integers(0, 10**6), speaker=maybe)
beside = st.one_of(
    st.builds(
        TranscriptJob, body=st.binary(max_size=50), encoding=texts, content_type=texts, address=texts, told=texts
    ),
    st.builds(Spoken, lines=st.lists(said, max_size=3).map(tuple), html=texts, cut=st.booleans()),
    st.builds(ChaptersJob, body=st.binary(max_size=50), encoding=texts, address=texts),
    st.builds(FoundChapters, chapters=chapters),
)


@settings(max_examples=500, deadline=None)
@given(st.one_of(documents, jobs, faults, beside))
def test_a_message_comes_back_as_it_went(value):
    back = from_message(to_message(value))
    assert back == value
    assert type(back) is type(value)


def test_what_is_read_crosses_the_pipe(read):
    for name in ("cooperative.rss", "library.atom", "workshop.json"):
        document = read(name)
        assert from_message(to_message(document)) == document


@pytest.mark.parametrize("message", [b"", b"\x93\xa1x\x01\x02", b"\xc1", b"\x91\xa8document"])
def test_what_is_no_message_is_refused(message):
    with pytest.raises((ValueError, TypeError)):
        from_message(message)
