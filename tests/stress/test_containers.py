"""What `choose --container` recommends lives in a container so large: a part of `make prove`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import tools.prove.__main__ as prove
from stress.runs import IS_THOROUGH

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BUDGETS = 6 if IS_THOROUGH else 3


def test_what_is_recommended_lives_where_the_limit_is_close(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    monkeypatch.setattr(prove, "STRATEGIES", ("full_orm", "slotted", "packed_structs"))
    monkeypatch.setattr(prove, "COMPONENTS", (6,))
    monkeypatch.setattr(prove, "REPETITIONS", (1,))
    monkeypatch.setattr(prove, "MEASURED", (300, 1_500))
    monkeypatch.setattr(prove, "ASKED", (900, 2_000))
    path = tmp_path / "prove.json"
    monkeypatch.setattr(
        "sys.argv", ["prove", "--budgets", str(BUDGETS), "--times", "1", "--save", str(path)]
    )
    assert prove.main() == 0
    reads = json.loads(path.read_text())["reads"]
    assert len({read["case"]["container"] for read in reads}) == BUDGETS
    recommended = [read for read in reads if read["role"] == "recommended"]
    assert recommended
    assert all(read["lived"] for read in recommended)
    record_property("containers", BUDGETS)
