"""Acts on an activity whose sender is proved: posts are stored, changed, removed, as their authors say."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from aggregator.errors import BusyError, ConflictError, FetchError
from aggregator.model.fediverse import FollowState
from aggregator.outbound.limits import inflate
from aggregator.services import being_followed
from aggregator.services.instance_actor import actor_id
from aggregator.sources.fediverse.activities import REACTIONS
from aggregator.sources.fediverse.inbox import page_of
from aggregator.sources.fediverse.outbox import LookJob, OutboxJob, Packed
from aggregator.sources.fediverse.refusal import Refused
from aggregator.sources.fediverse.shapes import same_host
from aggregator.store import entries, feeds, followed, followers
from aggregator.text.address import ACTOR_MARK
from aggregator.update.pushed import store_pushed
from aggregator.worker.fediverse import packed
from aggregator.worker.outboxes import forget_all

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from aggregator.model.ids import EntryId, FeedId
    from aggregator.services.desk import Desk
    from aggregator.sources.fediverse.inbox import Activity
    from aggregator.store.followed import Followed
    from aggregator.worker.fediverse import Fediverse
    from aggregator.worker.parse_pool import ParsePool
    from aggregator.worker.records import Records

TO_LISTS: Final = frozenset({"Follow", "Undo", "Block"})
_BRINGS: Final = frozenset({"Create", "Update", "Announce"})
_ACTORS: Final = frozenset({"Person", "Group", "Organization", "Service", "Application"})


class Acting:
    """What proved activities do."""

    def __init__(self, desk: Desk, fediverse: Fediverse, pool: ParsePool, records: Records) -> None:
        self._desk = desk
        self._fediverse = fediverse
        self._pool = pool
        self._records = records
        self._removed = False
        self._stored = False

    async def act(self, activity: Activity, document: Packed) -> None:
        """Do what an activity asks for. Raises Refused, FetchError, BusyError."""
        kind = activity.type
        if kind in REACTIONS or activity.inner_type in REACTIONS:
            return
        if kind == "Delete" or (kind == "Announce" and activity.inner_type == "Delete"):
            await self._delete(activity)
            return
        if kind in TO_LISTS and await self._to_a_list(activity):
            return
        ours = await self._ours(activity)
        match kind:
            case "Accept" | "Reject":
                await self._answered(activity, ours)
            case "Undo":
                await self._undo(activity, ours)
            case "Move":
                await self._move(activity, ours)
            case "Block":
                await self._stop(ours)
            case "Update" if activity.inner_type in _ACTORS:
                await self._ask_actor_again(activity, ours)
            case _ if kind in _BRINGS:
                await self._bring(ours, document)
            case _:
                raise Refused(f"it is no kind of activity we act on: {(kind or 'without a type')[:40]}")

    async def settle(self) -> None:
        """Bring columns and files up to date: what was removed is in none of them afterwards (safety 58)."""
        if self._stored or self._removed:
            await self._records.settle()
            self._stored = False
        if self._removed:
            try:
                await self._records.in_thread(self._desk.database.checkpoint)
            except BusyError:
                return  # somebody reads; tried again at the next look
            self._removed = False

    async def _ours(self, activity: Activity) -> tuple[Followed, ...]:
        ours = await self._records.in_thread(lambda: self._read_by_us(activity.actor))
        if not ours:
            raise Refused("nobody here reads its actor")
        return ours

    async def _to_a_list(self, activity: Activity) -> bool:
        """Let somebody follow a list of ours, or no longer; says whether the activity was about that."""
        if activity.type == "Follow":
            actor, _ = await self._fediverse.actor(activity.actor)
            await self._records.write(lambda conn: being_followed.accept(self._desk, conn, activity, actor))
            return True
        return await self._records.write(lambda conn: being_followed.end(self._desk, conn, activity))

    async def _bring(self, ours: tuple[Followed, ...], document: Packed) -> None:
        """Store a post, or a boost of one, which is fetched from its own host."""
        page = page_of(document)
        looked = await self._pool.look(LookJob(page, ours[0].actor))
        fetched = tuple([packed(await self._fediverse.get(address)) for address in looked.missing])
        now = self._desk.clock.now()
        for one in ours:
            job = OutboxJob(Packed(one.actor, "", one.document), (page,), fetched, frozenset(), now)
            read = await self._pool.read_outbox(job)
            if not read.document.entries:
                raise Refused(next(iter(read.refused), "there is nothing in it"))

            def write(conn: Connection, feed_id: FeedId = one.feed_id) -> None:
                store_pushed(conn, feeds.get_feed(conn, feed_id), read.document.entries, now=now)  # noqa: B023  # run at once

            await self._records.write(write)
            self._stored = True

    async def _delete(self, activity: Activity) -> None:
        """Remove a post, as its author says, or as a community says of what it shows; or all of an actor that left."""
        about = activity.about
        if about is None:
            raise Refused("it does not say what")
        if about == activity.actor:
            ours = await self._records.in_thread(lambda: self._read_by_us(activity.actor))
            await self._stop(ours)
            await self._records.write(lambda conn: followers.delete_follower(conn, activity.actor))
            return
        if activity.type == "Delete" and not same_host(about, activity.actor):
            raise Refused("it is about a post of another host")
        theirs = await self._records.in_thread(lambda: self._deletable(activity, about))
        if theirs:
            await self._records.write(lambda conn: entries.delete_entries(conn, theirs))
            self._removed = True

    def _deletable(self, activity: Activity, about: str) -> list[EntryId]:
        with self._desk.database.read() as conn:
            held = followed.find_held(conn, about)
            found = entries.get_entries(conn, [entry_id for _, entry_id in held])
            shown = {one.feed_id for one in followed.find_by_actor(conn, activity.actor)}
        if activity.type == "Announce":
            return [entry_id for feed_id, entry_id in held if feed_id in shown]
        own = [each.id for each in found.values() if any(author.uri == activity.actor for author in each.authors)]
        if found and not own:
            raise Refused("it is about somebody else's post")
        return own

    async def _undo(self, activity: Activity, ours: tuple[Followed, ...]) -> None:
        """Take a boost back."""
        if activity.inner_type != "Announce" or activity.about is None:
            return
        if activity.inner_actor not in {None, activity.actor}:
            raise Refused("it takes back what somebody else did")
        about, feeds_of = activity.about, {one.feed_id for one in ours}

        def remove(conn: Connection) -> bool:
            held = [entry_id for feed_id, entry_id in followed.find_held(conn, about) if feed_id in feeds_of]
            boosts = [each.id for each in entries.get_entries(conn, held).values() if each.extras.boosted_by]
            entries.delete_entries(conn, boosts)
            return bool(boosts)

        self._removed = await self._records.write(remove) or self._removed

    async def _answered(self, activity: Activity, ours: tuple[Followed, ...]) -> None:
        """Keep whether an actor lets us be told. Who takes it back, or refuses, is no longer read at all."""
        me = actor_id(self._desk)
        about_us = activity.inner_actor == me or (activity.about or activity.inner_id or "").startswith(f"{me}/")
        if not about_us or not any(one.state is not FollowState.NONE for one in ours):
            raise Refused("it answers something we did not ask")
        if activity.type == "Reject":
            await self._stop(ours)
            return
        now = self._desk.clock.now()
        for one in ours:
            await self._records.write(
                partial(followed.set_state, feed_id=one.feed_id, state=FollowState.ACCEPTED, now=now)
            )

    async def _stop(self, ours: tuple[Followed, ...]) -> None:
        """Stop reading an actor and remove what is held of it."""
        now = self._desk.clock.now()

        def stop(conn: Connection) -> None:
            for one in ours:
                forget_all(conn, one.feed_id)
                followed.set_followed(conn, one)
                followed.set_state(conn, one.feed_id, FollowState.REJECTED, now=now)
                feeds.set_paused(conn, one.feed_id, paused=True)

        await self._records.write(stop)
        self._removed = bool(ours) or self._removed

    async def _move(self, activity: Activity, ours: tuple[Followed, ...]) -> None:
        """Read an actor where it moved to; the new one has to name the old one as itself."""
        if activity.about != activity.actor or activity.target is None:
            raise Refused("it moves somebody else")
        target, _ = await self._fediverse.actor(activity.target)
        if activity.actor not in target.also_known_as:
            raise Refused("where it moves to does not name it")

        def move(conn: Connection) -> None:
            for one in ours:
                followed.delete_followed(conn, one.feed_id)
                try:
                    feeds.set_address(conn, one.feed_id, target.id + ACTOR_MARK)
                except ConflictError:
                    feeds.set_paused(conn, one.feed_id, paused=True)  # the new one is read already

        await self._records.write(move)

    async def _ask_actor_again(self, activity: Activity, ours: tuple[Followed, ...]) -> None:
        """Look at an actor anew that changed what it says of itself; the next fetch uses it."""
        try:
            actor, document = await self._fediverse.actor(activity.actor)
        except (FetchError, BusyError):
            return
        now = self._desk.clock.now()

        body = inflate(document.body) if document.encoding else document.body

        def keep(conn: Connection) -> None:
            followed.set_keys(conn, actor.id, actor.keys, now=now)
            for one in ours:
                told = replace(one, name=actor.name or one.name, inbox=actor.inbox, outbox=actor.outbox, document=body)
                followed.set_followed(conn, told)

        await self._records.write(keep)

    def _read_by_us(self, actor: str) -> tuple[Followed, ...]:
        with self._desk.database.read() as conn:
            return tuple(one for one in followed.find_by_actor(conn, actor) if not one.paused)
