"""Every route by everybody (safety 36). A new route fails here until its line says who may use it.

`ANYBODY`: no right is asked. Otherwise the letters of those who are let in: R reader, E editor, S steward. Whoever is
not let in is told to sign in (nobody, somebody suspended) or that the role does not include it. Routes in
`WHERE_PUBLIC` let everybody in where the list is public, or a public list is ordered by the rule.
"""

from __future__ import annotations

import pytest

from aggregator.model.member import Role
from aggregator.model.sharing import Sharing
from aggregator.services import accounts, membership, sharing
from tests.web.routes import ANOTHER_PROOF, MEMBERS, PUBLIC, UNSAFE, fill
from web import create_app
from web.door import TOKEN

ANYBODY = "anybody"
WHO = {
    **dict.fromkeys(PUBLIC, ANYBODY),
    **dict.fromkeys(ANOTHER_PROOF, ANYBODY),
    **dict.fromkeys(MEMBERS, "RES"),
    "sources.add": "ES",
    "importing.show": "ES",
    "importing.progress": "ES",
    "rules.copy": "ES",
    "rules.copy_it": "ES",
    "rules.again": "ES",
    "trying.change": "RES",
    "trying.preview": "RES",
    "trying.discard": "ES",
    "trying.undo": "ES",
    "trying.go_on": "ES",
    "trying.publish": "ES",
    "replays.start": "RES",
    "replays.cancel": "RES",
    "members.index": "S",
    "members.consider": "S",
    "marks.mark": "RES",
    "marks.undo": "RES",
    "search.keep": "RES",
    "listing.of_folder": "RES",
    "listing.change": "ES",
    "listing.make": "ES",
    "listing.change_this": "ES",
    "listing.remove": "ES",
    "listing.restore": "ES",
    "moving.follow": "ES",
    "moving.stay": "ES",
    "moving.go_back": "ES",
    "moving.count_again": "ES",
    "federation.show": "S",
    "federation.push": "S",
    "federation.followed": "S",
    "federation.decide": "S",
    "federation.block": "S",
    "federation.unblock": "S",
    "folders.index": "ES",
    "folders.rename": "ES",
    "folders.shift": "ES",
    "folders.remove": "ES",
    "folders.restore": "ES",
    "newsletters.show": "S",
    "newsletters.change": "S",
    "newsletters.forget": "S",
    "voices.change": "ES",
    "objections.add": "RES",
    "objections.withdraw": "RES",
    "objections.put_back": "RES",
    "objections.answer": "ES",
    "objections.take_back": "ES",
    "mutes.add": "RES",
    "mutes.take_off": "RES",
    "mutes.seen": "RES",
    "alerts.add": "RES",
    "alerts.end": "RES",
    "following.renew": "RES",
    "following.end": "RES",
    "following.decide": "S",
    "sources.add_this": "ES",
    "access.change": "ES",
    "sources.change": "ES",
    "sources.refresh": "ES",
    "sources.refresh_all": "ES",
    "sources.pause": "ES",
    "sources.resume": "ES",
    "sources.full_text": "ES",
    "sources.remove": "ES",
    "sources.restore": "ES",
    "importing.preview": "ES",
    "importing.start": "ES",
    "importing.undo": "ES",
    "setup.use": ANYBODY,
    "setup.sign_out": ANYBODY,
    "sign_in.enter": ANYBODY,
    "sign_in.ask": ANYBODY,
    "sign_in.by_passkey": ANYBODY,
    "joining.join": ANYBODY,
    "account.change": "RES",
    "account.password": "RES",
    "account.ask": "RES",
    "account.add_passkey": "RES",
    "account.remove_passkey": "RES",
    "account.end_session": "RES",
    "account.end_sessions": "RES",
    "account.make_token": "RES",
    "account.revoke_token": "RES",
    "account.leave": "RES",
    "bundles.publish": "ES",
    "bundles.decide_public": "S",
    "bundles.follow": "ES",
    "bundles.look": "ES",
    "bundles.decide": "ES",
    "bundles.fork": "ES",
    "bundles.copy_list": "ES",
    "bundles.stop": "ES",
    "members.invite": "S",
    "members.revoke": "S",
    "members.role": "S",
    "members.suspend": "S",
    "members.resume": "S",
    "members.remove": "S",
    "members.restore": "S",
    "members.password_link": "S",
}
WHERE_PUBLIC = {
    "lists.show", "lists.further", "lists.left_out", "lists.folded", "lists.why_not", "listing.all_editions",
    "listing.edition", "orders.check", "orders.receipt", "orders.room", "orders.room_json", "orders.room_csv",
    "entry.show", "feeds.of_list", "feeds.edition", "following.show", "rules.show", "rules.version", "rules.changes",
    "rules.text",
    "api.list_entries", "api.further_down", "api.left_out", "api.folded", "api.why", "api.why_not", "api.receipt",
}  # fmt: skip
SIGN_IN, NOT_ALLOWED = "Sign in to see this", "You may not do this"
FIELDS = {
    "importing.start": {"document": "eJwDAAAAAAE="},
    "sources.add_this": {"address": "https://new.example/feed"},
    "federation.block": {"domain": "bad.example"},
}
PEOPLE = ("nobody", "suspended", *Role)


@pytest.fixture
def tokens(newsroom):
    """A way to sign anybody in: gives a fresh session's token each time."""
    newsroom.set_up()
    desk, actor = newsroom.desk, newsroom.actor()
    ids = {}
    for name, role in (("Reader Rosa", "reader"), ("Editor Emil", "editor"), ("Shut Sven", "editor")):
        ids[name] = accounts.actor_of(desk, newsroom.join(name, role)).member.id
    ids["Ines"] = actor.member.id
    suspended = newsroom.join("Gone Greta", "steward")
    membership.suspend(desk, actor, accounts.actor_of(desk, suspended).member.id)

    def token(who):
        if who in {"nobody", "suspended"}:
            return suspended if who == "suspended" else None
        name = {Role.READER: "Reader Rosa", Role.EDITOR: "Editor Emil", Role.STEWARD: "Ines"}[who]
        with desk.database.write() as conn:
            return accounts.open_session(desk, conn, ids[name], None)

    return token


@pytest.fixture(params=[False, True], ids=["lists within", "public lists"])
def shared(request, newsroom, known):  # noqa: ARG001  # there are lists first
    """Whether the lists are public."""
    for slug in ("front-page", "paper"):
        sharing.set_sharing(newsroom.desk, newsroom.actor(), slug, Sharing(public=request.param))
    return request.param


@pytest.fixture
def app(newsroom):
    application = create_app(newsroom.settings, desk=newsroom.desk)
    application.config.update(WTF_CSRF_ENABLED=False)
    return application


def cells(app):
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"}):
            yield rule.endpoint, method


def path_of(endpoint, method, known):
    table = {**PUBLIC, **MEMBERS} if method == "GET" else {**UNSAFE, **ANOTHER_PROOF}
    return fill(table[endpoint], known)


def test_safety_36_every_route_stands_in_the_table_and_no_other(app):
    assert {endpoint for endpoint, _ in cells(app)} == set(WHO)


@pytest.mark.parametrize("who", PEOPLE)
def test_safety_36_every_route_lets_in_whom_it_should_and_nobody_else(app, known, shared, tokens, who):
    wrong = {}
    for endpoint, method in cells(app):
        client = app.test_client()
        with client.session_transaction() as session:
            if tokens(who):
                session[TOKEN] = tokens(who)
        answer = client.open(
            path_of(endpoint, method, known),
            method=method,
            data=FIELDS.get(endpoint, {"read": known["entry"]}) if method == "POST" else None,
            headers={"Sec-Fetch-Site": "same-origin"},
            buffered=True,
        )
        allowed = ANYBODY if shared and endpoint in WHERE_PUBLIC else WHO[endpoint]
        letter = who.value[0].upper() if isinstance(who, Role) else "-"
        expected = None
        if allowed != ANYBODY and letter not in allowed:
            expected = NOT_ALLOWED if isinstance(who, Role) else SIGN_IN
        text = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        told = next((sentence for sentence in (SIGN_IN, NOT_ALLOWED) if sentence in text), None)
        if "json" in answer.mimetype:
            told = {401: SIGN_IN, 403: NOT_ALLOWED}.get(answer.status_code)
        status = {None: None, SIGN_IN: 401, NOT_ALLOWED: 403}[told]
        if told != expected or (status and status != answer.status_code) or answer.status_code == 500:
            wrong[endpoint, method] = (answer.status_code, told, expected)
    assert wrong == {}
