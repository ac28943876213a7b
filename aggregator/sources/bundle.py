"""Bundles in: OPML that may carry a head, rules and a signature in our namespace, read from one tree.

What a signature is over is the canonical form of the whole document (Canonical XML 1.0 without comments) from which
the attribute `sig` was taken out, so that unknown attributes and elements are signed like all else. A file that is not
well-formed is read as forgivingly as other OPML, and counts as unsigned. bundleout.py writes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from aggregator.errors import BadDocumentError
from aggregator.model.bundle import BundleDocument, BundleHead, BundleList, BundleRule
from aggregator.model.ids import NAMESPACE
from aggregator.sources.opml import LARGEST, read_opml

if TYPE_CHECKING:
    from collections.abc import Collection

    from aggregator.sources.xmltext import Element

SCHEMA = "bundle/1"
BUNDLE = f"{{{NAMESPACE}}}bundle"
RULE = f"{{{NAMESPACE}}}rule"
LIST = f"{{{NAMESPACE}}}list"
FROM = f"{{{NAMESPACE}}}from"
MOST_RULES = 200
MOST_LISTS = 50
MOST_NAMED = 1_000
"""Feeds, folders or languages of one list."""
LONGEST_RULE = 256 * 1024  # bytes of an envelope
LONGEST_VALUE = 8_192  # characters of any attribute
LARGEST_NUMBER = 10**9

_PART = "the bundle"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_HASH = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"ed25519:[0-9a-f]{64}")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")
_TITLE = re.compile(r"\S.{0,199}")
_DAYS = re.compile(r"[1-9][0-9]{0,2}")
_WEEKDAYS = re.compile(r"|[0-6](?: [0-6]){0,6}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z")


def is_name(text: str) -> bool:
    """Say whether a bundle may be called that: up to 40 small letters, digits and hyphens."""
    return bool(_NAME.fullmatch(text))


def read_bundle(data: bytes) -> BundleDocument:
    """Read a bundle, or plain OPML as one without head. Raises BadDocumentError, over a limit too."""
    opml = read_opml(data)
    root = _tree(data)
    if root is None:
        return BundleDocument(opml, None, (), (), b"")
    for element in root.iter(etree.Element):
        if any(len(str(value)) > LONGEST_VALUE for value in element.attrib.values()):
            raise BadDocumentError(_PART, f"a name or value in it is longer than {LONGEST_VALUE:,} characters")
    heads = [each for each in root.iter(BUNDLE) if each.getparent() is root.find("head")]
    if not heads:
        return BundleDocument(opml, None, (), (), b"")
    if len(heads) > 1:
        raise BadDocumentError(_PART, "it has two heads in the Broadsheet namespace")
    opml = read_opml(etree.tostring(root, encoding="utf-8"))  # the same tree that is signed
    head = _head(heads[0])
    rules = _rules(root)
    lists = _lists(root, {rule.id for rule in rules})
    del heads[0].attrib["sig"]
    return BundleDocument(opml, head, rules, lists, etree.tostring(root, method="c14n", with_comments=False))


def _tree(data: bytes) -> Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    if len(data) > LARGEST:
        return None
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root if root.tag == "opml" else None


def _head(element: Element) -> BundleHead:
    said = {str(key): str(value) for key, value in element.attrib.items()}
    if said.get("schema") != SCHEMA:
        raise BadDocumentError(_PART, f"its head is not of the kind {SCHEMA}")
    return BundleHead(
        name=_said(said, "name", _NAME),
        number=_number(said, "number"),
        previous=_said(said, "previous", _HASH) if "previous" in said else None,
        published=_said(said, "published", _TIME),
        publisher=_said(said, "publisher", _KEY),
        reason=said.get("reason") or None,
        licence=said.get("licence") or None,
        left_out=_number(said, "leftOut"),
        signature=_said(said, "sig", _SIGNATURE),
    )


def _said(said: dict[str, str], name: str, shape: re.Pattern[str]) -> str:
    value = said.get(name, "")
    if not shape.fullmatch(value):
        raise BadDocumentError(_PART, f"its head has no usable {name!r}")
    return value


def _number(said: dict[str, str], name: str) -> int:
    value = said.get(name, "")
    if not value.isascii() or not value.isdecimal() or len(value) > len(str(LARGEST_NUMBER)):
        raise BadDocumentError(_PART, f"its head has no usable {name!r}")
    return int(value)


def _rules(root: Element) -> tuple[BundleRule, ...]:
    rules = [BundleRule(str(each.get("id", "")), (each.text or "").strip()) for each in root.iterfind(f"head/{RULE}")]
    if len(rules) > MOST_RULES:
        raise BadDocumentError(_PART, f"it has more than {MOST_RULES} rules")
    if any(len(rule.envelope.encode("utf-8", "replace")) > LONGEST_RULE for rule in rules):
        raise BadDocumentError(_PART, f"a rule in it is larger than {LONGEST_RULE // 1024} KiB")
    if len({rule.id for rule in rules}) != len(rules):
        raise BadDocumentError(_PART, "it has two rules of one name")
    return tuple(rules)


def _lists(root: Element, rules: Collection[str]) -> tuple[BundleList, ...]:
    lists = tuple(map(_list, root.iterfind(f"head/{LIST}")))
    if len(lists) > MOST_LISTS:
        raise BadDocumentError(_PART, f"it has more than {MOST_LISTS} lists")
    if len({each.id for each in lists}) != len(lists):
        raise BadDocumentError(_PART, "it has two lists of one name")
    if not all(each.rule in rules for each in lists):
        raise BadDocumentError(_PART, "a list in it is ranked by a rule that is not in it")
    return lists


def _list(element: Element) -> BundleList:
    said = {str(key): str(value) for key, value in element.attrib.items()}
    drawn: dict[str, list[str]] = {"feed": [], "folder": []}
    for each in element.iterfind(FROM):
        for key, named in drawn.items():
            if each.get(key):
                named.append(str(each.get(key)))
    told = BundleList(
        id=_of_list(said, "id", _NAME),
        title=_of_list(said, "title", _TITLE),
        rule=_of_list(said, "rule", _TITLE),
        days=int(_of_list(said, "days", _DAYS)),
        feeds=tuple(drawn["feed"]),
        folders=tuple(drawn["folder"]),
        languages=tuple(said.get("languages", "").split()),
        times=tuple(said.get("times", "").split()),
        weekdays=tuple(map(int, _of_list(said, "weekdays", _WEEKDAYS).split())),
        time_zone=_of_list(said, "timeZone", _TITLE),
    )
    if max(map(len, (told.feeds, told.folders, told.languages, told.times))) > MOST_NAMED:
        raise BadDocumentError(_PART, f"a list in it draws on more than {MOST_NAMED:,} of a kind")
    return told


def _of_list(said: dict[str, str], name: str, shape: re.Pattern[str]) -> str:
    value = said.get(name, "")
    if not shape.fullmatch(value):
        raise BadDocumentError(_PART, f"a list in it has no usable {name!r}")
    return value
