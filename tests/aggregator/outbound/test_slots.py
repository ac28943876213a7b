import asyncio

import pytest

from aggregator.outbound import slots as module
from aggregator.outbound.slots import Slots


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(module, "SLOW_SECONDS", 0.05)


async def hold(slots, entered, leave):
    async with slots:
        entered.set()
        await leave.wait()


def test_a_slow_request_gives_its_slot_to_another_and_takes_none_back():
    async def main():
        slots, leave = Slots(1), asyncio.Event()
        entered = [asyncio.Event() for _ in range(3)]
        async with asyncio.TaskGroup() as group:
            for each in entered:
                group.create_task(hold(slots, each, leave))
            for each in entered:
                await asyncio.wait_for(each.wait(), 10)
            leave.set()
        first, second = asyncio.Event(), asyncio.Event()
        stay = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(hold(slots, first, stay))
            group.create_task(hold(slots, second, stay))
            await first.wait()
            assert not second.is_set()  # one slot there was, and one there is
            stay.set()

    asyncio.run(main())


def test_only_so_many_go_on_without_a_slot(monkeypatch):
    monkeypatch.setattr(module, "MOST_SLOW", 1)

    async def main():
        slots, leave = Slots(1), asyncio.Event()
        entered = [asyncio.Event() for _ in range(3)]
        async with asyncio.TaskGroup() as group:
            for each in entered:
                group.create_task(hold(slots, each, leave))
            await asyncio.wait_for(entered[1].wait(), 10)
            await asyncio.sleep(0.2)
            assert not entered[2].is_set()
            leave.set()

    asyncio.run(main())
