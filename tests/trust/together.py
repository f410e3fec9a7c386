"""Several runs at once, on one --dsn or not: none harms another, not even by its death."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from harness.model import run as results
from support import as_dsn
from trust._after import ended, left, lost, problems
from trust._servers import foreign
from trust._stages import STAGES, Held, Place, begin, held, make_place
from trust._trial import tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

    from tools.publish.trials import Trial
    from trust._trial import Fault

TIMES = 3
AT_ONCE = 4


def tried(times: int | None) -> Iterator[Trial]:
    """Try a run beside another that is held at each stage, and several from cold."""
    yield from tally(faults(), times or TIMES)


def faults() -> Iterator[Fault]:
    """Give what is done, at which stage of the one run."""
    for by_dsn in (False, True):
        for same in (True, False):
            on = f"{'on one --dsn' if by_dsn else 'embedded'}, {'one payroll' if same else 'two'}"
            for stage in STAGES:
                for kills in (True, False):
                    what = f"a run {'is killed' if kills else 'ends'} beside another, {on}"
                    trial = partial(beside, stage, by_dsn=by_dsn, same=same, kills=kills)
                    yield what, stage, trial
            cold = partial(at_once, by_dsn=by_dsn, same=same)
            yield f"{AT_ONCE} begin at once, {on}", "start", cold


def beside(stage: str, *, by_dsn: bool, same: bool, kills: bool) -> str:
    """End or kill a run at the stage while another measures; say what was wrong."""
    with _somewhere(by_dsn=by_dsn) as (root, dsn, asked):
        one, other = _places(root, 2, same=same)
        with held(one, stage, *asked) as run, held(other, "measuring", *asked) as another:
            if kills:
                run.process.kill()
            run.end()
            another.end()
            wrong = [*ended(another, {0}), *lost(another), *_unfinished(another)]
            wrong.append(problems(run, {-9 if kills else 0}, *asked, dsn=dsn))
    return "; ".join(filter(None, wrong))


def at_once(*, by_dsn: bool, same: bool) -> str:
    """Begin several at the same moment."""
    wrong: list[str] = []
    with _somewhere(by_dsn=by_dsn) as (root, dsn, asked):
        places = _places(root, AT_ONCE, same=same)
        runs = [_begun(place, *asked) for place in places]
        for run in runs:
            run.end()
            wrong += [*ended(run, {0}), *_unfinished(run)]
        for place in places:
            wrong += left(place, dsn)
    return "; ".join(wrong)


@contextmanager
def _somewhere(*, by_dsn: bool) -> Iterator[tuple[Path, URL | None, tuple[str, ...]]]:
    """Give a folder for the places, and the server and the words that the runs are told."""
    with tempfile.TemporaryDirectory(prefix="t", ignore_cleanup_errors=True) as name:
        root = Path(name)
        root.chmod(0o755)
        if not by_dsn:
            yield root, None, ()
            return
        with foreign() as server:
            yield root, server.url, ("--dsn", as_dsn(server.url))


def _places(root: Path, count: int, *, same: bool) -> list[Place]:
    """Return the places of runs, of one payroll or of several."""
    places = [make_place(root / str(nth)) for nth in range(count)]
    return [Place(each.root, places[0].entries) for each in places] if same else places


def _begun(place: Place, *asked: str) -> Held:
    run = Held(place, begin(place, "none", *asked), place.work / "run.jsonl")
    run.go_on()
    return run


def _unfinished(run: Held) -> Iterator[str]:
    """All that was to be measured was."""
    found = results.read(run.saved)
    if len(found.measurements) != found.header.cells:
        yield f"{len(found.measurements)} of {found.header.cells} cells"
    yield from (f"{each.cell.strategy}: {each.error}" for each in found.measurements if each.error)
