"""From raw entries to EntryData: known ones passed over, the others cut to size, cleaned, counted.

The order is that of cost: hashes first, so that an entry held as it is costs no cleaning at all.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from aggregator.model.entry import Author, Enclosure, EntryData, Kind
from aggregator.model.remark import Remark
from aggregator.sources.dates import read_date
from aggregator.sources.extras import read_extras
from aggregator.sources.plain import line, plain_line, safe_html
from aggregator.sources.raw import Text
from aggregator.sources.xmltext import joined
from aggregator.text.address import absolutise, host_of
from aggregator.text.language import declared, detect, detect_common
from aggregator.text.strip import excerpt, strip
from aggregator.text.words import index_and_count, tokens
from rankers import PAID_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregator.sources.job import ParseJob
    from aggregator.sources.raw import RawDocument, RawEntry

_MOST_AUTHORS = 20
_LONGEST_NAME = 200  # characters of an author's name, a category, a file's title
_LONGEST_GUID = 2_000  # characters; a longer one is as good as none, and no database likes it as a key
_LONGEST_SAMPLE = 1_200  # characters of a raw body in which its language is looked for
_TAG = re.compile(r"<[^<>]*>")
_FIRST_IMAGE = re.compile(r'<img(?: [a-z]+="[^"]*")*? src="([^"]*)"')
_MEDIA_TYPE = re.compile(r"[a-z0-9.+\-]{1,60}/[a-z0-9.+*\-]{1,60}")
_SPONSORED = re.compile(r"<a\b[^<>]{0,2000}\brel\s*=\s*[\"']?[^\"'<>]{0,200}\bsponsored\b", re.IGNORECASE)
_CUT_OFF = re.compile(r"\[\s*(?:…|\.\.\.|&hellip;|&#8230;|&#x2026;)\s*\]\s*(?:</p>)?\s*$")
_PAID = frozenset(" ".join(tokens(word)) for word in PAID_WORDS)
_VIDEO_HOSTS = frozenset(("www.youtube.com", "youtube.com", "m.youtube.com", "youtu.be", "vimeo.com"))


class _Draft(NamedTuple):
    raw: RawEntry
    raw_hash: bytes
    key: str
    link: str | None
    language: str | None


class EntryReader:
    """Reads the entries of one document. `language` is the feed's, declared or found."""

    def __init__(self, job: ParseJob, document: RawDocument) -> None:
        self._job = job
        self._limits = job.limits
        self._document = document
        self._bodies_are_content = not document.format.startswith(("atom", "json"))
        self.base = joined(job.address, document.base or "")
        self._site = absolutise(document.feed.site or "", self.base) or job.site
        self.language = declared(document.feed.language)
        self._remarks: set[Remark] = set()

    def read(self) -> tuple[tuple[EntryData, ...], tuple[bytes, ...]]:
        """Return the entries that are new or changed, and the raw hashes of all, in document order."""
        raws = self._document.entries
        if len(raws) > self._limits.entries:
            self._remarks.add(Remark.MANY_ENTRIES)
            raws = raws[: self._limits.entries]
        hashes = tuple([raw.hash() for raw in raws])
        links = [absolutise(raw.link, self._base_of(raw)) if raw.link else None for raw in raws]
        keys = _keys(raws, links)
        places: list[int] = []
        seen: set[str] = set()
        for place, key in enumerate(keys):
            if key in seen:
                self._remarks.add(Remark.TWICE)
            elif hashes[place] not in self._job.known:
                places.append(place)
            seen.add(key)
        languages = self._languages([raws[place] for place in places])
        drafts = [
            _Draft(raws[place], hashes[place], keys[place], links[place], language)
            for place, language in zip(places, languages, strict=True)
        ]
        # Step by step over all entries, not entry by entry: code and tables stay in the processor's cache.
        bodies = [self._bodies(draft.raw, draft.link) for draft in drafts]
        entries = tuple([self._entry(draft, *body) for draft, body in zip(drafts, bodies, strict=True)])
        return entries, hashes

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What was cut or passed over."""
        return tuple(sorted(self._remarks))

    def _base_of(self, raw: RawEntry) -> str:
        return joined(self._job.address, raw.base) if raw.base else self.base

    def _languages(self, raws: Sequence[RawEntry]) -> list[str | None]:
        """Return each entry's language: declared, else the feed's, else found, entry by entry if mixed."""
        stated = [declared(raw.language) if raw.language else None for raw in raws]
        if self.language is None:
            self.language = self._job.feed_language
        if self.language is not None or all(stated):
            return [language or self.language for language in stated]
        samples = [_sample(raw) for raw in raws]
        common, mixed = detect_common(samples)
        if mixed:
            return [language or detect(text) for language, text in zip(stated, samples, strict=True)]
        self.language = common
        return [language or common for language in stated]

    def _entry(self, draft: _Draft, content_html: str, summary_html: str) -> EntryData:
        raw, link = draft.raw, draft.link
        text, summary = strip(content_html), strip(summary_html)
        longest = text if len(text) >= len(summary) else summary
        title = plain_line(raw.title, self._limits.title)
        self._note_cut(title, raw.title)
        categories = self._categories(raw)
        enclosures = self._enclosures(raw)
        published, updated = read_date(raw.published or ""), read_date(raw.updated or "")
        index, words = index_and_count(title, longest)
        only_excerpt = raw.shortened or not content_html or _CUT_OFF.search(longest[-40:]) is not None
        return EntryData(
            key=draft.key,
            raw_hash=draft.raw_hash,
            guid=line(raw.guid, _LONGEST_GUID) if raw.guid else None,
            link=link,
            title=title,
            authors=self._authors(raw),
            published=published or updated,
            updated=updated,
            language=draft.language,
            kind=_kind(raw, link, enclosures),
            categories=categories,
            enclosures=enclosures,
            image=self._image(raw, enclosures, content_html or summary_html),
            comments=absolutise(raw.comments, self._base_of(raw)) if raw.comments else None,
            content_html=content_html,
            summary_html=summary_html,
            excerpt=excerpt(summary or text),
            words=words if longest and not only_excerpt else None,
            paid=_is_paid(raw, categories),
            index=index,
            extras=read_extras(raw.extras, lambda address: absolutise(address, self._base_of(raw))),
        )

    def _bodies(self, raw: RawEntry, link: str | None) -> tuple[str, str]:
        """Return content and summary as safe HTML; RSS's description alone is the content."""
        content, summary = raw.content, raw.summary
        if content is None and self._bodies_are_content:
            content, summary = summary, None
        base = joined(self._job.address, raw.base) if raw.base else link or self._site or self._job.address
        return safe_html(self._cut(content), base), safe_html(self._cut(summary), base)

    def _cut(self, text: Text | None) -> Text | None:
        """Cut a body to the limit of an entry, not within a tag."""
        longest = self._limits.entry
        if text is None or len(text.value) <= longest // 4:
            return text
        data = text.value.encode("utf-8", "replace")
        if len(data) <= longest:
            return text
        self._remarks.add(Remark.LONG_TEXTS)
        value = data[:longest].decode("utf-8", "ignore")
        opened = value.rfind("<")
        if text.type != "text" and opened > value.rfind(">"):
            value = value[:opened]
        return Text(text.type, value)

    def _note_cut(self, title: str, raw: Text | None) -> None:
        if raw is not None and len(title) == self._limits.title and title.endswith("…"):
            self._remarks.add(Remark.LONG_TITLES)

    def _authors(self, raw: RawEntry) -> tuple[Author, ...]:
        authors = {}
        for name, uri in raw.authors[:_MOST_AUTHORS]:
            shown = line(unescape(name), _LONGEST_NAME)
            if shown and shown not in authors:
                address = absolutise(uri, self._base_of(raw), mail=True) if uri else None
                authors[shown] = Author(shown, address)
        return tuple(authors.values())

    def _categories(self, raw: RawEntry) -> tuple[str, ...]:
        words = dict.fromkeys(line(unescape(word), _LONGEST_NAME) for word in raw.categories)
        words.pop("", None)
        most = self._limits.categories
        if len(words) > most:
            self._remarks.add(Remark.MANY_CATEGORIES)
        return tuple(words)[:most]

    def _enclosures(self, raw: RawEntry) -> tuple[Enclosure, ...]:
        files: dict[str, Enclosure] = {}
        most = self._limits.enclosures
        for address, kind, length, title in raw.enclosures:
            url = absolutise(address, self._base_of(raw))
            if url is None or url in files:
                continue
            if len(files) == most:
                self._remarks.add(Remark.MANY_FILES)
                break
            form = (kind or "").strip().lower()
            files[url] = Enclosure(
                url=url,
                type=form if _MEDIA_TYPE.fullmatch(form) else None,
                length=_length(length),
                title=line(title, _LONGEST_NAME) or None if title else None,
            )
        return tuple(files.values())

    def _image(self, raw: RawEntry, enclosures: tuple[Enclosure, ...], html: str) -> str | None:
        for address in raw.images:
            image = absolutise(address, self._base_of(raw))
            if image is not None:
                return image
        for file in enclosures:
            if file.type is not None and file.type.startswith("image/"):
                return file.url
        found = _FIRST_IMAGE.search(html) if "<img " in html else None
        return unescape(found.group(1)) if found else None


def _keys(raws: Sequence[RawEntry], links: Sequence[str | None]) -> list[str]:
    """Return each entry's identity within its feed: its guid, else its link, else a hash of title and body.

    A guid or link that two entries of the document share identifies neither (ranking-semantics 2, `uid`).
    """
    guids = [raw.guid if raw.guid and len(raw.guid) <= _LONGEST_GUID else None for raw in raws]
    times = Counter(guids)
    firsts = [guid if guid is not None and times[guid] == 1 else None for guid in guids]
    link_times = Counter(link for link, guid in zip(links, firsts, strict=True) if guid is None)
    return [
        guid or (link if link is not None and link_times[link] == 1 else _hash_key(raw))
        for raw, guid, link in zip(raws, firsts, links, strict=True)
    ]


def _hash_key(raw: RawEntry) -> str:
    body = raw.content or raw.summary
    text = f"{raw.title.value if raw.title else ''}\n{body.value if body else ''}"
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _sample(raw: RawEntry) -> str:
    """Return some raw text of an entry, good enough to tell its language."""
    body = raw.content or raw.summary
    text = _TAG.sub(" ", body.value[:_LONGEST_SAMPLE]).partition("<")[0] if body else ""
    return unescape(f"{raw.title.value if raw.title else ''} {text}")


def _length(text: str | None) -> int | None:
    digits = (text or "").strip().partition(".")[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 15 and int(digits) else None  # noqa: PLR2004  # fits any integer column


def _kind(raw: RawEntry, link: str | None, enclosures: tuple[Enclosure, ...]) -> Kind:
    """Tell what an entry is: as declared, else by its files, else a note where it has no title."""
    if raw.kind is not None:
        return raw.kind
    forms = {file.type.partition("/")[0] for file in enclosures if file.type}
    if "audio" in forms:
        return Kind.AUDIO
    if "video" in forms or (enclosures and host_of(link) in _VIDEO_HOSTS):
        return Kind.VIDEO
    return Kind.ARTICLE if raw.title is not None else Kind.NOTE


@lru_cache(maxsize=4_096)
def _is_paid_word(word: str) -> bool:
    return " ".join(tokens(word)) in _PAID


def _is_paid(raw: RawEntry, categories: tuple[str, ...]) -> bool:
    for word in categories:
        if _is_paid_word(word):
            return True
    for text in (raw.content, raw.summary):
        if text is not None and "sponsored" in text.value and text.type != "text" and _SPONSORED.search(text.value):
            return True
    return False
