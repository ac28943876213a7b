"""What a document may tell of an entry besides: chapters, transcripts, places, licences, described pictures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.extras import NO_EXTRAS, Chapter, Extras, Picture, Place, Transcript, extras_of, told_of
from aggregator.sources.extras import MOST_CHAPTERS, read_extras

SPACES = (
    'xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:psc="http://podlove.org/simple-chapters" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:georss="http://www.georss.org/georss" '
    'xmlns:gml="http://www.opengis.net/gml" xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#" '
    'xmlns:cc="http://web.resource.org/cc/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/" '
    'xmlns:thr="http://purl.org/syndication/thread/1.0" xmlns:atom="http://www.w3.org/2005/Atom" '
)
CC = "https://creativecommons.org/licenses/by-sa/4.0/"


@pytest.fixture
def item(read):
    """Read one RSS item given as the XML inside of it; return the entry."""

    def entry(inside, *, broken=False):
        cut = "&undefined;" if broken else ""
        text = f'<rss version="2.0" {SPACES}><channel><title>T{cut}</title><link>https://site.example/</link><item>'
        return read(f"{text}<title>One</title>{inside}</item></channel></rss>").entries[0]

    return entry


def test_an_entry_without_any_shares_one_value(item):
    assert item("<description>Words</description>").extras is NO_EXTRAS


def test_chapters_of_podlove_in_their_order(item):
    extras = item(
        '<psc:chapters version="1.2"><psc:chapter start="00:03:07.5" title="Boats" href="/boats"/>'
        '<psc:chapter start="0" title="Greeting &amp;c"/><psc:chapter start="soon" title="No"/></psc:chapters>'
    ).extras
    assert extras.chapters == (Chapter(0, "Greeting &c"), Chapter(187, "Boats", "https://feeds.example.org/boats"))


def test_chapters_and_transcripts_of_podcasting_2(item):
    extras = item(
        '<podcast:chapters url="https://a.example/c.json" type="application/json+chapters"/>'
        '<podcast:transcript url="https://a.example/t.vtt" type="text/vtt" language="pt_BR"/>'
        '<podcast:transcript url="javascript:alert(1)" type="text/html"/>'
    ).extras
    assert extras.chapters_file == "https://a.example/c.json"
    assert extras.transcripts == (Transcript("https://a.example/t.vtt", "text/vtt", "pt-BR"),)


def test_what_itunes_tells_of_an_episode(item):
    extras = item(
        "<itunes:season>3</itunes:season><itunes:episode>12</itunes:episode><itunes:duration>1:02:03</itunes:duration>"
        "<itunes:explicit>yes</itunes:explicit>"
    ).extras
    assert extras == Extras(season=3, episode=12, seconds=3723, explicit=True)
    assert item("<itunes:explicit>no</itunes:explicit><itunes:duration>00:00</itunes:duration>").extras is NO_EXTRAS


@pytest.mark.parametrize(
    ("inside", "place"),
    [
        ("<georss:point>45.256 -71.92</georss:point>", Place(None, 45.256, -71.92)),
        (
            "<georss:featureName>The Quay</georss:featureName><georss:point>1 2</georss:point>",
            Place("The Quay", 1.0, 2.0),
        ),
        ("<georss:where><gml:Point><gml:pos>-5.5 6</gml:pos></gml:Point></georss:where>", Place(None, -5.5, 6.0)),
        ("<geo:lat>26.58</geo:lat><geo:long>-97.83</geo:long>", Place(None, 26.58, -97.83)),
        ("<geo:Point><geo:lat>1</geo:lat><geo:long>2</geo:long></geo:Point>", Place(None, 1.0, 2.0)),
        (
            '<podcast:location geo="geo:30.27,-97.74;u=50">Austin, TX</podcast:location>',
            Place("Austin, TX", 30.27, -97.74),
        ),
        ("<georss:point>95 200</georss:point>", None),
        ("<georss:point>nan inf</georss:point>", None),
        ("<geo:lat>1</geo:lat>", None),
    ],
)
def test_places(item, inside, place):
    assert item(inside).extras.place == place


@pytest.mark.parametrize(
    "inside",
    [
        f"<creativeCommons:license>{CC}</creativeCommons:license>",
        f'<cc:license rdf:resource="{CC}"/>',
        f'<atom:link rel="license" href="{CC}"/>',
        f'<media:license type="text/html" href="{CC}">CC BY-SA</media:license>',
        f'<podcast:license url="{CC}">cc-by-sa-4.0</podcast:license>',
    ],
)
def test_licences(item, inside):
    assert item(inside).extras.licence == CC


def test_a_licence_by_name_and_one_that_would_be_active(item):
    assert item("<podcast:license>CC-BY-4.0</podcast:license>").extras.licence == "CC-BY-4.0"
    assert item("<cc:license>javascript:alert(1)</cc:license>").extras.licence == "javascript:alert(1)"  # a plain line


def test_a_described_picture_is_no_summary(item):
    entry = item(
        '<media:content url="https://a.example/p.jpg" type="image/jpeg" medium="image">'
        '<media:description type="plain">Two boats, one &amp;amp; only</media:description></media:content>'
        "<description>What happened</description>"
    )
    assert entry.extras.pictures == (Picture("https://a.example/p.jpg", "Two boats, one & only"),)
    assert entry.content_html == "What happened"
    assert entry.image == "https://a.example/p.jpg"


def test_counts_of_people_are_dropped(item):
    bare = item("<description>Words</description>")
    counted = item(
        "<description>Words</description><slash:comments>512</slash:comments><thr:total>3</thr:total>"
        '<media:community><media:starRating count="20" average="4.5"/><media:statistics views="9999" favorites="7"/>'
        "</media:community>"
    )
    assert counted == bare


def test_feedparser_keeps_what_it_knows(item):
    extras = item(
        "<itunes:season>3</itunes:season><itunes:duration>90</itunes:duration><georss:point>45.5 -71.5</georss:point>"
        f"<creativeCommons:license>{CC}</creativeCommons:license>",
        broken=True,
    ).extras
    assert (extras.season, extras.seconds, extras.place, extras.licence) == (3, 90, Place(None, 45.5, -71.5), CC)


TOLD_OF_A_PODCAST = (
    "<itunes:season>3</itunes:season><itunes:episode>4</itunes:episode><itunes:duration>90</itunes:duration>"
    '<podcast:transcript url="https://a.example/t.vtt" type="text/vtt" language="pt_BR"/>'
    '<podcast:transcript url="/t.html" type="text/html"/>'
    '<podcast:transcript url="https://a.example/t.srt" type="application/x-subrip" language="en"/>'
    '<podcast:chapters url="https://a.example/c.json" type="application/json+chapters"/>'
    '<psc:chapters version="1.2"><psc:chapter start="00:03:07.5" title="Boats" href="/boats"/>'
    '<psc:chapter start="0" title="Greeting &amp;c"/></psc:chapters>'
    "<georss:point>45.5 -71.5</georss:point>"
)


def test_both_ways_of_reading_tell_the_same_of_a_podcast(item):
    strict = item(TOLD_OF_A_PODCAST).extras
    assert len(strict.transcripts) == 3
    assert item(TOLD_OF_A_PODCAST, broken=True).extras == strict


def test_feedparser_knows_podcasting_2_by_another_prefix(item):
    spaced = '<pod:transcript xmlns:pod="https://podcastindex.org/namespace/1.0" url="https://a.example/{}.vtt"/>'
    found = item(spaced.format(1) + spaced.format(2), broken=True).extras.transcripts
    assert found == (Transcript("https://a.example/1.vtt"), Transcript("https://a.example/2.vtt"))


def test_a_recording_of_a_json_feed_has_its_length(read):
    document = read(
        '{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": "1", "content_text": "x",'
        ' "attachments": [{"url": "https://a.example/a.mp3", "mime_type": "audio/mpeg",'
        ' "duration_in_seconds": 61}]}]}'
    )
    assert document.entries[0].extras.seconds == 61


def test_what_changes_beside_the_text_is_a_change(item):
    one, other = (item(f"<itunes:season>{number}</itunes:season>") for number in (1, 2))
    assert one.raw_hash != other.raw_hash


def test_safety_18_extras_are_cut(item):
    many = "".join(f'<psc:chapter start="{n}" title="{"x" * 500}"/>' for n in range(1_000))
    chapters = item(f"<psc:chapters>{many}</psc:chapters>").extras.chapters
    assert len(chapters) == MOST_CHAPTERS
    assert max(len(chapter.title) for chapter in chapters) == 200


raws = st.fixed_dictionaries(
    {},
    optional={
        "chapters": st.lists(st.tuples(st.text(), st.text(), st.none() | st.text()), max_size=4),
        "chapters_file": st.text(),
        "transcripts": st.lists(st.tuples(st.text(), st.none() | st.text(), st.none() | st.text()), max_size=4),
        "seconds": st.text(), "season": st.text(), "episode": st.text(), "explicit": st.text(),
        "place": st.dictionaries(st.sampled_from(["name", "latitude", "longitude"]), st.text()),
        "licence": st.text(),
        "pictures": st.lists(st.tuples(st.text(), st.text()), max_size=4),
    },
)  # fmt: skip


@given(raws)
def test_whatever_was_told_is_read_and_kept(raw):
    extras = read_extras(raw, lambda address: address if address.startswith("http") else None)
    assert extras_of(told_of(extras)) == extras
