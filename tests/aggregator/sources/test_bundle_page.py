"""The page that says what a bundle is, held against one as it is written, with nothing of ours but the writer."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from lxml import etree

from aggregator.model.bundle import BundleHead, BundleList, BundleRule
from aggregator.model.ids import NAMESPACE
from aggregator.model.subscription import OpmlFeed, OpmlFolder
from aggregator.services.bundle_proof import check_bundle, identity_of, publisher_of, sign_form
from aggregator.sources import bundle, opml, opmlkept
from aggregator.sources.bundleout import write_bundle
from aggregator.sources.opml import OWNER, SOURCE

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "developers" / "bundles.md").read_text("utf-8")
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
SPACE = f"{{{NAMESPACE}}}"


def written(signature=""):
    head = BundleHead(
        name="front",
        number=2,
        previous="a" * 64,
        published="2026-11-22T12:00:00Z",
        publisher=publisher_of(b"k" * 32),
        reason="Because",
        licence="CC BY 4.0",
        left_out=1,
        signature=signature,
    )
    feed = OpmlFeed(
        address="https://tide.example/feed",
        title="Tide",
        site="https://tide.example/",
        language="en",
        why="Tides",
        folders=("Boats",),
        extra=((OWNER, "tides"), (SOURCE, "tide")),
    )
    told = BundleList(
        id="front-page",
        title="Front page",
        rule="all",
        days=7,
        feeds=(feed.address,),
        folders=("Boats",),
        languages=("en",),
        times=("07:00",),
        weekdays=(0,),
    )
    return write_bundle(
        head,
        title="Guild",
        owner="https://guild.example",
        folders=[OpmlFolder("Boats")],
        feeds=[feed],
        rules=[BundleRule("all", "{}")],
        lists=[told],
    )


def table(of):
    """Return the names in the first column of the table with this heading."""
    rows = PAGE.partition(f"| attribute of `{of}` | what |")[2].partition("\n\n")[0]
    return {name for row in re.findall(r"^\| ([^|]+) \|", rows, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize("name", ["bundle", "list"])
def test_the_attributes_written_are_those_of_the_page(name):
    (element,) = etree.fromstring(written()).iter(f"{SPACE}{name}")
    assert table(f"broadsheet:{name}") == set(element.attrib)


def test_every_name_of_ours_in_a_bundle_stands_on_the_page():
    root = etree.fromstring(written())
    names = {str(each) for element in root.iter(etree.Element) for each in (element.tag, *element.attrib)}
    ours = {each.removeprefix(SPACE) for each in names if each.startswith(SPACE)}
    assert {"bundle", "rule", "list", "from", "why", "source", "owner"} == ours
    assert all(f"broadsheet:{each}`" in PAGE for each in ours)


def test_the_id_and_the_signature_are_made_as_the_page_says():
    data = written(sign_form(b"k" * 32, bundle.read_bundle(written()).form))
    root = etree.fromstring(data)
    (head,) = root.iterfind(f"head/{SPACE}bundle")
    signature = bytes.fromhex(head.attrib.pop("sig"))
    line = b"broadsheet bundle/1\n"
    identity = hashlib.sha256(line + etree.tostring(root, method="c14n", with_comments=False)).digest()
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(head.get("publisher").removeprefix("ed25519:")))
    key.verify(signature, line + identity)
    assert identity.hex() == identity_of(bundle.read_bundle(data).form)
    assert "does not hold" in check_bundle(data).problem  # the rule in it is none; the signature came first


def test_the_limits_are_those_of_the_page():
    limits = " ".join(PAGE.partition("**Limits.**")[2].partition("no document type")[0].split())
    for limit in (
        f"{opml.LARGEST // 1024 // 1024} MiB",
        f"{opml.MOST_OUTLINES:,} outlines",
        f"{opml.MOST_FEEDS:,} feeds",
        f"depth {opml.DEEPEST}",
        f"{bundle.MOST_RULES} rules of {bundle.LONGEST_RULE // 1024} KiB",
        f"{bundle.MOST_LISTS} lists",
        f"{bundle.LONGEST_VALUE:,} characters an attribute",
    ):
        assert limit in limits
    assert f"at most {opmlkept.LONGEST:,} characters an outline" in PAGE
