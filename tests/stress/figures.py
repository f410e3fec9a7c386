"""What the stress suite tried, and how much of it held: by file, by fault, and by stage of a run.

A number that a test records as a property is a figure of its file, but for those named here.
"""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Part = dict[str, Any]

TRIED, HELD, SECONDS = COLUMNS = ("tried", "held", "seconds")
FAULT, STAGE = "fault", "stage"
"""Properties of a test: how many inputs it tried; what it did, to a run at which stage."""


def fault_of(test: pytest.Function) -> str:
    """Return what the test does to a run: its name, and its parameters but for the stage."""
    words = test.function.__name__.removeprefix("test_").replace("_", " ")
    others = (
        getattr(value, "__name__", getattr(value, "name", str(value))).replace("_", " ")
        for name, value in test.callspec.params.items()
        if name not in {STAGE, "nth_time"}
    )
    return ", ".join([words, *others])


def parts_of(stats: Mapping[str, Iterable[object]]) -> dict[str, Part]:
    """Return what was tried by the name of the file: test_signals.py is `signals`."""
    found: dict[str, Part] = defaultdict(_nothing)
    for outcome, reports in stats.items():
        for report in reports:
            if isinstance(report, pytest.TestReport) and "tests/stress/" in report.nodeid:
                part = found[Path(report.nodeid.partition("::")[0]).stem.removeprefix("test_")]
                part[SECONDS] += report.duration
                if outcome in {"passed", "failed", "error"}:
                    _count(part, dict(report.user_properties), is_held=outcome == "passed")
    return {name: found[name] for name in sorted(found) if found[name][TRIED]}


def _nothing() -> Part:
    return {**dict.fromkeys(COLUMNS, 0), "figures": {}, "faults": {}}


def _count(part: Part, properties: dict[str, Any], *, is_held: bool) -> None:
    tried = properties.pop(TRIED, 1)
    part[TRIED] += tried
    part[HELD] += tried * is_held
    if fault := properties.pop(FAULT, ""):
        stages = part["faults"].setdefault(fault, {})
        before = stages.get(stage := properties.pop(STAGE), [0, 0])
        stages[stage] = [before[0] + 1, before[1] + is_held]
    for name, figure in properties.items():
        part["figures"][name] = max(figure, part["figures"].get(name, figure))


def lines(parts: Mapping[str, Part]) -> list[str]:
    """Return the table of a terminal."""
    found = [" " * 18 + "".join(f"{column:>9}" for column in COLUMNS)]
    for name, part in parts.items():
        found.append(f"{name:18}" + "".join(f"{part[column]:9,.0f}" for column in COLUMNS))
        found += [f"{'':20}{what}: {part['figures'][what]:,.0f}" for what in part["figures"]]
    return found


def save(parts: Mapping[str, Part], path: Path) -> None:
    """Write the parts, in place of what the file has of the same; others stay as they are."""
    saved = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"parts": {}}
    asked = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    made = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "commit": commit.stdout.strip() or "unknown"}
    for name, part in parts.items():
        figures = {what: round(figure) for what, figure in part["figures"].items()}
        rounded = {**part, SECONDS: round(part[SECONDS]), "figures": figures, **made}
        saved["parts"][name] = {key: value for key, value in rounded.items() if value != {}}
    content = {"parts": dict(sorted(saved["parts"].items()))}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
