"""One page that works offline: the answer, interactive charts, every figure and the run itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from callmeter.meters import SHARE
from harness.model.cell import FLOOR
from harness.model.metrics import TIME
from harness.model.sample import FEWEST_TIMES
from harness.model.summary import metrics_of, summaries
from harness.report import answer, busy, explanation, notes, serving
from harness.report.charts import marks, palette, vega
from harness.report.comparison import sorted_by
from harness.report.document import Table
from harness.report.format import cell, heading, times
from harness.report.names import short, title_of_group
from harness.report.page import calculator, template
from harness.report.page.page_charts import datasets, page_charts
from harness.report.stack import is_server_elsewhere, machine, ran_on
from harness.report.tables import base_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from callmeter.meters import Metric
    from harness.model.run import Run
    from harness.model.summary import Summary
    from harness.report.charts.marks import Group, Mark
    from harness.report.document import Block
    from harness.report.page.chart import Chart

SCRIPTS = ("prediction.js", "judged.js", "calculator.js", "page.js")
"""In the order in which they use each other."""
UNSTEADY = "~: its repeats lie far apart"
NOTHING = (None, "")
"""The cell of a value that there is not."""


class Column(NamedTuple):
    """A column of a table: its key, its heading, and each cell as a number and as text."""

    key: str
    heading: str
    cells: Sequence[tuple[float | None, str]]


def page(run: Run, sort: str) -> str:
    """Return the page; all that comes from the run is escaped, and the run is in it, whole."""
    compared = marks.groups(run, sort)
    first = marks.first_shown(compared)
    data = datasets(run, compared)
    names = (measurement.cell.name for measurement in run.measurements)
    styles = palette.styles(names, run.header.reference, run.header.yardsticks)
    charts = page_charts(run, styles, data)
    held = calculator.data(run, compared, first)
    if held:
        held["colours"] = {name: style.colour for name, style in styles.items()}
    return template.rendered(
        "page.html",
        ("page.css",),
        SCRIPTS,
        header=run.header,
        ran_on=ran_on(run),
        machine=machine(run),
        is_elsewhere=is_server_elsewhere(run),
        is_of_payrolls=all(m.cell.workload.is_payroll for m in run.measurements),
        styles=styles,
        payrolls=[
            _payroll(run, group, [mark for mark in data["calls"] if mark["payroll"] == place], sort)
            for place, group in enumerate(compared)
        ],
        cut_short=notes.cut_short(run),
        busy=busy.caveat(run),
        failed=[] if compared else summaries(run),
        first=first,
        charts=[chart for chart in charts if not chart.of_service],
        service_charts=[chart for chart in charts if chart.of_service],
        calculator=held,
        layers=_by_kind(
            block
            for block in explanation.blocks(explanation.explained(run))
            if isinstance(block, Table)
        ),
        figures=template.in_script(_for_script(charts, data, first, held)),
        saved_run=template.in_script(_saved(run)),
        vega=template.unescaped(vega.bundle()),
    )


def _payroll(run: Run, group: Group, calls: list[Mark], sort: str) -> dict[str, Any]:
    """Return what the page shows of one workload."""
    timed = [sample for call in group if (sample := call.sample(TIME))]
    is_repeated = all(sample.n >= FEWEST_TIMES for sample in timed)
    return {
        "title": title_of_group(group),
        "answer": _by_kind(answer.blocks(run.header, group)),
        "front": ", ".join(marks.front(calls)) if is_repeated else "",
        "summaries": group,
        "held": calculator.measured(run, group),
        "served": _by_kind(serving.blocks(run, (group[0].workload, group[0].subject.consume))),
        "tables": _tables(group),
        "sorted_by": sorted_by(group, sort),
        "notes": [*notes.every(group), *notes.meanings(group)],
    }


def _by_kind(blocks: Iterable[Block]) -> list[tuple[str, Block]]:
    """Return the blocks with what the template calls them."""
    return [(type(block).__name__, block) for block in blocks]


def _tables(found: list[Summary]) -> list[tuple[str, list[Column]]]:
    """Return the captions and the columns of the tables of memory and of time, if not empty."""
    reference = short(found[0].reference_name)
    counts = (call.items for call in found)
    cells = [NOTHING if count is None else (count, f"{count:,}") for count in counts]
    items = Column("items", "items", cells)
    first = [items] if any(call.has_other_count for call in found) else []
    tables = []
    for what, base, is_memory in (("Memory", FLOOR, True), ("Time", reference, False)):
        metrics = [metric for metric in metrics_of(found) if metric.is_memory is is_memory]
        columns = [column for metric in metrics for column in _columns(found, metric, base)]
        caption = f"{what}; x {base}: times the same figure of {base}; {UNSTEADY}"
        tables += [(caption, [*first, *columns])] if columns else []
    return tables


def _columns(found: list[Summary], metric: Metric, base: str) -> Iterator[Column]:
    """Yield the metric's values and, where there are any, their ratios to the base."""
    samples = [call.sample(metric.key) for call in found]
    yield Column(
        metric.key,
        heading(metric),
        [
            (one.median, cell(metric, one.median) + " ~" * (not one.is_steady)) if one else NOTHING
            for one in samples
        ],
    )
    to = base_of(metric)
    ratios = [call.ratio(metric.key, to) for call in found]
    if metric.unit != SHARE and any(ratio is not None for ratio in ratios):
        cells = [
            NOTHING if ratio is None else (ratio, times(ratio, call.interval(metric.key)))
            for call, ratio in zip(found, ratios, strict=True)
        ]
        yield Column(f"{metric.key}.x_{to}", f"x {base}", cells)


def _for_script(
    charts: list[Chart], data: dict[str, list[Mark]], first: int, held: dict[str, Any] | None
) -> str:
    needs = {
        chart.name: {
            "dataset": chart.dataset,
            "fields": chart.fields,
            "everyPayroll": chart.every_payroll,
        }
        for chart in charts
    }
    specs = {chart.name: chart.spec(first) for chart in charts}
    figures = {"specs": specs, "datasets": data, "needs": needs, "first": first, "calculator": held}
    return json.dumps(figures, separators=(",", ":"))


def _saved(run: Run) -> str:
    """Return the run as its file has it, without what a killed run left of a last line."""
    lines = (msgspec.json.encode(line).decode() for line in (run.header, *run.measurements))
    return "".join(f"{line}\n" for line in lines)
