"""What a publisher tells besides, as the reading view shows it."""

from __future__ import annotations

import re
from dataclasses import replace

from aggregator.services import searching
from tests.web.newsroom import Item, Source
from web.formats import licence_name, playing_time

SPACES = {
    "podcast": "https://podcastindex.org/namespace/1.0",
    "psc": "http://podlove.org/simple-chapters",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "georss": "http://www.georss.org/georss",
    "media": "http://search.yahoo.com/mrss/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
}
CAST = Source("https://cast.example/feed", "The Tide, spoken", "en", "", (Item("Spoken boats", 2, "<p>Hear.</p>"),))
SOUND = '<link rel="enclosure" type="audio/mpeg" href="https://cast.example/tide.mp3"/>'
CHAPTERS = '<psc:chapters><psc:chapter start="0:03:07" title="Boats &amp;lt;b"/></psc:chapters>'


def entry_page(member, newsroom, more):
    more = re.sub(r"<(\w+):(\w+)", lambda tag: f'{tag[0]} xmlns:{tag[1]}="{SPACES[tag[1]]}"', more)
    source = replace(CAST, items=(replace(CAST.items[0], more=more),))
    newsroom.subscribe((source,))
    newsroom.fetch((source,))
    entry = searching.search(newsroom.desk, newsroom.actor(), "spoken").items[0].seen.entry
    return member.page(f"/entries/{entry.uid}")


def test_chapters_are_links_into_the_sound(member, newsroom):
    page = entry_page(member, newsroom, SOUND + CHAPTERS)
    player = re.search(r'<audio [^>]*src="([^"]*)"', page)[1]
    assert f'href="{player}#t=187" data-seek="187"' in page
    assert "3:07" in page
    assert "Boats &amp;lt;b" in page


def test_chapters_without_sound_are_a_list(member, newsroom):
    page = entry_page(member, newsroom, CHAPTERS)
    assert "data-seek" not in page
    assert "3:07" in page


def test_transcript_place_licence_and_episode(member, newsroom):
    page = entry_page(
        member,
        newsroom,
        '<podcast:transcript url="https://cast.example/t.vtt" type="text/vtt" language="en"/>'
        "<itunes:season>2</itunes:season><itunes:episode>5</itunes:episode><itunes:duration>3723</itunes:duration>"
        "<georss:featurename>Old Quay</georss:featurename><georss:point>59.5 -1.25</georss:point>"
        '<link rel="license" href="https://creativecommons.org/licenses/by-sa/4.0/"/>',
    )
    assert re.search(r'href="/entries/[^"]+/transcripts/0"', page)
    assert "Transcript, English" in page
    assert "season 2, episode 5" in page
    assert "1:02:03" in page
    assert "Old Quay" in page
    assert 'href="geo:59.5,-1.25"' in page
    assert "CC BY-SA 4.0" in page


def test_a_described_picture_has_its_words(member, newsroom):
    page = entry_page(
        member,
        newsroom,
        '<media:content url="https://cast.example/p.jpg" type="image/jpeg"><media:description>A red boat'
        "</media:description></media:content>",
    )
    assert re.search(r'<img src="/media/[^"]+" alt="A red boat"', page)


def test_no_page_counts_people(member, newsroom):
    """Promise 1 of ranking: what others did with an entry is not even kept."""
    page = entry_page(
        member,
        newsroom,
        "<slash:comments>73411</slash:comments><media:community><media:statistics views='98765' favorites='4242'/>"
        "</media:community>",
    )
    assert not re.search(r"73411|98765|4242", page)


def test_times_and_licences_in_words():
    assert ["0:00", "3:07", "1:02:03"] == [playing_time(n) for n in (0, 187, 3723)]
    names = [licence_name(f"https://{rest}") for rest in (
        "creativecommons.org/publicdomain/zero/1.0/", "creativecommons.org/licenses/by/3.0/de/", "law.example/mine",
    )]  # fmt: skip
    assert names == ["CC0 1.0", "CC BY 3.0", "law.example"]
