"""The distribution's page: its examples run, and print what it shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[3] / "callmeter" / "README.md"
FILE = re.compile(r"```python\n# (?P<name>\w+\.py)\n(?P<text>.*?)```", re.DOTALL)
OUTPUT = re.compile(r"```text\n(?P<text>.*?)```", re.DOTALL)
NUMBER = re.compile(r"[0-9][0-9.,]*( k?B\b)?|(?<=\()<?\w+>?(?=\))")
"""A figure, or the function of a place, which is another one where comprehensions are inlined."""


@pytest.fixture
def outputs(pytester: pytest.Pytester) -> list[str]:
    """What the page shows as printed by its examples; its files are in the working folder."""
    text = README.read_text()
    for match in FILE.finditer(text):
        pytester.path.joinpath(match["name"]).write_text(match["text"])
    return [match["text"] for match in OUTPUT.finditer(text)]


def without_numbers(text: str) -> list[str]:
    return [NUMBER.sub("0", " ".join(line.split())) for line in text.splitlines()]


def test_the_examples_print_what_the_page_shows(
    outputs: list[str], pytester: pytest.Pytester
) -> None:
    done = pytester.runpytest_subprocess("-q")
    done.assert_outcomes(passed=1, failed=1)
    printed = without_numbers("\n".join(done.outlines))
    assert [line for line in without_numbers(outputs[0]) if line not in printed] == []
    command = [sys.executable, "api.py"]
    api = subprocess.run(command, cwd=pytester.path, capture_output=True, text=True, check=True)
    assert without_numbers(api.stdout) == without_numbers(outputs[1])
