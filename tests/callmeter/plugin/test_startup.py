"""The imports of a session that does not use the plugin."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SESSION = """
import sys, pytest

class Modules:
    def pytest_sessionfinish(self):
        print("modules:", *sorted(sys.modules))

sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", *sys.argv[1:]], plugins=[Modules()]))
"""


def modules(folder: Path, *options: str) -> set[str]:
    """Return the modules that a session of one test has imported at its end."""
    command = [sys.executable, "-c", SESSION, *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    line = next(line for line in done.stdout.splitlines() if "modules:" in line)
    return set(line.split("modules:")[1].split())


def test_unused_it_imports_two_modules(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(): pass")
    imported = modules(tmp_path) - modules(tmp_path, "-p", "no:callmeter")
    assert imported == {"callmeter", "callmeter.pytest_plugin"}
