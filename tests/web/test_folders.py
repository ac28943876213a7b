from __future__ import annotations

import re


def headings(page):
    return re.findall(r'<h2 dir="auto">([^<]+)</h2>', page)


def test_folders_are_renamed_put_in_order_removed_and_brought_back(member, newsroom):
    newsroom.fill()
    assert headings(member.page("/sources/folders")) == ["News", "Local", "Long reads"]
    member.post("/sources/folders/rename", {"path": "News/Local", "name": "World/Near"})
    page = member.page("/sources/folders")
    assert "The folder is called World/Near now." in page
    assert headings(page) == ["News", "Long reads", "World", "Near"]
    member.post("/sources/folders/shift", {"path": "World", "way": "earlier"})
    assert headings(member.page("/sources/folders")) == ["News", "World", "Near", "Long reads"]
    refused = member.post("/sources/folders/rename", {"path": "World/Near", "name": "News"})
    assert refused.status_code == 409
    assert "there is one of that name" in refused.text

    member.post("/sources/folders/remove", {"path": "World"})
    page = member.page("/sources/folders")
    assert headings(page) == ["News", "Long reads"]
    assert 'action="/sources/folders/restore"' in page
    member.post("/sources/folders/restore", {"path": "World"})
    assert headings(member.page("/sources/folders")) == ["News", "World", "Near", "Long reads"]


def test_without_folders_the_page_says_how_one_comes_to_be(member):
    assert "There is no folder yet." in member.page("/sources/folders")
