from __future__ import annotations

from web.door import TOKEN

FIELDS = {"instance_name": "The Tidewater Post", "name": "Ines", "language": "en"}


def sign(browser, path, fields=None):
    """Send the form of a link's own page: a stranger has no other."""
    token = browser.page(path).split('name="csrf_token" value="')[1].split('"')[0]
    headers = {"Sec-Fetch-Site": "same-origin"}
    return browser.client.post(path, data={"csrf_token": token, **(fields or {})}, headers=headers)


def test_a_link_names_the_instance_and_signs_in_once(stranger, newsroom):
    path = f"/set-up/{newsroom.link()}"
    assert "Name your newspaper" in stranger.page(path)
    assert "Name your newspaper" in stranger.page(path)  # looking uses nothing up
    answer = sign(stranger, path, FIELDS)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert stranger.get("/").headers["Location"] == "/lists/front-page"
    assert "The Tidewater Post" in stranger.page("/lists/front-page")
    used = stranger.get(path)
    assert used.status_code == 410
    assert "This link was used already" in used.text
    assert "broadsheet init" in used.text


def test_a_later_link_asks_for_nothing(stranger, newsroom):
    newsroom.set_up()
    path = f"/set-up/{newsroom.link()}"
    assert "Sign in" in stranger.page(path)
    assert sign(stranger, path).status_code == 303
    assert stranger.get("/lists/front-page").status_code == 200


def test_a_link_nobody_made_is_not_there(stranger):
    answer = stranger.get("/set-up/nothing")
    assert answer.status_code == 404
    assert "There is no such link" in answer.text


def test_an_empty_name_is_told_and_the_link_stays_good(stranger, newsroom):
    path = f"/set-up/{newsroom.link()}"
    answer = sign(stranger, path, {**FIELDS, "instance_name": "  "})
    assert answer.status_code == 400
    assert sign(stranger, path, FIELDS).status_code == 303


def test_safety_33_signing_in_starts_a_new_cookie(stranger, newsroom):
    with stranger.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    sign(stranger, f"/set-up/{newsroom.link()}", FIELDS)
    with stranger.client.session_transaction() as session:
        assert "planted" not in session
        assert session[TOKEN]


def test_signing_out_ends_the_session_everywhere(member, app):
    with member.client.session_transaction() as session:
        token = session[TOKEN]
    assert member.post("/sign-out").status_code == 303
    thief = app.test_client()
    with thief.session_transaction() as session:
        session[TOKEN] = token
    assert thief.get("/lists/front-page").status_code == 401
