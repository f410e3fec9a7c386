"""Measuring again what a saved run holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from callmeter.errors import UsageError
from harness.base.secret import STARS
from harness.model.cell import Consume
from harness.model.fields import MOST_LIVE_OBJECTS
from harness.model.run import DRIVER, LIVE_OBJECTS
from harness.runner import plan
from harness.runner.functions import Functions, function_run
from harness.runner.installed import installed, of_driver
from harness.runner.strategy_run import strategy_run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callmeter.target import Target
    from harness.model.cell import Cell, Workload
    from harness.model.run import Run
    from harness.runner.record import Settings


@dataclass(frozen=True)
class Again:
    """What of a baseline is measured again: names on workloads, by meters.

    `setup` takes the place of the functions' own, where it is given; `named` are the names that
    the user asked for.
    """

    baseline: Run
    names: Sequence[str]
    workloads: Sequence[Workload]
    meters: Sequence[str]
    repeat: plan.Repeats = None
    setup: str | None = None
    named: Sequence[str] = ()

    @property
    def consume(self) -> Consume:
        """What is done with the items."""
        return self.baseline.measurements[0].cell.consume

    @property
    def driver(self) -> str | None:
        """The driver that all of its strategies were measured with; None if each has its own."""
        return self.baseline.header.environment.get(DRIVER)

    @property
    def live_objects(self) -> int:
        """How many objects its processes held beside the call; raises UsageError for no number."""
        known = self.baseline.header.environment.get(LIVE_OBJECTS, "0")
        if known.isdecimal() and len(known) <= len(str(MOST_LIVE_OBJECTS)):
            return min(int(known), MOST_LIVE_OBJECTS)
        raise UsageError(f"the baseline has {known!r} live objects: give --live-objects")

    @property
    def is_of_functions(self) -> bool:
        """Whether the baseline is of the user's functions."""
        return not self.workloads[0].is_payroll

    def cells(self, settings: Settings) -> list[Cell]:
        """Return the cells: where there are times, the reference's too, for the ratios.

        What this Python lacks a package for is left out, with a notice, unless it is `named`; of a
        strategy, so are variants of the call, such as a first one: they are not compared.
        """
        if self.is_of_functions:
            return self._functions({}).cells(self._with_reference())
        has_reference = "clock" in self.meters and self.consume is Consume.HOLD
        names = self._with_reference() if has_reference else list(self.names)
        found = plan.cells(
            names, self.workloads, self.meters, self.repeat, self.consume, calls=self.baseline.calls
        )
        cells = plan.at_most_a_run(cell for cell in found if cell.is_usual)
        cells = of_driver(cells, self.named, settings)
        return cells if settings.python else installed(cells, self.named, settings.notice)

    def run(self, cells: Sequence[Cell], settings: Settings) -> Run:
        """Measure those cells; return the run."""
        if not self.is_of_functions:
            return strategy_run(cells, settings)
        targets = {name: self._target(name) for name in self._with_reference()}
        return function_run(self._functions(targets), settings)

    def _functions(self, targets: dict[str, Target]) -> Functions:
        """Return those functions as they were measured."""
        return Functions(
            targets,
            self.meters,
            self.repeat,
            self.consume,
            warm_up=self.baseline.header.warm_up,
            collectors=(),
            at_once=sorted({workload.at_once for workload in self.workloads}),
            calls=self.baseline.calls,
        )

    def _with_reference(self) -> list[str]:
        return list(dict.fromkeys([self.baseline.header.reference, *self.names]))

    def _target(self, name: str) -> Target:
        """Return the function; raises UsageError where the baseline lacks its password."""
        target = self.baseline.header.targets[name]
        target = replace(target, setup=target.setup if self.setup is None else self.setup)
        if STARS in target.call or STARS in target.setup:
            raise UsageError(
                f"the baseline does not have the password in the call or set-up of {name}: take it "
                "from an environment variable there, or give the set-up again with --setup"
            )
        return target
