"""Posts as entries: what each kind becomes, and what is refused."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import FetchError
from aggregator.model.entry import Kind
from aggregator.model.fault import FaultCode
from aggregator.model.remark import Remark
from aggregator.sources.fediverse.activities import Elsewhere, what_is_said
from aggregator.sources.fediverse.posts import read_post
from aggregator.sources.fediverse.refusal import Refused
from aggregator.sources.fediverse.software import software_of
from tests.aggregator.sources.fediverse.making import (
    HOST,
    ME,
    PUBLIC,
    actor,
    announce,
    create,
    note,
    one,
    read,
    refused,
)
from tests.aggregator.sources.fediverse.table import BEGIN, CORPUS, PAGE, becomes, documents, is_post, page_with, tables


def test_a_note_keeps_text_author_language_hashtags_and_pages():
    entry = one(
        create(
            note(
                url=f"{HOST}/@ana/1",
                contentMap={"pt-BR": "<p>Tide 1</p>"},
                tag=[{"type": "Hashtag", "name": "#Reef"}, {"type": "Mention", "name": "@bo@x.example"}],
            )
        )
    )
    assert (Kind.NOTE, "", "pt-BR", ("Reef",)) == (entry.kind, entry.title, entry.language, entry.categories)
    assert (f"{HOST}/@ana/1", f"{HOST}/notes/1") == (entry.link, entry.guid)
    assert [("Ana", ME)] == [(author.name, author.uri) for author in entry.authors]
    assert "<p>Tide 1</p>" == entry.content_html


def test_a_content_warning_is_kept_and_is_no_summary():
    entry = one(create(note(summary="Spiders", sensitive=True)))
    assert ("Spiders", "") == (entry.extras.warning, entry.summary_html)


def test_an_article_has_its_title_and_its_summary_is_an_excerpt():
    entry = one(create(note(type="Article", name="On tides", summary="<p>Short.</p>")))
    assert (Kind.ARTICLE, "On tides", "<p>Short.</p>") == (entry.kind, entry.title, entry.summary_html)
    assert entry.extras.warning is None


def test_replies_and_quotes_name_what_they_belong_to():
    there = "https://x.example/notes/9"
    reply = one(create(note(inReplyTo=there)))
    assert (Kind.REPLY, there) == (reply.kind, reply.extras.in_reply_to)
    link = {"type": "Link", "mediaType": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'}
    for told in ({"quote": there}, {"quoteUrl": there}, {"_misskey_quote": there}, {"tag": [link | {"href": there}]}):
        quote = one(create(note(**told)))
        assert (Kind.QUOTE, there) == (quote.kind, quote.extras.quote)


def test_a_poll_is_text_and_its_votes_are_nowhere():
    options = [{"type": "Note", "name": name, "replies": {"totalItems": 4711}} for name in ("Ebb", "Flow <b>")]
    entry = one(create(note(type="Question", oneOf=options, votersCount=4712)))
    assert "<ul><li>Ebb</li><li>Flow &lt;b&gt;</li></ul>" in entry.content_html
    assert "471" not in repr(entry)


def test_pictures_stand_in_the_text_with_their_descriptions():
    file = {"type": "Document", "mediaType": "image/png", "url": f"{HOST}/a.png", "name": 'A "reef"'}
    entry = one(create(note(attachment=[file, file])))
    assert 1 == len(entry.enclosures)
    assert ((f"{HOST}/a.png", 'A "reef"'),) == tuple((each.url, each.description) for each in entry.extras.pictures)
    assert f'<img src="{HOST}/a.png" alt="A &quot;reef&quot;"' in entry.content_html


def test_an_event_says_when_and_where():
    where = {"type": "Place", "name": "Harbour", "latitude": 38.7, "longitude": -9.1, "address": "Quay 1"}
    entry = one(create(note(type="Event", name="Dive", startTime="2026-12-01T10:00:00Z", location=where)))
    assert (Kind.EVENT, "Harbour", 38.7) == (entry.kind, entry.extras.place.name, entry.extras.place.latitude)
    assert "2026-12-01T10:00:00Z" in entry.content_html
    assert "Quay 1" in entry.content_html


def test_a_link_post_links_to_its_page_and_talks_at_its_own():
    entry = one(
        create(
            note(type="Page", name="Look", attachment=[{"type": "Link", "href": "https://x.example/a"}], stickied=False)
        )
    )
    assert ("https://x.example/a", f"{HOST}/notes/1") == (entry.link, entry.comments)


def test_a_film_is_the_largest_that_fits_a_screen():
    links = [
        {"type": "Link", "mediaType": "video/mp4", "href": f"{HOST}/{h}.mp4", "height": h} for h in (240, 720, 1080)
    ]
    links.append({"type": "Link", "mediaType": "text/html", "href": f"{HOST}/w/1"})
    entry = one(create(note(type="Video", name="Waves", url=links, views=99)))
    assert (Kind.VIDEO, f"{HOST}/w/1") == (entry.kind, entry.link)
    assert [f"{HOST}/720.mp4"] == [file.url for file in entry.enclosures]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"to": [f"{ME}/followers"]}, "followers only"),
        ({"to": ["https://x.example/users/bo"]}, "people it names"),
        ({"to": [], "cc": []}, "does not say that it is public"),
        ({"to": [PUBLIC], "directMessage": True}, "people it names"),
        ({"type": "ChatMessage"}, "private message"),
        ({"to": ["https://www.w3.org/ns/activitystreams#Publicity"]}, "people it names"),
    ],
)
def test_safety_48_what_is_not_for_everybody_is_not_read(told, reason):
    document = read(note(**told))
    assert () == document.entries
    assert (Remark.NOT_FOR_ALL,) == document.feed.remarks
    (why,) = refused(note(**told))
    assert reason in why


def test_safety_48_unlisted_posts_are_public():
    assert one(note(to=[f"{ME}/followers"], cc=["as:Public"])).kind is Kind.NOTE


def test_a_post_boosted_and_written_is_one_entry():
    theirs = note(5, host="https://x.example", author="https://x.example/users/bo")
    document = read(announce(theirs["id"]), announce(theirs["id"], number=2), create(note()), fetched=[theirs])
    boosted, own = document.entries
    assert (("Ana",), ()) == (boosted.extras.boosted_by, own.extras.boosted_by)
    assert "https://x.example/notes/5" == boosted.guid


def test_safety_46_a_boosted_post_of_another_host_is_not_believed():
    theirs = note(5, host="https://x.example", author="https://x.example/users/bo")
    assert () == read(announce(theirs)).entries
    assert () == read(announce(theirs["id"]), fetched=[theirs | {"id": "https://y.example/notes/5"}]).entries


def test_a_community_shows_its_members_posts_without_boosting_them():
    theirs = note(7, author=f"{HOST}/u/bo", type="Page", name="Hello")
    entry = one(announce(create(theirs, actor=f"{HOST}/u/bo")), who=actor(type="Group"))
    assert ("Hello", ()) == (entry.title, entry.extras.boosted_by)


def test_reactions_are_passed_over():
    document = read({"type": "Like", "id": f"{ME}/l/1", "actor": ME, "object": f"{HOST}/notes/3"})
    assert () == document.entries


def test_who_asks_programs_to_stay_away_is_left_alone():
    with pytest.raises(FetchError) as caught:
        read(create(note()), who=actor(summary="<p>I dive. #<span>nobot</span></p>"))
    assert caught.value.fault.code is FaultCode.UNWELCOME


@pytest.mark.parametrize(
    "told", [{"indexable": False}, {"discoverable": False}, {"searchableBy": []}, {"summary": "<p>#noindex</p>"}]
)
def test_who_did_not_agree_to_be_found_is_marked(told):
    assert one(create(note()), who=actor(**told)).extras.reserved
    assert not one(create(note()), who=actor(indexable=True, searchableBy=PUBLIC)).extras.reserved


def test_activities_within_each_other_end():
    deep = create(note())
    for number in range(50):
        deep = announce(deep, number=number)
    with pytest.raises(Refused, match="too deep"):
        what_is_said(deep, ME)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([ME, PUBLIC, "Note", "Image"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "url", "href", "name"]), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = (
    "content", "contentMap", "summary", "name", "url", "attachment", "image", "icon", "tag", "to", "cc", "oneOf",
    "inReplyTo", "quote", "published", "updated", "location", "language", "attributedTo", "@context", "type", "id",
    "audience", "category", "licence", "mediaType", "sensitive", "startTime",
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6))
def test_odd_shapes_are_read_or_refused(odd):
    post = note() | odd
    software_of(post)
    with suppress(Refused):
        read_post(post)
    assert len(read(post).entries) <= 1


needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus beside this checkout")


@needs_corpus
def test_every_post_of_the_corpus_becomes_an_entry_or_is_refused_for_a_reason():
    posts = [thing for _, thing in documents() if is_post(thing)]
    assert len(posts) > 40
    refused = [told for told in map(becomes, posts) if told.startswith("nothing")]
    assert all(len(told) > len("nothing: ") for told in refused)


@needs_corpus
def test_the_tables_in_the_docs_are_what_the_corpus_becomes():
    page = PAGE.read_text(encoding="utf-8")
    assert BEGIN in page
    assert page_with(page, tables()) == page


def test_safety_46_a_post_in_anothers_name_on_the_same_host_is_for_its_own_address_to_say():
    post = {
        "type": "Note",
        "id": "https://a.example/posts/1",
        "attributedTo": "https://a.example/users/bo",
        "to": PUBLIC,
    }
    create = {
        "type": "Create",
        "id": "https://a.example/create/1",
        "actor": "https://a.example/users/ana",
        "object": post,
    }
    assert what_is_said(create, "https://a.example/users/ana") == Elsewhere("https://a.example/posts/1")
