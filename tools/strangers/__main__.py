"""Functions of public packages, measured as a user would and held against other instruments.

    python -m tools.strangers --save results/strangers.json
    python -m tools.strangers orjson polars             # these only
    python -m tools.strangers orjson --python PATH      # in an environment that has the package

The packages (`requirements.txt`) are installed into an environment of their own, made once. There
`measure` is run, and then in plain processes a counting allocator and VmHWM. Exit code 1: figures
differ and no note says why, a call failed, or a file of a package has changed.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from callmeter.errors import Error, unknown
from harness.base import output
from harness.model.saved import read
from harness.model.summary import summaries
from harness.report.document import Document
from harness.report.explanation import explained
from harness.report.formats import text
from harness.stacks import environments, interpreters, packages
from tools.strangers.compared import SLACK, blocks, complaints
from tools.strangers.independent import counter, measured
from tools.strangers.installed import changed, folder_of, installed
from tools.strangers.notes import NOTES
from tools.strangers.provided import provided

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model.run import Run

FOLDER = Path(__file__).parent
FUNCTIONS = FOLDER / "functions.py"
REQUIREMENTS = FOLDER / "requirements.txt"
METERS = ("--meter", "allocator", "--meter", "rss", "--explain")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure by both, print the table, save; return the exit code."""
    parser = ArgumentParser(prog="python -m tools.strangers", description=__doc__.splitlines()[0])
    parser.add_argument("function", nargs="*", help="a function of functions.py; all of them")
    parser.add_argument("--python", type=Path, help="the Python of an environment that has them")
    parser.add_argument("--save", type=Path, metavar="FILE", help="a file for the figures, as JSON")
    asked = parser.parse_args(arguments)
    for name in asked.function:
        if name not in functions():
            parser.error(str(unknown("function", name, functions())))
    try:
        if asked.save:
            output.check(asked.save, "--save", replace=True)
        found = figures(asked.function or functions(), asked.python or environment())
        if asked.save:
            output.write(asked.save, json.dumps(found, indent=1))
    except Error as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(text.write(Document(tuple(blocks(found))), 120))
    wrong = [line for call in found["calls"] for line in complaints(call)]
    print(*wrong, sep="\n", file=sys.stderr)
    return int(bool(wrong or found["changed"]))


def functions() -> list[str]:
    """Return the names of the functions to measure, in the order of their file."""
    tree = ast.parse(FUNCTIONS.read_text(encoding="utf-8"))
    defined = (
        node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return [node.name for node in defined if not node.name.startswith("_")]


def environment() -> Path:
    """Return the Python of an environment that has the packages; made, if it is not there.

    Raises NotAvailableError.
    """
    needed = packages.of_functions((), REQUIREMENTS)
    return environments.cached(interpreters.named(None), needed)


def figures(names: Sequence[str], python: Path) -> dict[str, Any]:
    """Return the figures of those functions by both; raises Error where they cannot be taken."""
    with provided() as variables, counter() as library, TemporaryDirectory() as temporary:
        site = folder_of(python)
        before = installed(site)
        run = _measured_by_us(names, python, Path(temporary) / "run.jsonl", variables)
        calls = _by_us(run)
        for name, call in calls.items():
            package = call["package"] = name.replace("_", "-")
            call["version"] = before[package].version if package in before else ""
            call["note"] = NOTES.get(name, "")
        of_other = partial(measured, library, python, FUNCTIONS, provided=variables)
        whole = [name for name, call in calls.items() if "error" not in call]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for name, other in zip(whole, pool.map(of_other, whole), strict=True):
                calls[name]["other"] = other
        return {
            "environment": run.header.environment | {"memray": metadata.version("memray")},
            "changed": changed(before, installed(site)),
            "calls": list(calls.values()),
        }


def _measured_by_us(
    names: Sequence[str], python: Path, save: Path, variables: Mapping[str, str]
) -> Run:
    """Run `measure` as a user does who has the packages in an environment of theirs."""
    targets = [f"{FUNCTIONS.name}:{name}" for name in names]
    words = ["measure", *targets, "--python", str(python), *METERS, "--save", str(save)]
    done = subprocess.run(
        [sys.executable, "-m", "harness", *words],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **variables},
    )
    if done.returncode > 1:
        raise Error((done.stderr.strip().splitlines() or ["measure failed"])[-1])
    return read(save)


def _by_us(run: Run) -> dict[str, dict[str, Any]]:
    """Return the figures of the run by the functions' names, or why there are none."""
    peaks = {one.name: one.explanation.peak for one in explained(run)}
    calls: dict[str, dict[str, Any]] = {}
    for one in summaries(run):
        name = one.name.rpartition(":")[2]
        call = calls[name] = {"function": name, "items": one.items}
        if one.error:
            call["error"] = one.error
            continue
        call["ours"] = {key: sample.median for key in SLACK if (sample := one.sample(key))}
        call["repeats"] = {key: sample.values for key in SLACK if (sample := one.sample(key))}
        sizes = peaks.get(one.name, {})
        whole = sum(sizes.values())
        call["layers"] = {layer: size / whole for layer, size in sizes.items() if whole}
        call["allocators"] = list(one.allocators)
    return calls


if __name__ == "__main__":
    sys.exit(main())
