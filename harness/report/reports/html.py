"""One page that works offline: the answer, interactive charts, every figure and the run itself."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness.model.compare import ranked
from harness.payroll import yardsticks as baselines
from harness.report import words
from harness.report.reports import _content as content
from harness.report.reports import _figures as figures
from harness.report.reports import _layers as layers
from harness.report.reports import _palette as palette
from harness.report.reports import _sentences as say
from harness.report.reports import _vega
from harness.report.reports._keeping import keeping, meanings
from harness.report.reports._pictures import Picture, datasets, pictures
from harness.report.words import short
from harness.runner.plan import FLOOR

if TYPE_CHECKING:
    from jinja2 import Template

    from harness.model.compare import Row
    from harness.model.run import Run

PAGE = Path(__file__).with_name("_page")
CAPTIONS = (
    (content.FOLD, "Folded into a total, nothing kept"),
    (content.MEMORY, f"Memory; x floor: times the same figure of {FLOOR}"),
    (content.TIME, "Time; faster and slower: than {reference}"),
)
CHOSEN = (
    {"field": "leanest", "heading": "least memory at its peak", "short": "least memory:"},
    {"field": "fastest", "heading": "fastest, against {reference}", "short": "fastest:"},
)


def render(run: Run, options: content.Options) -> str:
    """Give the page; all that comes from the run is escaped, and the run is in it, whole."""
    found = figures.payrolls(run, options)
    first = figures.first_shown(found)
    data = datasets(run, options)
    drawn = list(pictures(run, data, first))
    return _template().render(
        header=run.header,
        ran_on=words.ran_on(run),
        machine=_machine(run.header.environment),
        elsewhere=words.server_is_elsewhere(run),
        grey=palette.QUIET,
        pale=palette.PALE,
        looks=palette.looks((m.cell.strategy for m in run.measurements), run.header.reference),
        payrolls=[
            _payroll(
                run,
                title,
                rows,
                [row for row in data["rows"] if row["payroll"] == place],
                content.sorted_by(rows, options),
            )
            | _implied(rows, options, found)
            for place, (title, rows) in enumerate(found)
        ],
        cut_short=say.cut_short(run),
        unmeasured=_unmeasured(run, options),
        first=first,
        pictures=drawn,
        layer_tables=_layer_tables(run),
        figures=_in_script(_for_script(drawn, data, first)),
        saved_run=_in_script(_saved(run)),
        css=_our_own(_read("page.css")),
        light=_our_own(palette.page_rule()),
        dark=_our_own(f"{palette.page_rule(dark=True)}\n{palette.dark_rules('svg')}"),
        script=_our_own(_read("page.js")),
        vega=_our_own(_vega.bundle()),
    )


def _payroll(
    run: Run, title: str, rows: list[Row], drawn: list[figures.Figure], by: str
) -> dict[str, Any]:
    """Give what the page says of one payroll, whose rows are sorted by the field `by`."""
    kept = keeping(rows, run.header.offers)
    is_repeated = say.repeated([row for row in rows if row.get("wall_seconds") is not None])
    return {
        "title": title,
        "verdict": say.verdict(rows),
        "front": ", ".join(figures.front(drawn)) if is_repeated else "",
        "kept": kept,
        "chosen": [
            _chosen(rows, each) for each in CHOSEN if any(getattr(k, each["field"]) for k in kept)
        ],
        "meanings": meanings(kept),
        "tables": [_table(rows, columns, by) for columns in content.columns(rows)],
        "failed": say.failed(rows),
        "notes": [
            *say.legend(rows),
            *say.missed(rows),
            *say.unavailable(rows),
            *say.unsteady(rows),
        ],
    }


def _implied(
    rows: list[Row], options: content.Options, payrolls: list[tuple[str, list[Row]]]
) -> dict[str, Any]:
    """Give what the leanest strategy and the reference need for the payroll to think of.

    Nothing where that payroll was measured, and these are the rows of another.
    """
    measured = {others[0]["entries"] for _, others in payrolls}
    is_said = options.scale_to not in measured - {rows[0]["entries"]}
    heading, lines = say.implication(rows, options) if is_said else ("", [])
    leanest = ranked(
        (row for row in rows if row["strategy"] not in baselines.ALL),
        f"{content.memory_measured(rows)}_bytes",
    )[:1]
    told = {row["strategy"] for row in leanest} | {rows[0]["reference"]}
    return {"implied_heading": heading, "implied": [line for line in lines if line[0] in told]}


def _table(rows: list[Row], columns: list[content.Column], by: str) -> dict[str, Any]:
    same_order = (column.field for column in columns if column.field in {by, f"{by}_per_entry"})
    return {
        "sorted_by": by if by == "strategy" else next(same_order, None),
        "caption": _caption(columns).format(reference=short(rows[0]["reference"])),
        "columns": columns,
        "rows": [
            {
                "strategy": row["strategy"],
                "label": row["label"],
                "cells": [
                    (row.get(column.field), content.said(row, column), column.field)
                    for column in columns
                ],
            }
            for row in rows
        ],
    }


def _chosen(rows: list[Row], column: dict[str, str]) -> dict[str, str]:
    heading = column["heading"].format(reference=short(rows[0]["reference"]))
    return {**column, "heading": heading}


def _caption(columns: list[content.Column]) -> str:
    fields = {column.field for column in columns if column.field != content.ITEMS.field}
    return next(said for whole, said in CAPTIONS if fields <= {column.field for column in whole})


def _unmeasured(run: Run, options: content.Options) -> list[str]:
    """Say what went wrong in a run that only explains."""
    if not layers.only_explained(run):
        return []
    groups = [rows for _, rows in content.by_payroll(run, options)]
    return [line for rows in groups for line in (*say.failed(rows), *say.unavailable(rows))]


def _layer_tables(run: Run) -> list[tuple[list[str], list[list[str]]]]:
    explained = list(layers.explained(run))
    return [layers.as_table(explained, moment) for moment in layers.MOMENTS] if explained else []


def _machine(known: dict[str, str]) -> str:
    """Say what the run's machine is, as far as the run says."""
    cores = f"{known['cores']} cores" if "cores" in known else ""
    parts = (known["system"], known.get("processor", ""), cores, known.get("memory", ""))
    return ", ".join(part for part in parts if part)


def _for_script(drawn: list[Picture], data: dict[str, list[figures.Figure]], first: int) -> str:
    needs = {
        each.name: {
            "dataset": each.dataset,
            "fields": each.fields,
            "everyPayroll": each.name.startswith("growth"),
        }
        for each in drawn
    }
    specs = {each.name: each.spec for each in drawn}
    return json.dumps({"specs": specs, "datasets": data, "needs": needs, "first": first})


def _saved(run: Run) -> str:
    """Give the run as its file has it, without what a killed run left of a last line."""
    lines = (msgspec.json.encode(line).decode() for line in (run.header, *run.measurements))
    return "".join(f"{line}\n" for line in lines)


def _in_script(json_text: str) -> Markup:
    """Give JSON that no HTML parser takes for the end of its element: `<` is only in strings."""
    return Markup(json_text.replace("<", "\\u003c"))  # noqa: S704 - escaped as JSON


def _our_own(text: str) -> Markup:
    """Give a text of this package, or of Vega's, which is not escaped."""
    return Markup(text)  # noqa: S704 - nothing of the run is in it


def _read(name: str) -> str:
    return (PAGE / name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(PAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html")
