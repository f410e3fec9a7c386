"""What every command that measures does: names to strategies, cells to a saved run."""

from __future__ import annotations

import os
import re
import shlex
import sys
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import strategies
from callmeter import discovery, memory_limit
from callmeter.errors import Error, UsageError, message
from callmeter.worker import CHECK, EXPLAIN
from harness.base import output
from harness.base.errors import INTERRUPTED
from harness.base.secret import masked
from harness.cli._progress import progress, show, tell
from harness.cli._python import measured_in
from harness.model import run as results
from harness.payroll import yardsticks as baselines
from harness.postgres.liveness import is_away, wait_until_back
from harness.postgres.session import open_database
from harness.postgres.writer import provide
from harness.report import reports
from harness.runner import environment, plan
from harness.runner import retry as resumed
from harness.runner import scheduler as measure

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from contextlib import AbstractContextManager

    from sqlalchemy import URL

    from harness.model.run import Measurement, Run
    from harness.payroll.generator import Payroll
    from harness.report.reports._content import Options
    from harness.runner.executors import Place


FILE = re.compile(r"(?P<path>.+?\.(py|jsonl))(?P<call>:.+)?", re.DOTALL)


def chosen(names: Sequence[str] | None, every: Callable[[], list[str]]) -> list[str]:
    """Give the strategies to measure, each once; a file's path from here, as a run is published."""
    wanted = names or every()
    local = (os.path.relpath(name) if name.endswith(".py") else name for name in wanted)
    return list(dict.fromkeys(local))


def check_streams(names: Sequence[str]) -> None:
    """Raise StrategyError for a strategy that offers no stream."""
    for name in names:
        if not strategies.describe(name).streams:
            raise strategies.StrategyError(f"{name}: it offers no iter_premiums_for_payroll")


@contextmanager
def saving(save: Path | None, output_path: Path | None, *, force: bool) -> Iterator[Path]:
    """Give where the run is saved; what ends it early says so too, if there is anything.

    Raises UsageError where it, or the output, cannot be.
    """
    if output_path:
        output.check(output_path, "--output", replace=force)
    if save:
        output.check(save, "--save", replace=force)
    path = save or results.new_path()
    try:
        yield path
    except KeyboardInterrupt as interrupt:
        tell("; ".join(["interrupted", _kept(path), *getattr(interrupt, "__notes__", ())]))
        sys.exit(INTERRUPTED)
    except Error as error:
        if path.exists() and str(path) not in str(error):
            raise type(error)(f"{message(error)}; {_kept(path)}") from error
        raise


def _kept(path: Path) -> str:
    return f"what was measured is saved: {path}" if path.exists() else "nothing was measured yet"


@dataclass(frozen=True)
class Setting:
    """Where strategies are measured, and within what.

    The Postgres at `dsn`, or the embedded one; the interpreter; a Dask cluster's address; how long
    one measurement may take, and how many bytes it may hold: by default a share of what is free.
    """

    dsn: str | None = None
    python: str | None = None
    install_memray: bool = False
    cluster: str | None = None
    timeout: float = 600
    memory: int | None = None
    flamegraph: str | None = None


def measured(
    cells: Sequence[plan.Cell], path: Path, setting: Setting, *, replace: bool = False
) -> Run:
    """Measure the cells into the file at `path`, whole after every measurement; give the run.

    Raises StrategyError, before anything is measured, for a strategy that is none.
    """
    cluster = setting.cluster
    if cluster is not None and not setting.dsn:
        raise UsageError("--cluster needs --dsn: no other machine reaches the embedded server")
    if cluster is not None and setting.python:
        raise UsageError("--cluster measures with the Python of its workers: leave out --python")
    place_of_work, interpreter = measured_in(
        setting.python,
        install=setting.install_memray,
        needed=all(cell.meter in (CHECK, EXPLAIN, "allocator") for cell in cells),
    )
    names = dict.fromkeys(cell.strategy for cell in cells if cell.strategy not in baselines.LABELS)
    known = {name: strategies.describe(name) for name in names}
    for name, described in known.items():
        if described.missing and setting.python is None:
            raise strategies.MissingPackageError(name, described.missing)
    with (
        progress(len(cells)) as step,
        _place(cluster, [name for name in names if name.endswith(".py")]) as place,
        open_database(setting.dsn) as database,
    ):
        payrolls = dict.fromkeys(cell.workload.payroll for cell in cells)

        def written() -> dict[Payroll, URL]:
            return {each: provide(database, each, _writing(each, step)) for each in payrolls}

        def wait_and_write_again() -> None:
            step("waiting for Postgres", 0)
            wait_until_back(database)
            written()

        step("writing the payroll", 0)
        urls = written()
        header = results.Header(
            format=results.FORMAT,
            cells=len(cells),
            command=command(),
            environment=environment.describe(database.description, interpreter)
            | (place.environment if place else {}),
            labels=baselines.LABELS | {name: each.label for name, each in known.items()},
            offers={name: each.offers for name, each in known.items() if each.offers is not None},
        )
        memory = setting.memory
        if cluster is None:  # what is free elsewhere is not known
            memory = memory or memory_limit.share(measure.SIDE_BY_SIDE)
        task_of = measure.reading(urls.__getitem__, setting.flamegraph, memory, place_of_work)
        found = resumed.run(
            cells,
            lambda left: measure.run(left, task_of, setting.timeout, place),
            lambda each: is_away(database, ask=bool(each.error)),
            wait_and_write_again,
        )
        return recorded(found, header, path, step, replace=replace)


def _place(cluster: str | None, files: list[str]) -> AbstractContextManager[Place | None]:
    """Give where to measure: the cluster at that address, if any; raises UsageError."""
    if cluster is None:
        return nullcontext()
    try:
        from harness.runner.dask import place
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
    *,
    replace: bool = False,
) -> Run:
    """Save each measurement as it arrives, in the file at `path`; give the run."""
    step("measuring", 0)
    with results.saved_to(path, header, replace=replace) as save, closing(found):
        for measurement in found:
            save(measurement)
            step(f"{measurement.cell.strategy}: {measurement.cell.meter}", 1)
    return results.read(path)


def report(run: Run, path: Path, form: str, options: Options, output_path: Path | None) -> int:
    """Print or write the run in that format; give the exit code."""
    answer(discovery.load(reports, form).render(run, options), output_path)
    tell(f"Saved: {path}")
    if options.traceback:
        tell_tracebacks(run)
    return int(any(measurement.error for measurement in run.measurements))


def tell_tracebacks(run: Run) -> None:
    """Print what Python says of each error, once."""
    found = dict.fromkeys(
        (measurement.cell.strategy, tuple(measurement.traceback))
        for measurement in run.measurements
        if measurement.traceback
    )
    for name, lines in found:
        tell(f"{name}:")
        for line in lines:
            tell(line)


def answer(text: str, output_path: Path | None) -> None:
    """Write the answer to the file that --output names, or else print it."""
    if output_path:
        output.write(output_path, text)
    else:
        show(text)


def command() -> str:
    """Give the command line that repeats this run, without what concerns one machine only."""
    private = ("--dsn", "--cluster", "--output", "--save", "--flamegraph", "--python")
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
