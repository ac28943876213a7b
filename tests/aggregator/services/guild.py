"""Another instance, which hands out bundles."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.model.feed import Validators
from aggregator.services import accounts, bundle_following, bundles, keys, subscribing
from aggregator.wiring import open_desk

ADDRESS = "https://guild.example/bundles/front.opml"


@pytest.fixture
def guild(desk, tmp_path, clock):
    """The other instance."""
    with open_desk(replace(desk.settings, data=tmp_path / "guild"), create=True) as opened:
        yield Guild(replace(opened, clock=clock))


class Guild:
    def __init__(self, desk):
        self.desk, self.actor = desk, accounts.operator(desk)
        self.add("https://tide.example/feed", "Boats", "The Tide")
        self.add("https://hill.example/feed", "Hills", "The Hill")

    def add(self, address, folder, title):
        subscribing.add_source(self.desk, self.actor, address, folder=folder, title=title)

    def feed(self, address):
        return keys.source_at(self.desk, self.actor, address).feed.id

    def bundle(self, reason=None):
        version = bundles.publish_bundle(self.desk, self.actor, "front", reason)
        return bundles.bundle_file(self.desk, self.actor, "front", version.number)


def look(desk, actor, followed, data):
    """Hand a followed bundle what the worker would have fetched; gives why it was refused."""
    held = bundle_following.followed_page(desk, actor, followed).followed
    return bundle_following.receive(desk, held, data, Validators())
