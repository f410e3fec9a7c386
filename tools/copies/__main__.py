"""What repeats find and what they mistake: copies of one strategy, and some that take longer.

    python -m tools.copies --repeat 15 --save results/copies.json

Equal copies should not be called different more often than the rank test's level, and those that
take a tenth longer should be. A copy is the strategy's file under another name. A slower one spins
after loading a payroll for a tenth of the time that this took. Reading the result is not in that,
so of the whole time it is a little less, which is shown as it was measured.

The same is shown for fewer repeats: of every so many that follow each other in the run. `diff` is
held against the two halves of the run as if they were two, times relative to the first copy.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import harness
from callmeter.errors import Error
from harness.base import output
from harness.model.metrics import METRICS
from harness.model.sample import FEWEST_TIMES, Sample
from harness.model.summary import summaries
from harness.report.document import Document, Note, table
from harness.report.format import tenths
from harness.report.formats import text
from harness.report.stack import ran_on
from tools.copies.called import TIMED, called, changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.model.run import Run
    from harness.report.document import Block
    from tools.copies.called import Called, Changed

STRATEGIES = Path(__file__).parents[2] / "strategies"
SLOWER = 0.10
SPIN = f'''

_as_fast = get_premiums_for_payroll


def get_premiums_for_payroll(engine, payroll_id):
    """Load the payroll, and spin for {SLOWER:.0%} of the time that it took."""
    from time import perf_counter

    start = perf_counter()
    result = _as_fast(engine, payroll_id)
    end = perf_counter()
    until = end + {SLOWER} * (end - start)
    while perf_counter() < until:
        pass
    return result
'''


def write_copies(strategy: str, folder: Path, copies: int, slower: int) -> list[str]:
    """Write the files; return their paths: the equal copies, and then the slower ones."""
    source = (STRATEGIES / f"{strategy}.py").read_text(encoding="utf-8")
    texts = [source] * copies + [source + SPIN] * slower
    paths = [folder / f"copy_{nth:02}.py" for nth in range(1, len(texts) + 1)]
    for path, content in zip(paths, texts, strict=True):
        path.write_text(content, encoding="utf-8")
    return list(map(str, paths))


def document(
    rows: Sequence[Called], halves: Sequence[Changed], longer: float, run: Run
) -> Document:
    """Return the tables of both, and what they are of."""
    shares = ((METRICS[one.metric].title, f"{one.repeats}", *map(tenths, one[3:])) for one in rows)
    headings = (
        *("time", "repeats", "equal pairs\ncalled different"),
        *("of these with\nthe first", "slower copies\nfound"),
    )
    of_diff = (
        (METRICS[one.metric].title, f"2 x {one.repeats}", *map(tenths, one[2:])) for one in halves
    )
    blocks: tuple[Block, ...] = (
        *table(headings, shares),
        *table(("diff", "repeats", "equal copies\nchanged", "slower copies\nfound"), of_diff),
        Note(f"The slower copies take {tenths(longer)} longer to load and to read: medians."),
        Note(f"Ran on {ran_on(run)}"),
    )
    return Document(blocks)


def _asked(arguments: Sequence[str] | None) -> Namespace:
    parser = ArgumentParser(prog="python -m tools.copies", description=__doc__.splitlines()[0])
    parser.add_argument("--strategy", default="slotted", help="what to copy (%(default)s)")
    for name, number, what in (
        ("repeat", 15, "fresh processes for each time"),
        ("copies", 20, "equal copies, 2 or more"),
        ("slower", 8, "copies that take longer, 1 or more"),
        ("entries", 10_000, "entries of the payroll"),
    ):
        parser.add_argument(f"--{name}", type=int, default=number, help=f"{what} (%(default)s)")
    parser.add_argument("--save", type=Path, metavar="FILE", help="a file for the figures, as JSON")
    asked = parser.parse_args(arguments)
    if asked.repeat < FEWEST_TIMES or asked.copies < 2 or asked.slower < 1:
        parser.error(f"it takes {FEWEST_TIMES} repeats, 2 copies and a slower one, or more")
    return asked


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the copies and print what was called different."""
    asked = _asked(arguments)
    try:
        if asked.save:
            output.check(asked.save, "--save", replace=True)
        return report(measured(asked), asked)
    except Error as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def measured(asked: Namespace) -> Run:
    """Return the run of the copies, which is not kept: their files are gone."""
    with TemporaryDirectory() as folder:
        return harness.compare(
            *write_copies(asked.strategy, Path(folder), asked.copies, asked.slower),
            entries=asked.entries,
            meters=("clock",),
            repeat=asked.repeat,
            save=Path(folder) / "run.jsonl",
        )


def report(run: Run, asked: Namespace) -> int:
    """Print the tables of a run of copies, and save the figures; 1 if one of the copies failed."""
    found = {Path(one.name).stem: one for one in summaries(run) if "copy_" in one.name}
    equal, slower = [*found.values()][: asked.copies], [*found.values()][asked.copies :]
    if errors := [f"{name}: {one.error}" for name, one in found.items() if one.error]:
        print(*errors, sep="\n", file=sys.stderr)
        return 1
    rows = [
        row
        for key in TIMED
        for row in called([one.samples[key] for one in equal], [one.samples[key] for one in slower])
    ]
    halves = list(changed(run, [one.name for one in equal], [one.name for one in slower]))
    fast, slow = (_middle(one.samples["wall"] for one in group) for group in (equal, slower))
    print(text.write(document(rows, halves, slow / fast - 1, run), 80))
    if asked.save:
        figures = {
            "command": " ".join(["python -m tools.copies", *_words(asked)]),
            "environment": run.header.environment,
            "takes_longer_by": slow / fast - 1,
            "called": [row._asdict() for row in rows],
            "diff": [row._asdict() for row in halves],
            "times": {
                name: {key: one.samples[key].values for key in TIMED} for name, one in found.items()
            },
        }
        output.write(asked.save, json.dumps(figures, indent=1))
    return 0


def _middle(samples: Iterable[Sample]) -> float:
    whole = [value for sample in samples for value in sample.values]
    return Sample(METRICS["wall"], tuple(whole)).median


def _words(asked: Namespace) -> Iterator[str]:
    for name in ("strategy", "entries", "copies", "slower", "repeat"):
        yield f"--{name} {getattr(asked, name)}"


if __name__ == "__main__":
    sys.exit(main())
