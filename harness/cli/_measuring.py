"""What every command that measures does: names to strategies, cells to a saved run."""

from __future__ import annotations

import os
import re
import shlex
import sys
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import strategies
from harness import (
    baselines,
    discovery,
    environment,
    limit,
    measure,
    output,
    plan,
    reports,
    results,
    resumed,
)
from harness.cli._progress import progress, show, tell
from harness.errors import INTERRUPTED, HarnessError, UsageError, told
from harness.postgres.away import come_back, is_away
from harness.postgres.database import open_database
from harness.postgres.dataset import provide
from harness.secret import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import URL

    from harness.payroll import Payroll
    from harness.place import Place
    from harness.reports._content import Options
    from harness.results import Measurement, Run


FILE = re.compile(r"(?P<path>.+?\.(py|jsonl))(?P<call>:.+)?", re.DOTALL)


def chosen(names: Sequence[str] | None, every: Callable[[], list[str]]) -> list[str]:
    """Give the strategies to measure, each once; a file's path from here, as a run is published."""
    wanted = names or every()
    local = (os.path.relpath(name) if name.endswith(".py") else name for name in wanted)
    return list(dict.fromkeys(local))


@contextmanager
def saving(save: Path | None, output_path: Path | None, *, force: bool) -> Iterator[Path]:
    """Give where the run is saved; what ends it early says so too, if there is anything.

    Raises UsageError where it, or the output, cannot be.
    """
    if output_path:
        output.check(output_path, "--output", replace=force)
    if save:
        output.check(save, "--save")
    path = save or results.new_path()
    try:
        yield path
    except KeyboardInterrupt as interrupt:
        tell("; ".join(["interrupted", _kept(path), *getattr(interrupt, "__notes__", ())]))
        sys.exit(INTERRUPTED)
    except HarnessError as error:
        if path.exists() and str(path) not in str(error):
            raise type(error)(f"{told(error)}; {_kept(path)}") from error
        raise


def _kept(path: Path) -> str:
    return f"what was measured is saved: {path}" if path.exists() else "nothing was measured yet"


def measured(
    cells: Sequence[plan.Cell],
    path: Path,
    dsn: str | None,
    timeout: float,
    flamegraph: str | None = None,
    cluster: str | None = None,
    memory: int | None = None,
) -> Run:
    """Measure the cells into the file at `path`, whole after every measurement; give the run.

    A process may hold `memory` bytes, by default its share of what is free. Raises StrategyError,
    before anything is measured, for a strategy that is none.
    """
    if cluster is not None and not dsn:
        raise UsageError("--cluster needs --dsn: no other machine reaches the embedded server")
    names = dict.fromkeys(cell.strategy for cell in cells if cell.strategy not in baselines.LABELS)
    loaded = {name: strategies.load(name) for name in names}
    offers = {name: strategies.offers(strategy) for name, strategy in loaded.items()}
    with (
        progress(len(cells)) as step,
        _place(cluster, [name for name in names if name.endswith(".py")]) as place,
        open_database(dsn) as database,
    ):
        payrolls = dict.fromkeys(cell.payroll for cell in cells)

        def written() -> dict[Payroll, URL]:
            return {each: provide(database, each, _writing(each, step)) for each in payrolls}

        def come_back_and_write() -> None:
            step("waiting for Postgres", 0)
            come_back(database)
            written()

        step("writing the payroll", 0)
        urls = written()
        header = results.Header(
            format=results.FORMAT,
            cells=len(cells),
            command=command(),
            environment=environment.describe(database.told) | (place.environment if place else {}),
            labels=baselines.LABELS | {name: strategies.label(loaded[name]) for name in loaded},
            offers={name: traits for name, traits in offers.items() if traits is not None},
        )
        if cluster is None:  # what is free elsewhere is not known
            memory = memory or limit.share(measure.SIDE_BY_SIDE)
        job_of = measure.reading(urls.__getitem__, flamegraph, memory)
        found = resumed.run(
            cells,
            lambda left: measure.run(left, job_of, timeout, place),
            lambda each: is_away(database, ask=bool(each.error)),
            come_back_and_write,
        )
        return recorded(found, header, path, step)


def _place(cluster: str | None, files: list[str]) -> AbstractContextManager[Place | None]:
    """Give where to measure: the cluster at that address, if any; raises UsageError."""
    if cluster is None:
        return nullcontext()
    try:
        from harness.cluster import place
    except ModuleNotFoundError as error:
        said = "--cluster needs a package more: pip install 'mapping-strategies[cluster]'"
        raise UsageError(said) from error
    return place(cluster, files)


def _writing(payroll: Payroll, step: Callable[[str, int], None]) -> Callable[[int], None]:
    """Give what says how many entries are written: a million take minutes."""
    whole = payroll.entries

    def written(count: int) -> None:
        step(f"writing the payroll: {min(count, whole):,} of {whole:,} entries", 0)

    return written


def recorded(
    found: Generator[Measurement],
    header: results.Header,
    path: Path,
    step: Callable[[str, int], None],
) -> Run:
    """Save each measurement as it arrives, in the file at `path`; give the run."""
    step("measuring", 0)
    with results.saved_to(path, header) as save, closing(found):
        for measurement in found:
            save(measurement)
            step(f"{measurement.cell.strategy}: {measurement.cell.meter}", 1)
    return results.read(path)


def report(run: Run, path: Path, form: str, options: Options, output_path: Path | None) -> int:
    """Print or write the run in that format; give the exit code."""
    answer(discovery.load(reports, form).render(run, options), output_path)
    tell(f"Saved: {path}")
    return int(any(measurement.error for measurement in run.measurements))


def answer(text: str, output_path: Path | None) -> None:
    """Write the answer to the file that --output names, or else print it."""
    if output_path:
        output.write(output_path, text)
    else:
        show(text)


def command() -> str:
    """Give the command line that repeats this run, without what concerns one machine only."""
    private = ("--dsn", "--cluster", "--output", "--save", "--flamegraph")
    words, skip = [], False
    for word in sys.argv[1:]:
        name, has_value, _ = word.partition("=")
        if not skip and name not in private:
            words.append(from_here(word))
        skip = not skip and name in private and not has_value
    said = shlex.join(["python", "-m", "harness", *map(masked, words)])
    return said.encode(errors="backslashreplace").decode()  # a path may be no UTF-8


def from_here(word: str) -> str:
    """Give the word; a file's path in it from the working folder.

    The path may stand alone, behind `--option=`, or before the call of a target.
    """
    option, equals, value = word.partition("=") if word.startswith("--") else ("", "", word)
    file = FILE.fullmatch(value)
    path = f"{os.path.relpath(file['path'])}{file['call'] or ''}" if file else value
    return option + equals + path
