"""Functions of public packages need what other instruments count, and nothing of theirs changes."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from callmeter.layers import DJANGO_INSTANCES, LIBRARY
from tools.strangers.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

COMPILER = shutil.which("gcc") or shutil.which("cc")


@pytest.mark.skipif(not COMPILER, reason="there is no C compiler")
def test_a_parser_and_an_orm_are_measured_as_others_count_them(tmp_path: Path) -> None:
    save = tmp_path / "strangers.json"
    assert main(["msgspec", "django", "--python", sys.executable, "--save", str(save)]) == 0
    found = json.loads(save.read_text())
    parser, orm = found["calls"]
    assert parser["layers"][f"{LIBRARY}msgspec"] > 0.9
    assert orm["layers"][DJANGO_INSTANCES] > 0.3
    assert found["changed"] == []
