"""A recording's transcript as a page of the instance, and chapters from a file of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.errors import BusyError, FetchError
from aggregator.model.extras import Chapter
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.spoken import Said, Spoken
from aggregator.services import beside, searching
from tests.web.conftest import Browser
from tests.web.newsroom import Item, Source
from web import create_app
from web.door import TOKEN

MORE = (
    '<podcast:transcript xmlns:podcast="https://podcastindex.org/namespace/1.0" url="https://cast.example/t.vtt"'
    ' type="text/vtt" language="pt"/>'
    '<podcast:chapters xmlns:podcast="https://podcastindex.org/namespace/1.0" url="https://cast.example/c.json"/>'
    '<link rel="enclosure" type="audio/mpeg" href="https://cast.example/tide.mp3"/>'
)
CAST = Source("https://cast.example/feed", "Spoken", "en", "", (Item("Spoken boats", 2, "<p>Hear.</p>", more=MORE),))
SPOKEN = Spoken((Said("Bom dia <b>.", 0, "Ana"), Said("E mais.", 61, "Ana"), Said("Sim.", 3723, "Rui")))


class Worker:
    """Gives the same files to whoever asks."""

    def __init__(self):
        self.asked = []
        self.spoken = SPOKEN
        self.raises = None

    def transcript(self, feed_id, url, told, *, wait):
        assert feed_id
        assert wait > 0
        self.asked.append((url, told))
        if self.raises:
            raise self.raises
        return self.spoken

    def chapters(self, feed_id, url, *, wait):
        assert feed_id
        assert wait > 0
        self.asked.append(url)
        if self.raises:
            raise self.raises
        return (Chapter(187, "The lock"),)


@pytest.fixture
def worker():
    return Worker()


@pytest.fixture
def reader(newsroom, worker):
    client = create_app(newsroom.settings, desk=replace(newsroom.desk, ask=worker)).test_client()
    with client.session_transaction() as session:
        session[TOKEN] = newsroom.set_up()
    newsroom.subscribe((CAST,))
    newsroom.fetch((CAST,))
    return Browser(client)


@pytest.fixture
def path(reader, newsroom):  # noqa: ARG001  # the entry came in with the reader
    return f"/entries/{searching.search(newsroom.desk, newsroom.actor(), 'spoken').items[0].seen.entry.uid}"


def test_of_several_forms_one_a_language_is_offered(newsroom):
    told = "".join(
        f'<podcast:transcript xmlns:podcast="https://podcastindex.org/namespace/1.0" url="https://cast.example/{n}"'
        f' language="{language}"/>'
        for n, language in enumerate(("en", "en", "pt", "en"))
    )
    source = replace(CAST, items=(replace(CAST.items[0], more=told),))
    newsroom.subscribe((source,))
    newsroom.fetch((source,))
    entry = searching.search(newsroom.desk, newsroom.actor(), "spoken").items[0].seen.entry
    offered = [(one.number, one.transcript.language) for one in beside.one_a_language(entry)]
    assert offered == [(0, "en"), (2, "pt")]


def test_nothing_is_fetched_before_somebody_wants_it(reader, worker, path):
    page = reader.page(path)
    assert worker.asked == []
    assert f'href="{path}/transcripts/0"' in page
    assert f'href="{path}?chapters=1"' in page


def test_a_transcript_is_a_page_with_times_that_move_the_player(reader, worker, path):
    page = reader.page(path + "/transcripts/0")
    assert worker.asked == [("https://cast.example/t.vtt", "text/vtt")]
    assert "Bom dia &lt;b&gt;." in page
    assert 'lang="pt"' in page
    assert page.count('<h2 dir="auto">Ana</h2>') == 1
    assert 'data-seek="3723">1:02:03</a>' in page


def test_a_transcript_that_is_a_page_has_its_pictures_through_us(reader, worker, path):
    worker.spoken = Spoken(html='<p>One <img src="https://cast.example/p.png"></p>', cut=True)
    page = reader.page(path + "/transcripts/0")
    assert "https://cast.example/p.png" not in page
    assert '<img src="/media/' in page
    assert "It is longer than what is shown here" in page


def test_what_cannot_be_read_is_said(reader, worker, path):
    worker.spoken = Spoken()
    assert "nothing in this file that can be read as a transcript" in reader.page(path + "/transcripts/0")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FetchError(Fault(FaultCode.TIMEOUT)), "The answer took too long."),
        (BusyError("the worker"), "It cannot be asked for just now."),
    ],
)
def test_what_went_wrong_is_said_beside_the_publishers_own_file(reader, worker, path, error, said):
    worker.raises = error
    answer = reader.get(path + "/transcripts/0")
    assert answer.status_code == 502
    assert said in answer.text
    assert 'href="https://cast.example/t.vtt"' in answer.text
    page = reader.page(path + "?chapters=1")
    assert said in page
    assert 'href="https://cast.example/c.json"' in page


def test_chapters_of_a_file_stand_like_those_of_the_document(reader, worker, path):
    page = reader.page(path + "?chapters=1")
    assert worker.asked == ["https://cast.example/c.json"]
    assert 'data-seek="187"' in page
    assert "The lock" in page


def test_a_transcript_that_is_not_there_is_no_page(reader, path):
    assert reader.get(path + "/transcripts/1").status_code == 404
    assert reader.get("/entries/nothing/transcripts/0").status_code == 404


def test_strangers_have_nothing_fetched(newsroom, worker, path):
    app = create_app(newsroom.settings, desk=replace(newsroom.desk, ask=worker))
    for end in ("/transcripts/0", "?chapters=1"):
        assert app.test_client().get(path + end).status_code in {302, 401}
    assert worker.asked == []
