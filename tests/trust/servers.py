"""Faults of the Postgres server, and of the way to it, at every stage of a run."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from support import as_dsn
from trust._after import problems
from trust._proxy import Proxy
from trust._servers import CONTENT, Server, fill_disk, foreign, of_run, small_disk
from trust._stages import STAGES, held
from trust._trial import a_place, tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tools.publish.trials import Trial
    from trust._trial import Fault

TIMES = 3
WRITTEN = ("verification", "measuring", "saving", "reporting")
"""The stages at which the payroll is in the database: from there on, a run goes on."""
LIMITS = ("--timeout", "30")

GOES: dict[str, Callable[[Server], object]] = {
    "SIGKILL of the server's first process": lambda it: it.send_first(signal.SIGKILL),
    "SIGKILL of all the server's processes": lambda it: it.send(signal.SIGKILL),
    "server shut down": lambda it: it.stop("fast"),
    "server shut down at once": lambda it: it.stop("immediate"),
    "server stopped (SIGSTOP)": lambda it: it.send(signal.SIGSTOP),
}
STAYS: dict[str, Callable[[Server], object]] = {
    "SIGKILL of a connection's process": Server.kill_one,
    "every connection ended": Server.end_connections,
}
"""What the server survives by itself."""
REFUSES: dict[str, Callable[[Server], object]] = {
    "no connection left": Server.take_connections,
    "server out of memory": Server.leave_no_memory,
}
"""What it survives too, but cells fail meanwhile."""
CUTS: dict[str, Callable[[Proxy], None]] = {
    "connections cut": Proxy.drop,
    "connections half closed": Proxy.half_close,
    "connections stalled for a while": Proxy.stall,
}


def tried(times: int | None) -> Iterator[Trial]:
    """Try every fault at every stage, on both servers."""
    yield from tally(faults(), times or TIMES)


def faults() -> Iterator[Fault]:
    """Give each fault with each stage at which it can happen."""
    for what, (trial, stages) in _trials().items():
        for stage in stages:
            yield what, stage, partial(trial, stage)


def _trials() -> dict[str, tuple[Callable[[str], str], Sequence[str]]]:
    before_reports = STAGES[:-1]  # then the embedded server is stopped already
    connected = STAGES[1:-1]
    by_dsn = {
        **{f"{what}, for a second": ("soon", fault) for what, fault in GOES.items()},
        **{f"{what}, for good": ("never", fault) for what, fault in GOES.items()},
        **{what: ("soon", fault) for what, fault in STAYS.items()},
        **{what: ("refuses", fault) for what, fault in REFUSES.items()},
    }
    full = {"embedded: disk full": (of_full_disk, before_reports)} if os.geteuid() == 0 else {}
    return {
        **{f"embedded: {it}": (partial(of_embedded, GOES[it]), before_reports) for it in GOES},
        **{f"embedded: {it}": (partial(of_embedded, STAYS[it]), connected) for it in STAYS},
        **full,
        **{f"--dsn: {what}": (partial(of_dsn, *how), STAGES) for what, how in by_dsn.items()},
        "--dsn: server stopped, then Ctrl-C": (of_interrupt, before_reports),
        **{f"--dsn: {what}": (partial(of_cut, cut), STAGES) for what, cut in CUTS.items()},
    }


def of_embedded(fault: Callable[[Server], object], stage: str) -> str:
    """Say what was wrong after the fault, or nothing."""
    with a_place() as place, held(place, stage, *LIMITS) as run:
        fault(of_run(place))
        run.end()
        return problems(run, {0} if stage in WRITTEN else {2})


def of_full_disk(stage: str) -> str:
    """The same, where the disk of temporary files is full from then on, until the next run."""
    with (
        a_place() as place,
        small_disk(place.tmp) as filler,
        held(place, stage, *LIMITS) as run,
    ):
        fill_disk(filler)
        run.end()
        filler.unlink()
        # One baseline has the server write a file: its row says that there is no room.
        return problems(run, {0, 1} if stage in WRITTEN else {2}, lines=2)


CODES = {"soon": {0}, "never": {2}, "refuses": {0, 1, 2}}


def of_dsn(back: str, fault: Callable[[Server], object], stage: str) -> str:
    """Say what was wrong after the fault of a server that comes back so, or nothing."""
    with foreign() as server, a_place() as place:
        asked = (*LIMITS, "--dsn", as_dsn(server.url))
        before = server.scalar(CONTENT)
        with held(place, stage, *asked) as run:
            fault(server)
            if back == "soon":
                run.go_on()
                time.sleep(1)
                server.start()
            run.end()
            if back == "refuses":
                server.stop()
            server.start()
            codes = CODES[back] if stage in WRITTEN else CODES[back] | {2}
            codes = {0} if stage == "reporting" else codes
            wrong = problems(run, codes, *asked, dsn=server.url, lines=2)
        changed = "the foreign table was changed" if server.scalar(CONTENT) != before else ""
    return "; ".join(filter(None, [wrong, changed]))


def of_interrupt(stage: str) -> str:
    """Say what was wrong after a Ctrl-C that came while the server did not answer, or nothing."""
    with foreign() as server, a_place() as place:
        asked = (*LIMITS, "--dsn", as_dsn(server.url))
        with held(place, stage, *asked) as run:
            server.send(signal.SIGSTOP)
            run.go_on()
            time.sleep(1)
            run.process.send_signal(signal.SIGINT)
            run.end()
            server.start()
            return problems(run, {130}, *asked, dsn=server.url, lines=2)


def of_cut(cut: Callable[[Proxy], None], stage: str) -> str:
    """Say what was wrong after the way to the server was cut, or nothing."""
    with (
        foreign() as server,
        tempfile.TemporaryDirectory(prefix="t") as folder,
        a_place() as place,
    ):
        proxy = Proxy(Path(folder), server.data)
        asked = (*LIMITS, "--dsn", f"host={folder} dbname=postgres user=postgres")
        with proxy.running(), held(place, stage, *asked) as run:
            cut(proxy)
            run.go_on()
            time.sleep(1)
            proxy.flow()
            run.end()
            codes = {0} if stage in WRITTEN else {0, 2}
            return problems(run, codes, *asked, dsn=server.url)
