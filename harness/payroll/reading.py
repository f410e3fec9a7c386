"""A strategy that is called from synchronous code, whether it is async or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callmeter.call import Loop
from harness.payroll import drivers, loading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from uuid import UUID

    from sqlalchemy import URL, Engine

    from harness.payroll.loading import Strategy
    from strategies.support.contract import PremiumEntry

END: Any = object()


class Reader:
    """A strategy on an engine that is made for it: of its driver, and async if it is.

    `engine` is the synchronous engine, of an AsyncEngine the one behind it: its pool, its events.
    `loop` is where an async strategy is awaited; the engine's connections belong to it.
    """

    def __init__(
        self, strategy: Strategy, url: URL, driver: str | None = None, **options: Any
    ) -> None:
        """Make the engine, with `options` of `sqlalchemy.create_engine`; it connects later.

        `driver` takes the place of the one that the strategy is written for. Raises what
        `drivers.make_engine` does.
        """
        self.strategy, self.url = strategy, url
        self.is_async = loading.is_async(strategy)
        self.loop = Loop()
        name = driver or loading.driver(strategy)
        self.made = drivers.make_engine(url, name, is_async=self.is_async, **options)
        self.engine: Engine = self.made.sync_engine if self.is_async else self.made

    def read(self, payroll_id: UUID) -> Sequence[PremiumEntry]:
        """Return the payroll's entries."""
        result: Sequence[PremiumEntry] = self.loop.finish(
            self.strategy.get_premiums_for_payroll(self.made, payroll_id)
        )
        return result

    def stream(self, payroll_id: UUID) -> Iterator[PremiumEntry]:
        """Return the stream of the payroll's entries; closing it closes the strategy's.

        The event loop is entered again for each entry, which takes some time: `visit` does not.
        Raises StrategyError if the strategy offers none.
        """
        found: Any = loading.stream(self.strategy)(self.made, payroll_id)
        return self._one_by_one(found) if self.is_async else found

    def visit(self, payroll_id: UUID, see: Callable[[PremiumEntry], object]) -> None:
        """Stream the payroll's entries, and call `see` with each; raises as `stream` does."""
        found: Any = loading.stream(self.strategy)(self.made, payroll_id)
        if self.is_async:
            self.loop.finish(_visited(found, see))
        else:
            for entry in found:
                see(entry)

    def dispose(self) -> None:
        """Close the connections in the pool; the next read makes new ones."""
        self.loop.finish(self.made.dispose())

    def close(self) -> None:
        """Close the connections, and end the event loop."""
        self.dispose()
        self.loop.close()

    def _one_by_one(self, entries: AsyncIterator[PremiumEntry]) -> Iterator[PremiumEntry]:
        try:
            while (entry := self.loop.finish(anext(entries, END))) is not END:
                yield entry
        finally:
            self.loop.finish(entries.aclose())  # type: ignore[attr-defined]


async def _visited(
    entries: AsyncIterator[PremiumEntry], see: Callable[[PremiumEntry], object]
) -> None:
    async for entry in entries:
        see(entry)
