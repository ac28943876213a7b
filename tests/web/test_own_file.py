from __future__ import annotations


def test_the_file_of_all_that_is_kept_has_drafts_mutes_and_alerts(member, newsroom):
    newsroom.fill()
    member.post("/mutes", {"kind": "words", "text": "drainage", "days": "7"})
    text = member.get("/rules/many-voices.toml").text.replace("points = 60", "points = 61")
    member.post("/rules/many-voices/try", {"text": text})
    member.post("/lists/front-page/alerts", {"by": "webhook", "address": "https://hooks.example/told", "hours": "24"})
    kept = member.get("/account.json").json
    assert [(each["kind"], each["text"], each["until"]) for each in kept["mutes"]] == [
        ("words", "drainage", "2026-11-29T12:00:00Z"),
    ]
    assert [(each["by"], each["address"]) for each in kept["alerts"]] == [("webhook", "https://hooks.example/told")]
    assert [each["rule"] for each in kept["drafts"]] == ["many-voices"]
    assert "points = 61" in kept["drafts"][0]["text"]
