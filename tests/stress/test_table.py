"""The table of what was tried counts what held, by fault and stage, and keeps other parts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stress.figures import FAULT, STAGE, TRIED, lines, parts_of, save

if TYPE_CHECKING:
    from pathlib import Path


def report(name: str, outcome: Any, **properties: object) -> pytest.TestReport:
    where = f"tests/stress/test_{name}.py::test_it"
    return pytest.TestReport(
        *(where, (where, 1, "test_it"), {}, outcome, None, "call"),
        duration=2.0,
        user_properties=[*properties.items()],
    )


def test_what_was_tried_is_counted_and_saved_in_place_of_what_was(tmp_path: Path) -> None:
    killed = {FAULT: "a signal, SIGKILL", STAGE: "seeding"}
    stats = {
        "passed": [
            report("signals", "passed", **killed),
            report("arguments", "passed", **{TRIED: 500, "MB": 7.4}),
            report("arguments", "passed", **{TRIED: 500, "MB": 3.0}),
        ],
        "failed": [report("signals", "failed", **killed)],
        "skipped": [report("other", "skipped")],
        "warnings": [object()],
    }
    parts = parts_of(stats)
    assert [*parts] == ["arguments", "signals"]
    assert (parts["signals"]["tried"], parts["signals"]["held"]) == (2, 1)
    assert parts["signals"]["faults"] == {"a signal, SIGKILL": {"seeding": [2, 1]}}
    assert lines(parts)[1].split() == ["arguments", "1,000", "1,000", "4"]
    path = tmp_path / "stress.json"
    path.write_text(json.dumps({"parts": {"signals": {"tried": 9}, "load": {"tried": 3}}}))
    save(parts, path)
    saved = json.loads(path.read_text())["parts"]
    assert [*saved] == ["arguments", "load", "signals"]
    assert saved["load"] == {"tried": 3}
    assert saved["signals"]["tried"] == 2
    assert saved["arguments"]["figures"] == {"MB": 7}
    assert saved["arguments"]["commit"]
