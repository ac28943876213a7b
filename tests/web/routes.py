"""Every route of the application once, with what its address needs: a test fails when one is missing here."""

from __future__ import annotations

PUBLIC = {
    "pages.home": "/",
    "pages.not_recorded": "/what-we-do-not-record",
    "pages.fetcher": "/about/fetcher",
    "pages.keys": "/keys",
    "pages.more": "/more",
    "sample.show": "/sample",
    "sample.left_out": "/sample/left-out",
    "sample.entry": "/sample/entries/{sample}",
    "setup.show": "/set-up/{link}",
    "up.show": "/up",
    "static": "/static/paper.css",
    "feeds.private": "/feeds/0.atom",
    "blogroll.show": "/blogroll.opml",
    "blogroll.recommendations": "/.well-known/recommendations.opml",
    "blogroll.lists": "/lists.opml",
    "websub.confirm": "/websub/1/0",
    "media.show": "/media/0/0",
    "media.listen": "/media/audio/0/0",
}
MEMBERS = {
    "lists.show": "/lists/front-page",
    "lists.further": "/lists/front-page/further-down",
    "lists.left_out": "/lists/front-page/left-out",
    "lists.folded": "/lists/front-page/folded",
    "lists.why_not": "/lists/front-page/why-not?link=https://tide.example/feed.xml/0",
    "feeds.of_list": "/lists/front-page.atom",
    "following.show": "/lists/front-page/follow",
    "orders.check": "/lists/front-page/check",
    "orders.receipt": "/lists/front-page/receipt.json",
    "orders.room": "/lists/front-page/room",
    "orders.room_json": "/lists/front-page/room.json?days=7",
    "orders.room_csv": "/lists/front-page/room.csv?days=90",
    "entry.show": "/entries/{entry}?list=front-page&what_if=1",
    "shelves.later": "/later",
    "shelves.starred": "/starred",
    "sources.index": "/sources",
    "sources.add": "/sources/add",
    "sources.show": "/sources/{feed}",
    "importing.index": "/import",
    "importing.show": "/import/{job}",
    "importing.progress": "/import/{job}/progress",
    "importing.export": "/sources.opml",
    "rules.index": "/rules",
    "rules.show": "/rules/many-voices",
    "rules.version": "/rules/many-voices/versions/1",
    "rules.envelope": "/rules/many-voices/versions/1.json",
    "rules.text": "/rules/many-voices.toml",
    "search.index": "/search?words=boats",
}
UNSAFE = {
    "marks.mark": "/marks",
    "marks.undo": "/undo",
    "following.renew": "/lists/front-page/follow/renew",
    "following.end": "/lists/front-page/follow/end",
    "following.decide": "/lists/front-page/follow/everybody",
    "sources.add_this": "/sources/add",
    "access.change": "/sources/{feed}/access",
    "sources.change": "/sources/{feed}/change",
    "sources.refresh": "/sources/{feed}/refresh",
    "sources.refresh_all": "/sources/refresh",
    "sources.pause": "/sources/{feed}/pause",
    "sources.resume": "/sources/{feed}/resume",
    "sources.full_text": "/sources/{feed}/full-text",
    "sources.remove": "/sources/{feed}/remove",
    "sources.restore": "/sources/{feed}/restore",
    "importing.preview": "/import/preview",
    "importing.start": "/import",
    "importing.undo": "/import/{job}/undo",
    "setup.use": "/set-up/{link}",
    "setup.sign_out": "/sign-out",
}
ANOTHER_PROOF = {"websub.receive": "/websub/1/0"}
PUBLIC_UNSAFE = {"setup.use", "setup.sign_out"}


def fill(path: str, known: dict[str, str]) -> str:
    """Put what exists into an address."""
    return path.format(**known)
