from __future__ import annotations

import re

import pytest

from tests.web.newsroom import Newsroom
from tests.web.routes import ANOTHER_PROOF, MEMBERS, PROOF_SENT, PUBLIC, PUBLIC_UNSAFE, UNSAFE, fill
from web import create_app, security

EVERY_PAGE = {**PUBLIC, **MEMBERS}
DIRECTIVES = {
    "default-src 'none'", "style-src 'self'", "img-src 'self'", "media-src 'self'", "connect-src 'self'",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
    "manifest-src 'self'", "worker-src 'self'",
}  # fmt: skip


def assert_guarded(answer):
    policy = answer.headers["Content-Security-Policy"]
    parts = {part.strip() for part in policy.split(";")}
    if answer.mimetype.startswith("image/") and "sandbox" in parts:
        assert parts == {"default-src 'none'", "sandbox"}
    else:
        assert parts >= DIRECTIVES
        assert re.search(r"script-src 'nonce-[\w-]{16,}'", policy)
        assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_every_route_is_in_the_tables(app):
    safe = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    unsafe = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    assert (safe, unsafe) == (set(EVERY_PAGE), set(UNSAFE) | set(ANOTHER_PROOF))


def test_safety_27_and_29_every_answer_is_guarded(member, known):
    for path in EVERY_PAGE.values():
        assert_guarded(member.get(fill(path, known)))


@pytest.mark.parametrize("path", ["/nowhere", "/static/nowhere.css", "/lists/nowhere", "/entries/0", "/media/a/b"])
def test_safety_27_answers_about_what_is_not_there_are_guarded(member, path):
    answer = member.get(path)
    assert answer.status_code == 404
    assert_guarded(answer)


def test_safety_27_a_failure_is_guarded_and_tells_nothing_of_itself(app, stranger, monkeypatch):
    def fail(_):
        raise RuntimeError("a secret of the inside")

    monkeypatch.setitem(app.view_functions, "pages.keys", lambda: fail(None))
    answer = stranger.get("/keys")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Something went wrong here" in answer.text
    assert_guarded(answer)


def test_no_page_holds_inline_style_or_script_and_every_script_has_the_nonce(member, known):
    for path in EVERY_PAGE.values():
        answer = member.get(fill(path, known))
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", answer.text), path
        nonce = re.search(r"nonce-([\w-]+)", answer.headers["Content-Security-Policy"])[1]
        scripts = re.findall(r"<script\b[^>]*>", answer.text)
        assert scripts
        assert all(f'nonce="{nonce}"' in script for script in scripts), path


def test_safety_29_and_30_links_elsewhere_say_nothing_and_nothing_is_loaded_from_elsewhere(member, known):
    for path in EVERY_PAGE.values():
        answer = member.get(fill(path, known))
        if answer.mimetype != "text/html":  # what a feed links to, nobody's browser loads here
            continue
        text = answer.text
        for link in re.findall(r"<a\b[^>]*href=\"https?://[^>]*>", text):
            assert 'rel="noopener noreferrer"' in link, (path, link)
        assert not re.findall(r"<(?:img|script|link|source|video|audio|iframe)\b[^>]*(?:src|href)=\"https?:", text), (
            path
        )


@pytest.mark.parametrize("endpoint", sorted(UNSAFE))
def test_safety_34_nothing_is_changed_without_the_token(member, known, endpoint):
    answer = member.client.post(fill(UNSAFE[endpoint], known), headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 403
    assert "This form is too old" in answer.text


def test_safety_34_routes_with_another_proof_stand_in_one_table_and_ignore_cookies(member, stranger, known):
    views = member.client.application.view_functions
    names = {endpoint: f"{view.__module__}.{view.__name__}" for endpoint, view in views.items()}
    assert {each for each, name in names.items() if name in security.ANOTHER_PROOF} == set(ANOTHER_PROOF)
    assert set(security.ANOTHER_PROOF) <= set(names.values())
    for endpoint, path in ANOTHER_PROOF.items():
        sent = PROOF_SENT.get(endpoint, {"data": b"x"})
        answers = [client.client.post(fill(path, known), **sent) for client in (member, stranger)]
        no_such_word = dict.fromkeys(("alerts.confirm", "alerts.stop", "websub.receive", "activitypub.receive"), 404)
        refused = {"hub.ask": 400, **no_such_word}.get(endpoint, 401)
        assert [answer.status_code for answer in answers] == [refused, refused]
        assert not any("Set-Cookie" in answer.headers for answer in answers)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:9"},
    ],
)
def test_safety_34_a_form_of_another_origin_is_refused_even_with_the_token(member, headers):
    answer = member.post("/sources/add", {"address": "https://x.example/"}, headers=headers)
    assert answer.status_code == 403
    assert "only be sent from a page of this instance" in answer.text


@pytest.mark.parametrize("headers", [{"Origin": "null"}, {"Origin": "http://localhost"}, {}])
def test_a_browser_that_sends_no_fetch_metadata_is_served_by_the_token(member, headers):
    answer = member.post("/sources/add", {"address": "https://x.example/"}, headers=headers)
    assert answer.status_code == 303


def test_safety_36_a_stranger_sees_nothing_but_what_is_public(stranger, known):
    for path in MEMBERS.values():
        answer = stranger.get(fill(path, known))
        assert answer.status_code == 401, path
        assert "Sign in to see this" in answer.text
        assert "Ferry crews" not in answer.text
    for path in PUBLIC.values():
        assert stranger.get(fill(path, known)).status_code in {200, 302, 404}, path
        assert "Ferry crews" not in stranger.get(fill(path, known)).text


def test_safety_36_a_stranger_changes_nothing(app, known):
    application = app
    application.config["WTF_CSRF_ENABLED"] = False
    client = application.test_client()
    for endpoint, path in UNSAFE.items():
        if endpoint in PUBLIC_UNSAFE:
            continue
        document = {"document": "eJwDAAAAAAE="} if endpoint == "importing.start" else {"read": known["entry"]}
        answer = client.post(fill(path, known), data=document)
        assert answer.status_code == 401, (endpoint, answer.status_code)


def test_safety_35_reading_changes_nothing(member, known, newsroom):
    def everything():
        with newsroom.desk.database.read() as conn:
            names = [row[0] for row in conn.exec_driver_sql("select name from sqlite_master where type = 'table'")]
            tables = {name for name in names if not name.startswith(("sqlite_", "entry_words"))}
            return {name: conn.exec_driver_sql(f"select * from {name}").fetchall() for name in sorted(tables)}

    for path in EVERY_PAGE.values():  # once before: ranking a list keeps what its rule's words match
        member.get(fill(path, known))
    before = everything()
    for path in EVERY_PAGE.values():
        member.get(fill(path, known))
        member.client.head(fill(path, known), buffered=True)
    assert everything() == before


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:8000", "a@b"]
)
def test_safety_38_an_unknown_host_is_refused(stranger, host):
    answer = stranger.get("/sample", headers={"Host": host})
    assert answer.status_code in {400, 421}
    assert "sample edition" not in answer.text.lower().replace(">sample edition<", "")


def test_safety_38_forwarded_headers_are_not_believed(stranger):
    answer = stranger.get("/", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    assert answer.headers["Location"] == "/sample"
    assert "Secure" not in answer.headers.get("Set-Cookie", "")


def test_safety_33_the_cookie_is_for_this_site_alone(stranger, newsroom):
    answer = stranger.get(f"/set-up/{newsroom.link()}")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(answer.headers["Set-Cookie"].split("; "))


def test_safety_33_with_https_the_cookie_is_secure_and_bound_to_the_host(tmp_path):
    room = Newsroom(tmp_path / "data", public_url="https://news.example.org")
    client = create_app(room.settings, desk=room.desk).test_client()
    answer = client.get(f"/set-up/{room.link()}", base_url="https://news.example.org")
    room.close()
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-broadsheet=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"]


def test_safety_43_a_form_may_hold_one_mebibyte(member):
    answer = member.post("/sources/add", {"address": "x" * 1_100_000})
    assert answer.status_code == 413
    assert "1 MiB" in answer.text


@pytest.mark.parametrize(("size", "status"), [(4_900_000, 400), (6_500_000, 413)])
def test_safety_43_a_source_list_may_hold_five(member, size, status):

    # Encoded by hand: the test client's own encoder leaves a temporary file open.
    token, edge = member.token(), "----edge"
    parts = (("csrf_token", token, ""), ("file", "x" * size, '; filename="list.opml"'))
    body = "".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'
        for name, value, more in parts
    )
    answer = member.client.post(
        "/import/preview",
        data=f"{body}--{edge}--\r\n".encode(),
        content_type=f"multipart/form-data; boundary={edge}",
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == status
