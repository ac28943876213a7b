"""Coming in: a passkey made and used (a virtual authenticator), an invitation taken up, a forgotten password."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

PASSWORD = "four words do well"


@pytest.fixture
def at_a_name(newsroom, open_reader):
    """A reader at the instance's name, not its number, whose device can make passkeys."""
    newsroom.fill()
    reader = open_reader()
    reader.address = reader.address.replace("127.0.0.1", "localhost")
    session = reader.context.new_cdp_session(reader.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return reader


def set_up(reader, newsroom, *, password=""):
    page = reader.page
    page.goto(f"{reader.address}/set-up/{newsroom.link()}")
    page.get_by_label("Its name").fill("The Tidewater Post")
    page.get_by_label("Your name").fill("Ines")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/lists/front-page")


def test_a_passkey_is_made_signs_in_and_is_removed(at_a_name, newsroom):
    page = at_a_name.page
    set_up(at_a_name, newsroom)
    page.get_by_role("link", name="Signed in as Ines").click()
    expect(page.get_by_text("You have neither a password nor a passkey yet")).to_be_visible()
    page.get_by_label("What you call the device").fill("My laptop")
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_text("The passkey is kept.").wait_for()
    expect(page.get_by_role("heading", name="My laptop")).to_be_visible()

    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text("it is your only way in")).to_be_visible()

    page.get_by_role("button", name="Sign out", exact=True).click()
    page.goto(f"{at_a_name.address}/later")
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{at_a_name.address}/later")
    expect(page.get_by_role("link", name="Signed in as Ines")).to_be_visible()
    complaints = [line for line in at_a_name.complaints if not re.search("40[19]", line)]
    assert complaints == []


def test_safety_41_what_a_passkey_signed_opens_once(at_a_name, newsroom):
    page = at_a_name.page
    set_up(at_a_name, newsroom)
    page.goto(f"{at_a_name.address}/account")
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_text("The passkey is kept.").wait_for()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.goto(f"{at_a_name.address}/sign-in")
    before = at_a_name.context.cookies()
    with page.expect_request(lambda request: request.url.endswith("/sign-in/passkey")) as sent:
        page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/lists/front-page")
    body = sent.value.post_data
    cookie = sent.value.all_headers()["cookie"]
    assert before

    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
    stranger = at_a_name.context.browser.new_context()
    again = stranger.request.post(f"{at_a_name.address}/sign-in/passkey", data=body, headers=headers)
    assert again.status == 401
    assert "That passkey did not open this instance" in again.text()
    stranger.close()


@pytest.mark.parametrize("script", [True, False], ids=["with-javascript", "without-javascript"])
def test_somebody_is_invited_joins_signs_in_and_is_helped(open_reader, newsroom, script):
    newsroom.fill()
    steward, guest = open_reader(java_script_enabled=script), open_reader(java_script_enabled=script)
    page, other = steward.page, guest.page
    set_up(steward, newsroom, password=PASSWORD)
    page.goto("/members")
    page.get_by_label("editor").first.check()
    page.get_by_role("button", name="Make a link").click()
    link = re.sub(r"^https?://[^/]+", "", page.get_by_label("Copy it and hand it on").input_value())

    other.goto(link)
    expect(other.get_by_text("Ines invites you to The Tidewater Post.")).to_be_visible()
    other.get_by_label("Your name").fill("lnes")
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Join").click()
    expect(other.get_by_text("or one that looks like it")).to_be_visible()
    other.get_by_label("Your name").fill("Omar")
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Join").click()
    other.wait_for_url("**/lists/front-page")
    other.get_by_role("button", name="Sign out").click()
    other.goto("/sign-in")
    other.get_by_label("Your name").fill("omar")
    other.get_by_label("Password", exact=True).fill("something else")
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_text("do not belong together")).to_be_visible()
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url("**/lists/front-page")
    other.goto("/members")
    expect(other.get_by_role("heading", name="You may not do this")).to_be_visible()

    page.goto("/members")
    row = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Omar"))
    row.get_by_role("button", name="Link for a new password").click()
    help_link = re.sub(r"^https?://[^/]+", "", page.get_by_label("Copy it and hand it on").input_value())
    other.goto(help_link)
    other.get_by_label("Password", exact=True).fill("four other words here")
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url("**/lists/front-page")

    page.goto("/members")
    row.get_by_role("link", name="Remove").click()
    page.get_by_role("main").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Removed. For 7 days it can be undone.")).to_be_visible()
    other.goto("/lists/front-page")
    expect(other.get_by_role("heading", name="Sign in to see this")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Brought back, with everything.")).to_be_visible()


def test_a_token_is_shown_once_and_the_account_can_be_left(open_reader, newsroom):
    newsroom.fill()
    reader = open_reader()
    page = reader.page
    set_up(reader, newsroom, password=PASSWORD)
    page.goto("/account")
    page.get_by_label("What it is for").fill("Phone")
    page.get_by_role("button", name="Make a token").click()
    expect(page.get_by_label("Copy it into the program")).to_have_value(re.compile("^bst_"))
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("heading", name="Phone")).to_be_visible()
    page.get_by_label("Colours").select_option("dark")
    page.get_by_role("button", name="Keep the change").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_text("Leave this instance").click()
    page.locator("#leave-password").fill(PASSWORD)
    page.get_by_label("I mean it").check()
    page.get_by_role("button", name="Remove my account").click()
    expect(page.get_by_text("this is the last steward")).to_be_visible()
