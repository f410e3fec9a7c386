"""A chart of a run's page, with its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.report.charts import parts, vega

if TYPE_CHECKING:
    from collections.abc import Mapping

    import altair as alt

    from harness.report.charts.marks import Mark


class Chart(NamedTuple):
    """A chart: its question, its caption, and what it draws.

    `fields` are those of `dataset` without which there is nothing to draw; `keys` are (colour,
    meaning); charts that are `paired` stand side by side where there is room. One of
    `every_payroll` is the same whichever is chosen; those `of_service` stand by the calculator.
    """

    name: str
    title: str
    caption: str
    drawing: alt.Chart | alt.LayerChart
    dataset: str
    fields: tuple[str, ...]
    keys: tuple[tuple[str, str], ...] = ()
    paired: bool = False
    every_payroll: bool = False
    of_service: bool = False

    def spec(self, payroll: int) -> parts.Spec:
        """Return its Vega specification, at the width of its place in the page."""
        spec = parts.specification(self.drawing, payroll, width="container")
        return vega.compiled({**spec, "autosize": {"type": "fit-x", "contains": "padding"}})

    def is_drawn(self, data: Mapping[str, list[Mark]]) -> bool:
        """Whether there is a mark with all that the chart needs."""
        found = data[self.dataset]
        return any(all(mark.get(name) is not None for name in self.fields) for mark in found)
