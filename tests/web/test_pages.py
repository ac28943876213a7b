from __future__ import annotations

import re
from datetime import timedelta

import pytest

from aggregator.services import importing
from tests.web.newsroom import NO_SUCH_NAME, NOW, SOURCES, Item, Source, opml

FRONT = "/lists/front-page"


def uid_of(page: str, title: str) -> str:
    return re.search(rf'<h2 id="t-(\w+)"[^>]*><a[^>]*>{re.escape(title)}<', page)[1]


def test_up_answers_and_says_nothing_about_anybody(stranger):
    answer = stranger.get("/up")
    assert (answer.status_code, answer.json["ok"]) == (200, True)
    assert set(answer.json) == {"ok", "parts"}


def test_a_page_says_that_the_clock_was_set(stranger):
    assert "by a clock set by hand" in stranger.page("/sample")


def test_a_stranger_is_led_to_the_sample_edition(stranger):
    assert stranger.get("/").headers["Location"] == "/sample"
    page = stranger.page("/sample")
    assert "This is a sample edition" in page
    assert "Why 1st?" in page
    assert "broadsheet init" in page


def test_the_sample_can_be_taken_apart(stranger):
    newest = stranger.page("/sample?rule=newest-first")
    assert "by time alone" in newest
    entry = re.search(r'href="(/sample/entries/[^"]+)"', stranger.page("/sample"))[1]
    assert "What if" in stranger.page(f"{entry.replace('&amp;', '&')}&what_if=1")


def test_the_front_page_shows_entries_with_their_reasons(member, newsroom):
    newsroom.fill()
    page = member.page(FRONT)
    assert "Ferry crews keep the night boats running" in page
    assert "Why 1st?" in page
    assert "By time alone it would stand" in page
    assert re.search(r"30 of 41 entries\.\s+None left out,\s+<span><a[^>]*>11 further down</a>", page)


def test_the_points_a_reader_adds_up_give_the_total_shown(member, newsroom):
    newsroom.fill()
    boxes = re.findall(r"<tbody>(.*?)</tbody>.*?<tfoot>.*?<bdi[^>]*>(.*?)</bdi>", member.page(FRONT), re.DOTALL)
    assert len(boxes) == 30
    for body, total in boxes:
        points = re.findall(r"<bdi[^>]*>(.*?)</bdi>", body)
        tenths = [round(float(each.replace("\u2212", "-")) * 10) for each in points]
        assert sum(tenths) == round(float(total.replace("\u2212", "-")) * 10)


def test_newest_first_is_one_click_away_and_nothing_else_counts(member, newsroom):
    newsroom.fill()
    page = member.page(f"{FRONT}?rule=newest-first")
    assert 'aria-current="true">Newest first' in page
    assert "this rule gives no points" in page


def test_further_down_goes_on_with_the_next_place(member, newsroom):
    newsroom.fill()
    page = member.page(f"{FRONT}/further-down")
    assert re.findall(r'<li value="(\d+)">', page) == [str(place) for place in range(31, 42)]


def test_entries_keep_their_own_language_and_direction(member, newsroom):
    newsroom.fill()
    page = member.page(FRONT)
    assert re.search(r'<h2 id="t-\w+" lang="ar" dir="rtl"><a[^>]*>تعاونية', page)
    assert re.search(r'<h2 id="t-\w+" lang="es" dir="ltr"><a[^>]*>El barrio', page)


def test_a_body_is_shown_with_pictures_from_here_and_nothing_active(member, newsroom):
    newsroom.fill()
    uid = uid_of(member.page(FRONT), "Ferry crews keep the night boats running")
    page = member.page(f"/entries/{uid}")
    body = page[page.index('class="body') :]
    assert "<h2>What was agreed</h2>" in body
    assert "<h3>And then</h3>" in body
    assert re.search(r'<img [^>]*src="/media/\w+/\w+"', body)
    assert "alert" not in body
    assert "elsewhere.example" in body


def test_a_mark_is_kept_told_and_taken_back(member, newsroom):
    newsroom.fill()
    uid = uid_of(member.page(FRONT), "Fog holds up the morning crossing")
    answer = member.post("/marks", {"read": uid, "next": FRONT})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{FRONT}#e-{uid}")
    page = member.page(FRONT)
    assert "Marked one as read." in page
    assert re.search(rf'class="item[^"]* is-read[^"]*" id="e-{uid}"', page)
    undo = re.search(r'action="/undo">.*?name="id" value="([^"]+)"', page, re.DOTALL)[1]
    assert member.post("/undo", {"id": undo, "next": FRONT}).status_code == 303
    page = member.page(FRONT)
    assert "Taken back for one entry" in page or "Taken back for 1 entry" in page
    assert "is-read" not in page
    assert member.post("/undo", {"id": undo}).status_code == 409


def test_a_script_gets_the_mark_and_its_undo_as_data(member, newsroom):
    newsroom.fill()
    uid = uid_of(member.page(FRONT), "Fog holds up the morning crossing")
    headers = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
    answer = member.post("/marks", {"star": uid, "next": FRONT}, headers=headers)
    assert answer.json["text"] == "Starred."
    assert answer.json["undo"]
    assert "Fog holds up" in member.page("/starred")
    assert "Nothing is put aside" in member.page("/later")


def test_everything_above_binds_to_what_was_shown_and_hiding_keeps_the_numbers(member, newsroom):
    newsroom.fill()
    page = member.page(FRONT)
    pin = dict(re.findall(r'<input type="hidden" name="(at|v)" value="([^"]+)"', page))
    member.post("/marks", {"above": "3", "list": "front-page", "next": FRONT, **pin})
    assert "Marked 3 as read." in member.page(FRONT)
    hidden = member.page(f"{FRONT}?hide=read")
    assert re.findall(r'<li value="(\d+)">', hidden)[0] == "4"
    assert "(3 hidden)" in hidden


def test_a_whole_page_is_marked_at_once(member, newsroom):
    newsroom.fill()
    shown = re.search(r'name="shown" value="([^"]+)"', member.page(FRONT))[1]
    member.post("/marks", {"page": "read", "shown": shown, "next": FRONT})
    assert "Marked 30 as read." in member.page(FRONT)
    assert "You have read everything on this page" in member.page(f"{FRONT}?hide=read")


@pytest.mark.parametrize("fields", [{}, {"above": "x"}, {"above": "99999999", "list": "front-page"}])
def test_a_form_that_says_nothing_is_told_what_would_do(member, fields):
    answer = member.post("/marks", fields)
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.text


@pytest.mark.parametrize("query", ["at=yesterday", "v=x", "start=-1", "v=" + "9" * 40])
def test_an_address_that_makes_no_sense_says_which_part(member, query):
    answer = member.get(f"{FRONT}?{query}")
    assert answer.status_code == 400
    assert "expected" in answer.text


def test_why_not_tells_of_an_entry_that_is_there_and_of_one_that_never_came(member, newsroom):
    newsroom.fill()
    assert "Why 1st?" in member.page(f"{FRONT}/why-not?link=https://tide.example/feed.xml/0")
    assert "No entry here has this link" in member.page(f"{FRONT}/why-not?link=https://never.example/")


def test_what_if_is_worked_out_when_asked(member, newsroom):
    newsroom.fill()
    uid = uid_of(member.page(FRONT), "Fog holds up the morning crossing")
    assert "What if a line were missing?" in member.page(f"/entries/{uid}?list=front-page")
    page = member.page(f"/entries/{uid}?list=front-page&what_if=1")
    assert "without “Fresh”:" in page
    assert "without “Loud”:" in page


def test_empty_pages_differ(member, newsroom):
    assert "This page has no sources yet" in member.page(FRONT)
    newsroom.subscribe(SOURCES[:2])
    assert "have not been fetched yet" in member.page(FRONT)
    newsroom.fetch(faults=[(source.address, NO_SUCH_NAME) for source in SOURCES])
    page = member.page(FRONT)
    assert "None of your sources could be fetched" in page
    assert "/sample" in page


def test_sources_say_what_is_wrong_in_plain_words(member, newsroom):
    newsroom.subscribe(SOURCES[:2])
    newsroom.fetch(faults=[(SOURCES[0].address, NO_SUCH_NAME)])
    page = member.page("/sources")
    assert "2 sources." in page
    assert "No machine goes by this name." in page
    assert "Next try" in page


def test_a_source_is_added_changed_removed_and_brought_back(member):
    added = member.post("/sources/add", {"address": "https://new.example/feed", "folder": "News"})
    where = added.headers["Location"]
    member.post(f"{where}/change", {"title": "My own name for it", "folders": "Local\r\nSea/Coast\r\n"})
    page = member.page(where)
    assert '<h1 dir="auto">My own name for it</h1>' in page
    assert "Local" in page
    member.post(f"{where}/pause")
    assert "Go on fetching" in member.page(where)
    member.post(f"{where}/remove")
    page = member.page("/sources")
    assert "Nothing is read here yet" in page
    form = page[page.index(f'action="{where}/restore"') :]
    fields = dict(re.findall(r'name="(title|why|folders)" value="([^"]*)"', form))
    member.post(f"{where}/restore", fields)
    assert "My own name for it" in member.page("/sources")


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [("ftp://x.example/", 400, "This cannot be used"), ("http://127.0.0.1/feed", 400, "This cannot be used")],
)
def test_an_address_that_cannot_be_is_told_beside_the_field(member, address, status, said):
    answer = member.post("/sources/add", {"address": address})
    assert answer.status_code == status
    assert said in answer.text
    assert f'value="{address}"' in answer.text


def test_an_import_is_looked_at_run_watched_and_taken_back(member, newsroom):
    token = member.token()
    upload = member.client.post(
        "/import/preview",
        data=multipart(token, opml()),
        content_type="multipart/form-data; boundary=edge",
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert "Nothing is changed yet." in upload.text
    assert "Import these 5 sources" in upload.text
    assert "Nothing is read here yet" in member.page("/sources")
    fields = dict(re.findall(r'name="(name|document)" value="([^"]*)"', upload.text))
    job = member.post("/import", fields).headers["Location"]
    assert "<progress" in member.page(job)
    assert member.get(f"{job}/progress").json["ended"] is False
    importing.run_waiting(newsroom.desk)
    page = member.page(job)
    assert "Imported" in page
    assert page.count("<tr>") == 1 + 5
    assert member.post(f"{job}/undo").status_code == 303
    assert "This import was taken back" in member.page(job)
    assert "Nothing is read here yet" in member.page("/sources")


@pytest.mark.parametrize("data", [b"", b"not a list at all", b"<html><body>no</body></html>"])
def test_a_file_that_is_no_source_list_is_told_of(member, data):
    answer = member.client.post(
        "/import/preview",
        data=multipart(member.token(), data),
        content_type="multipart/form-data; boundary=edge",
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 400
    assert "This file cannot be used" in answer.text


def test_what_arrived_since_waits_behind_a_link_and_the_page_stays(member, newsroom):
    newsroom.subscribe()
    newsroom.fetch(arrived=NOW - timedelta(minutes=10))
    late = Source("https://late.example/feed", "Late", "en", "", (Item("It arrived afterwards", 0.5, "<p>Now.</p>"),))
    newsroom.subscribe((late,))
    newsroom.fetch((*SOURCES, late))
    page = member.page(f"{FRONT}?at=2026-11-22T11:55:00Z")
    assert "1 newer: show" in page
    assert "It arrived afterwards" not in page
    assert "It arrived afterwards" in member.page(FRONT)


def test_the_export_is_a_file_that_can_be_imported(member, newsroom):
    newsroom.subscribe()
    answer = member.get("/sources.opml")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sources.opml"'
    found = importing.preview(newsroom.desk, newsroom.actor(), answer.data)
    assert found.counts.already == len(SOURCES)


def test_words_are_found_and_marked(member, newsroom):
    newsroom.fill()
    page = member.page("/search?words=sediment+centuries")
    assert "What the sediment remembers" in page
    assert re.search(r"<mark>centuries</mark>", page)
    assert "Nothing found" in member.page("/search?words=xylophone")


def test_a_rule_is_shown_in_words_and_to_the_letter(member):
    page = member.page("/rules/many-voices")
    assert 'id="line-fresh"' in page
    assert "Half as much every 24 hours" in page
    assert "halves_every = 24" in page
    assert "Version 1" in page
    assert member.get("/rules/many-voices.toml?version=1").text.startswith('schema = "ranking-rule/1"')
    assert member.get("/rules/many-voices?version=9").status_code == 404


def multipart(token: str, data: bytes) -> bytes:
    head = f'--edge\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n'.encode()
    file = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="my list.opml"\r\n\r\n'
    return head + file + data + b"\r\n--edge--\r\n"
