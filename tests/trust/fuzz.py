"""Input of every kind, thousands of each: 0, 1 or 2 and one clear line, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from support import ROOT
from tools.publish.trials import Trial
from trust import _argv, _damaged, _texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TIMES = 20_000
SLOWER = 100
"""How many times fewer of what takes a process, or Vega, for each."""
BOOTSTRAP = "from trust import _argv\nwith _argv.cut_off(): _argv.cli.main()"


class Surface(NamedTuple):
    """What is tried, and where; what makes its inputs, and what holds of each.

    `slower` is how many times fewer of them are tried.
    """

    what: str
    where: str
    inputs: tuple[st.SearchStrategy[Any], ...]
    holds: Callable[..., object]
    slower: int = 1


def texts() -> list[Surface]:
    """Give the surfaces that read a short text."""
    return [
        Surface("budgets", "text", (_texts.budgets(),), _texts.budget_holds),
        Surface("units of budgets", "text", _texts.NUMBERS_AND_UNIT, _texts.units_hold),
        Surface("limits of check", "text", (_texts.limits(),), _texts.limit_holds),
        Surface("TARGET and --setup", "text", (_texts.targets(),) * 2, _texts.target_holds),
        Surface("DSNs with a password", "text", (_texts.dsns(),), _texts.dsn_holds),
    ]


def surfaces(folder: Path) -> list[Surface]:
    """Give every surface; command lines are run in the folder, which is furnished for them."""
    _argv.furnish(folder)
    lines = _argv.command_lines()
    runs = [
        Surface(f"runs: {what}", "text", (made, st.randoms()), _damaged.check_one)
        for what, made in _damaged.KINDS.items()
    ]
    either = st.one_of(*_damaged.KINDS.values())
    alone = lines.filter(lambda words: not _argv.draws_a_picture(words))
    given_to_a_process = alone.filter(lambda words: all(map(_argv.can_be_given, words)))
    return [
        *texts(),
        *runs,
        Surface("runs: any of these", "html, svg", (either,), _damaged.check_drawn, SLOWER),
        Surface("command lines", "in process", (alone,), lambda w: _argv.check(w, folder)),
        Surface(
            "command lines",
            "html, svg",
            (_argv.pictures(),),
            lambda w: _argv.check(w, folder),
            SLOWER,
        ),
        Surface(
            "command lines",
            "a process each",
            (given_to_a_process,),
            lambda w: in_both(w, folder),
            SLOWER,
        ),
    ]


def tried(times: int | None) -> Iterator[Trial]:
    """Try so many inputs of every surface."""
    with TemporaryDirectory() as made:
        for surface in surfaces(Path(made)):
            yield trial(surface, (times or TIMES) // surface.slower)


def trial(surface: Surface, times: int) -> Trial:
    """Try a surface, and tell how often it held, with the first input that did not."""
    seen: list[None] = []
    failed: list[str] = []
    started = monotonic()

    @settings(
        max_examples=times,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(st.tuples(*surface.inputs))
    def each(inputs: tuple[Any, ...]) -> None:
        try:
            surface.holds(*inputs)
        except Exception as error:
            failed.append(f"{inputs!r:.300}: {type(error).__name__}: {error!s:.300}")
        seen.append(None)

    each()
    took = f"{monotonic() - started:,.0f} s"
    return Trial(
        surface.what,
        surface.where,
        len(seen),
        len(seen) - len(failed),
        failed[0] if failed else took,
    )


def in_both(words: list[str], folder: Path) -> None:
    """A process of its own gives what this one gives, to the letter."""
    here = _argv.check(words, folder)
    paths = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    there = subprocess.run(
        [sys.executable, "-c", BOOTSTRAP, *words],
        cwd=folder,
        capture_output=True,
        check=False,
        env=os.environ | {"PYTHONPATH": paths},
        timeout=120,
    )
    (folder / "out" / "new").unlink(missing_ok=True)
    told = (there.returncode, there.stdout.decode(), there.stderr.decode())
    assert told == (here.code, here.out, here.err), told
