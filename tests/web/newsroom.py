"""An instance for tests: a real desk on SQLite, self-written feeds read and stored by the real parts, no network."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from aggregator.errors import FetchError
from aggregator.model.fault import Fault, FaultCode
from aggregator.model.feed import Validators
from aggregator.model.meaning import CopyPlace, Engine, ModelCard, Sameness, StoredVector, StoryPlace
from aggregator.model.readinglist import Scope
from aggregator.services import accounts, bundle_following, bundles, editions, inviting, listing, replays, subscribing
from aggregator.services.listing import ListWish
from aggregator.services.signing_in import Visit
from aggregator.settings import Settings
from aggregator.sources.document import read_document
from aggregator.sources.job import ParseJob
from aggregator.store import cards, entries, leases, stories, vectors
from aggregator.update.outcome import Arrived, Failed
from aggregator.update.pipeline import store
from aggregator.update.schedule import Wish
from aggregator.wiring import open_desk
from rankers import published_rules

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CLOCK = "2026-11-22T12:00:00Z"


STORY = ("Ferry crews keep the night boats running", "El barrio que aprendió a reparar su ascensor")
CARD = ModelCard("tried", Engine.LIGHT, "ab" * 32, "CC0", 4, ("en", "es"), "Tries.", (("pairs", "9 of 10"),))


@dataclass(frozen=True)
class Item:
    """One entry of a self-written feed."""

    title: str
    hours_old: float
    body: str
    image: str | None = None
    more: str = ""  # elements of the entry, as they are to stand in it


@dataclass(frozen=True)
class Source:
    """One self-written feed."""

    address: str
    title: str
    language: str
    folder: str
    items: tuple[Item, ...]


NASTY = (
    '<h1 onclick="alert(1)">What was agreed</h1><p style="color:red">Boats <script>alert(1)</script>run '
    '<a href="https://elsewhere.example/report" target="_blank">until two</a>, '
    '<a href="javascript:alert(1)">they say</a>. <img src="https://pictures.example/quay.png" '
    'srcset="https://pictures.example/big.png 2x" onerror="alert(1)"></p><h4>And then</h4>'
    "<table><tr><th>Boat</th></tr><tr><td>North</td></tr></table>"
)

SOURCES = (
    Source(
        "https://tide.example/feed.xml", "The Tidewater Post", "en", "News",
        (
            Item("Ferry crews keep the night boats running", 2, NASTY, "https://pictures.example/boat.jpg"),
            Item("Fog holds up the morning crossing", 3, "<p>For two hours nobody saw the other bank.</p>"),
            Item("A new bell for the lighthouse", 30, "<p>It was cast from the old one.</p>"),
        ),
    ),
    Source(
        "https://canal.example/rss", "Canal Vecinal", "es", "News/Local",
        (Item("El barrio que aprendió a reparar su ascensor", 5, "<p>Ocho vecinas hicieron el curso.</p>"),),
    ),
    Source(
        "https://hara.example/feed", "صوت الحارة", "ar", "News/Local",
        (Item("تعاونية الحي تفتح مكتبة في محطة القطار القديمة", 7, "<p>تستقبل المكتبة القراء كل مساء.</p>"),),
    ),
    Source(
        "https://slow.example/atom", "Slow Rooms", "en", "Long reads",
        (Item("What the sediment remembers", 31, "<p>" + "Four centuries of dye and flour. " * 400 + "</p>"),),
    ),
    Source(
        "https://ledger.example/feed", "The Lowland Ledger", "en", "",
        tuple(Item(f"Minutes of the drainage board, part {n}", n + 1, "<p>They met.</p>") for n in range(1, 36)),
    ),
)  # fmt: skip


def atom(source: Source, now: datetime = NOW) -> bytes:
    """Write a source as an Atom document."""
    entries = "".join(
        f"<entry><id>{source.address}#{n}</id><title>{html.escape(item.title)}</title>"
        f'<link href="{source.address}/{n}"/><updated>{_stamp(item, now)}</updated>'
        f"<published>{_stamp(item, now)}</published>"
        + (f'<link rel="enclosure" type="image/jpeg" href="{item.image}"/>' if item.image else "")
        + f'{item.more}<content type="html">{html.escape(item.body)}</content></entry>'
        for n, item in enumerate(source.items)
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        f'xml:lang="{source.language}"><id>{source.address}</id><title>{source.title}</title>'
        f'<updated>{now.isoformat()}</updated><link href="{source.address.rsplit("/", 1)[0]}/"/>{entries}</feed>'
    ).encode()


def opml(sources=SOURCES) -> bytes:
    """Write a source list of them."""
    outlines = "".join(f'<outline type="rss" text="{s.title}" xmlUrl="{s.address}"/>' for s in sources)
    return f'<?xml version="1.0"?><opml version="2.0"><head/><body>{outlines}</body></opml>'.encode()


@dataclass(frozen=True)
class Standing:
    """A clock that stands."""

    instant: datetime

    def now(self):
        return self.instant


class Newsroom:
    """A desk with helpers to fill it."""

    def __init__(self, data, **settings):
        self.settings = Settings(data=data, clock=CLOCK, **settings)
        self._open = open_desk(self.settings, create=True)
        self.desk = self._open.__enter__()

    def close(self):
        """Close the desk."""
        self._open.__exit__(None, None, None)

    def link(self):
        """Make a one-time link's token."""
        return accounts.make_link(self.desk)

    def set_up(self):
        """Use a link up; gives the session's token."""
        return accounts.use_link(self.desk, self.link(), name="Ines", instance_name="The Tidewater Post", language="en")

    def invite(self, role="reader"):
        """Make an invitation's word."""
        return inviting.invite(self.desk, self.actor(), role=role, uses=100)

    def join(self, name, role):
        """Have somebody become a member of a role; gives the session's token."""
        joining = {"name": name, "password": None, "language": "en", "visit": Visit(None)}
        return inviting.join(self.desk, self.invite(role), **joining)

    def actor(self):
        """Give the operator."""
        return accounts.operator(self.desk)

    def replay(self):
        """Have the last days replayed for whoever set the instance up; gives the replay's id, 0 without anybody."""
        actor = self.actor()
        if actor.member is None:
            return "0"
        text = published_rules()["fair-turns"].replace("fair-turns", "many-voices")
        return str(replays.start_replay(self.desk, actor, "front-page", "many-voices", text))

    def follow_bundle(self):
        """Hand out a bundle, and follow one like it that has more; gives the id of what is followed."""
        desk, actor = self.desk, self.actor()
        bundles.publish_bundle(desk, actor, "front", "A beginning")
        followed = bundle_following.follow(desk, actor, "https://guild.example/bundles/front.opml")
        held = bundle_following.followed_page(desk, actor, followed).followed
        bundle_following.receive(desk, held, bundles.bundle_file(desk, actor, "front"), Validators())
        return str(followed)

    def subscribe(self, sources=SOURCES):
        """Add sources, not fetched yet."""
        return [
            subscribing.add_source(self.desk, self.actor(), s.address, folder=s.folder or None).feed.id for s in sources
        ]

    def fetch(self, sources=SOURCES, faults=(), *, arrived=None):
        """Answer every due feed, at the instant `arrived`: with its document, or the fault given for its address."""
        documents = {source.address: atom(source) for source in sources}
        now = self.desk.clock.now()
        with self.desk.database.write() as conn:
            due = leases.lease_due(conn, now=now, until=now + timedelta(minutes=1), worker="test", limit=1000)
        at = arrived or now
        store(self.desk.database, [self._outcome(feed, documents, dict(faults), at) for feed in due], now=at)
        with self.desk.database.read() as conn:
            self.desk.columns.sync(conn)

    def fill(self):
        """Subscribe to all sources and fetch them."""
        self.subscribe()
        self.fetch()

    def add_paper(self, folder=None):
        """Add a list with an edition of half an hour ago; gives the edition's stamp in addresses."""
        at = NOW - timedelta(minutes=30)
        before = replace(self.desk, clock=Standing(at - timedelta(hours=1)))
        scope = Scope(folders=(folder,)) if folder else Scope()
        wish = ListWish("Paper", "many-voices", scope, times=(at.strftime("%H:%M"),))
        listing.add_list(before, self.actor(), wish)
        editions.make_due(self.desk)
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def tell(self, *titles, same=()):
        """Have a model find that the entries with these titles tell one story, those in `same` with one text.

        Gives the story's number.
        """
        with self.desk.database.write() as conn:
            held = {each.title: each for each in entries.iter_entries(conn, limit=1000)}
            told = [held[title] for title in titles]
            cards.let_count(conn, CARD, now=NOW)
            read = [StoredVector(each.id, 1, bytes(15) + bytes([n]), bytes(8)) for n, each in enumerate(told)]
            vectors.keep(conn, CARD.id, read, read_to=0)
            number, near = told[0].id, [None, *(each.id for each in told)]
            places = [
                StoryPlace(each.id, int(each.time.timestamp()), number, by, 710_000, 800_000, 0 if n > 1 else 300_000)
                for n, (each, by) in enumerate(zip(told, near, strict=False))
            ]
            group = [held[title] for title in same]
            copies = [
                CopyPlace(each.id, group[0].id, Sameness.SHINGLES if n else None, 930_000)
                for n, each in enumerate(group)
            ]
            stories.keep(conn, CARD.id, places, copies)
        return number

    def leave_unread(self, title):
        """Have the model that counts be given the entry with this title, and find that it cannot read it."""
        with self.desk.database.write() as conn:
            entry = next(each for each in entries.iter_entries(conn, limit=1000) if each.title == title)
            vectors.keep(conn, CARD.id, [StoredVector(entry.id, 1, bytes(15) + b"\xff", None)], read_to=0)

    def _outcome(self, feed, documents, faults, now):
        if feed.address in faults:
            return Failed(feed, faults[feed.address])
        body = documents.get(feed.address, b"")
        job = ParseJob(body, "", "application/atom+xml", feed.address, feed.site, feed.language, feed.known, now)
        try:
            document = read_document(job)
        except FetchError as exc:
            return Failed(feed, exc.fault)
        return Arrived(feed, document, Validators(), Wish(), None)


NO_SUCH_NAME = Fault(FaultCode.DNS)


def _stamp(item: Item, now: datetime) -> str:
    return (now - timedelta(hours=item.hours_old)).strftime("%Y-%m-%dT%H:%M:%SZ")
