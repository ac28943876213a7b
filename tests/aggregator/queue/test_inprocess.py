import asyncio

from aggregator.queue.inprocess import Ticker


def test_it_ticks_at_once_and_again_until_it_is_stopped():
    async def run():
        ticks = asyncio.Queue()

        async def tick():
            ticks.put_nowait(1)

        ticker = Ticker(tick, seconds=0.01)
        ticker.start()
        for _ in range(3):
            await asyncio.wait_for(ticks.get(), 60)
        ticker.stop()

    asyncio.run(run())
