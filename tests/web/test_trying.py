from __future__ import annotations

import html
import re

import pytest

from aggregator.model.member import Actor, Role
from aggregator.services import drafting, editing, publishing, replays, trying
from aggregator.store import members
from rankers import load_toml
from tests.web.conftest import Browser
from web.door import TOKEN

TRY = "/rules/many-voices/try"


@pytest.fixture
def newcomer(app, newsroom, member, monkeypatch):
    """Somebody signed in who may only read."""
    assert member
    client = app.test_client()
    with client.session_transaction() as session:
        session[TOKEN] = "reader"
    with newsroom.desk.database.write() as conn:
        group = members.instance_group(conn)
        member_id = members.add_member(conn, name="Rui", language=None)
        members.set_role(conn, group, member_id, Role.READER)
        actor = Actor(members.get_member(conn, member_id), group, Role.READER)
    known = __import__("aggregator.services.accounts", fromlist=["actor_of"]).actor_of
    monkeypatch.setattr(
        "web.door.accounts.actor_of", lambda desk, token: actor if token == "reader" else known(desk, token)
    )
    return Browser(client)


def base(page):
    """The text that the form of a page stands for."""
    return html.unescape(re.search(r'name="toml" value="([^"]*)"', page)[1])


def change(browser, fields, path=TRY):
    page = browser.page(path)
    return browser.post(path, {"toml": base(page), "list": "front-page", "view": "form", **fields})


def test_an_editor_changes_points_sees_the_page_and_publishes_with_a_reason(member, newsroom):
    newsroom.fill()
    assert change(member, {"score.0.points": "5", "score.0.curve.low": "400"}).status_code == 303
    page = member.page(TRY)
    assert "your draft, saved" in page
    assert "Fresh: 60 points became 5" in page
    assert "Both sides on the same 41 entries" in page
    assert member.post(f"{TRY}/publish", {"reason": "  "}).status_code == 400
    assert "your draft, saved" in member.page(TRY)
    done = member.post(f"{TRY}/publish", {"reason": "Age counts less"})
    assert done.headers["Location"].endswith("/rules/many-voices/versions/2")
    told = member.page("/rules/many-voices/versions/2")
    assert "Age counts less" in told
    first, second = editing.rule_page(newsroom.desk, newsroom.actor(), "many-voices").versions[::-1]
    assert "# after a day half" in second.toml
    assert "your draft begins with the first change" in member.page(TRY)
    changes = member.page("/rules/many-voices/changes?from=1&to=2")
    assert "Fresh: 60 points became 5" in changes
    again = member.post("/rules/many-voices/again", {"number": "1", "reason": "It was better"})
    assert again.headers["Location"].endswith("/versions/3")
    assert first.toml == editing.find_version(newsroom.desk, newsroom.actor(), "many-voices").toml


@pytest.mark.parametrize("text", ["[[[", "schema = 1", "\ud7ff" * 10, "x" * 70_000, ""])
def test_what_is_no_rule_is_kept_and_told_with_its_place(member, newsroom, text):
    assert member.post(TRY, {"text": text, "view": "text", "list": "front-page"}).status_code == 303
    page = member.page(f"{TRY}?view=text")
    assert "column" in page
    assert "This is no rule yet" in page
    assert text == drafting.desktop(newsroom.desk, newsroom.actor(), "many-voices").text


def test_a_draft_is_discarded_and_taken_back(member, newsroom):
    change(member, {"score.0.points": "7"})
    kept = base(member.page(TRY))
    assert "Your draft of it" in member.page("/rules")
    assert member.post(f"{TRY}/discard").status_code == 303
    assert "Your draft of it" not in member.page("/rules")
    assert "A draft was discarded." in member.page(TRY)
    assert kept != base(member.page(TRY))
    member.post(f"{TRY}/undo")
    assert kept == base(member.page(TRY))
    change(member, {"do": "remove score.0"})
    member.post(f"{TRY}/undo")
    assert kept == base(member.page(TRY))
    assert newsroom.desk


def test_publishing_over_a_version_of_somebody_else_is_refused_and_nothing_is_lost(member, newsroom):
    change(member, {"score.0.points": "7"})
    kept = base(member.page(TRY))
    published = editing.find_version(newsroom.desk, newsroom.actor(), "many-voices").toml
    publishing.publish(newsroom.desk, newsroom.actor(), published.replace("points = -30", "points = -40"), "Louder")
    refused = member.post(f"{TRY}/publish", {"reason": "Mine"})
    assert refused.status_code == 409
    assert "Mine" in refused.text
    page = member.page(TRY)
    assert "was published while you were writing" in page
    assert "Loud: -30 points became -40" in page
    assert kept == base(page)
    member.post(f"{TRY}/go-on")
    assert member.post(f"{TRY}/publish", {"reason": "Mine"}).status_code == 303
    assert editing.find_version(newsroom.desk, newsroom.actor(), "many-voices").number == 3


def test_a_draft_cannot_become_another_rule(member):
    text = base(member.page(TRY)).replace('id = "many-voices"', 'id = "fair-turns"')
    member.post(TRY, {"text": text, "view": "text"})
    assert "a copy of it" in member.post(f"{TRY}/publish", {"reason": "Trick"}).text


def test_a_copy_says_where_it_came_from(member, newsroom):
    form = {"id": "our-voices", "title": "Our voices", "reason": "To begin with", "number": "1"}
    assert member.post("/rules/many-voices/copy", {**form, "id": "No Id"}).status_code == 400
    assert member.post("/rules/many-voices/copy", {**form, "id": "fair-turns"}).status_code == 409
    assert member.post("/rules/many-voices/copy", form).headers["Location"].endswith("/rules/our-voices/try")
    origin = editing.find_version(newsroom.desk, newsroom.actor(), "many-voices").identity
    assert origin[:16] in member.page("/rules/our-voices/versions/1")


def test_a_reader_tries_and_keeps_nothing(newcomer, member, newsroom):
    newsroom.fill()
    page = newcomer.page(TRY)
    assert "Editors publish." in page
    tried = change_as_reader(newcomer, page)
    assert tried.status_code == 200
    assert "Fresh: 60 points became 5" in tried.text
    assert 5 == load_toml(base(tried.text))["score"][0]["points"]
    assert base(page) == base(newcomer.page(TRY))
    for door in ("publish", "discard", "undo", "go-on"):
        assert newcomer.client.post(f"{TRY}/{door}", data=token(page)).status_code == 403, door
    for path in ("/rules/many-voices/copy", "/rules/many-voices/again"):
        sent = {**token(page), "id": "mine", "title": "x", "reason": "x", "number": "1"}
        assert newcomer.client.post(path, data=sent).status_code == 403, path
    assert member.page(TRY)


def token(page):
    return {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1]}


def change_as_reader(browser, page):
    fields = {**token(page), "toml": base(page), "list": "front-page", "view": "form", "score.0.points": "5"}
    return browser.client.post(TRY, data=fields, headers={"Sec-Fetch-Site": "same-origin"})


def test_the_preview_is_a_piece_of_a_page_and_keeps_nothing(member, newsroom):
    newsroom.fill()
    sent = {"toml": base(member.page(TRY)), "list": "front-page", "finish.length": "3"}
    piece = member.post(f"{TRY}/preview", sent).text
    assert piece.count("<li value=") == 3
    assert "<html" not in piece
    assert "your draft begins" in member.page(TRY)


def test_both_sides_see_the_same_entries_and_add_up(newsroom, member):
    assert member
    newsroom.fill()
    actor, version = newsroom.actor(), editing.find_version(newsroom.desk, newsroom.actor(), "many-voices")
    draft = version.toml.replace("limit = 1", "limit = 3")
    trial = trying.try_text(newsroom.desk, actor, "front-page", version, draft)
    stays = {entry.seen.entry.id for entry in trial.entries if entry.was is not None}
    assert len(trial.entries) == len(stays) + trial.new
    assert (
        sum(trial.before.counts.__getattribute__(n) for n in ("shown", "after_end", "folded", "withheld"))
        == trial.candidates
    )
    assert trial.new == len(trial.gone)
    same = trying.try_text(newsroom.desk, actor, "front-page", version, version.toml, at=trial.at)
    assert (0, 0, ()) == (same.moved, same.new, same.gone)
    assert "alone" not in {one.kind for one in same.warnings} or len(version.toml)


def test_a_rule_of_many_lines_or_new_words_looks_at_the_newest_only(newsroom, member, monkeypatch):
    assert member
    newsroom.fill()
    monkeypatch.setattr(trying, "MOST_UNREAD", 10)
    version = editing.find_version(newsroom.desk, newsroom.actor(), "many-voices")
    words = version.toml + '\n[[filter]]\nid = "w"\nleave_out = { text = "dye" }\nwhy = "Not dye."\n'
    trial = trying.try_text(newsroom.desk, newsroom.actor(), "front-page", version, words)
    assert (10, 10) == (trial.looked_at, trial.candidates)
    kept = list(newsroom.settings.data.rglob("leaf-*"))
    assert kept == []  # what was only tried is not written down


def test_who_tries_twice_at_once_is_told_to_wait(newsroom, member):
    newsroom.fill()
    actor = newsroom.actor()
    with newsroom.desk.turns.take(actor.member.id):
        assert "Another try is still running" in member.page(TRY)
    assert "Another try" not in member.page(TRY)


def test_a_replay_is_asked_for_watched_and_read(member, newsroom):
    newsroom.fill()
    change(member, {"finish.length": "5"})
    where = member.post(f"{TRY}/replay", {"list": "front-page"}).headers["Location"]
    assert "0 of 14 days ranked" in member.page(where)
    assert member.get(f"{where}/progress").json["ended"] is False
    replays.run_waiting_replays(newsroom.desk)
    assert member.get(f"{where}/progress").json["ended"] is True
    page = member.page(where)
    assert page.count("<time datetime=") >= 14
    assert "Gone, the highest:" in page
    assert "The Lowland Ledger" in page


def test_a_replay_is_stopped_by_hand_and_by_the_next_one(member, newsroom):
    newsroom.fill()
    change(member, {"finish.length": "5"})
    first = member.post(f"{TRY}/replay", {"list": "front-page"}).headers["Location"]
    second = member.post(f"{TRY}/replay", {"list": "front-page"}).headers["Location"]
    assert "It was stopped before its end." in member.page(first)
    member.post(f"{second}/cancel")
    replays.run_waiting_replays(newsroom.desk)
    assert "It was stopped before its end." in member.page(second)


def test_a_replay_that_no_worker_survives_is_given_up(member, newsroom, monkeypatch):
    newsroom.fill()
    change(member, {"finish.length": "5"})
    where = member.post(f"{TRY}/replay", {"list": "front-page"}).headers["Location"]

    def die(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(replays, "replay_list", die)
    for _ in range(replays.MOST_TRIES):
        with pytest.raises(KeyboardInterrupt):
            replays.run_waiting_replays(newsroom.desk)
    replays.run_waiting_replays(newsroom.desk)
    assert "It could not be worked out." in member.page(where)


def test_nobody_reads_the_replay_of_somebody_else(newcomer, member):
    change(member, {"finish.length": "5"})
    where = member.post(f"{TRY}/replay", {"list": "front-page"}).headers["Location"]
    assert newcomer.get(where).status_code == 404


def test_an_entry_asked_for_by_its_link_says_where_the_draft_puts_it_and_where_without_each_line(member, newsroom):
    newsroom.fill()
    link = "https://tide.example/feed.xml/2"
    text = base(member.page(TRY)).replace("[[score]]", BELLS + "[[score]]", 1)
    asked = {"toml": base(member.page(TRY)), "list": "front-page", "view": "text", "text": text, "link": link}
    back = member.post(TRY, asked).headers["Location"]
    assert "link=https" in back
    page = html.unescape(member.page(back))
    told = page.split('<section class="asked">')[1].split("</section>")[0]
    assert "A new bell for the lighthouse" in told
    assert "without the draft: " in told
    assert "No bells" in told
    assert "Too loud." in told
    kept = member.post(TRY, {**asked, "text": text.replace("bell", "none")}).headers["Location"]
    told = html.unescape(member.page(kept)).split('<section class="asked">')[1].split("</section>")[0]
    assert "without “Fresh”:" in told
    assert "No entry here has this link" in member.page(kept.replace("feed.xml", "nothing"))


BELLS = '[[filter]]\nid = "no-bells"\nleave_out = { title = "bell" }\nwhy = "Too loud."\n\n'
