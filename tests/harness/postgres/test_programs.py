"""Programs of PostgreSQL, run to their end or ended with what they started."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from threading import Thread

import pytest

from harness.postgres import programs
from support import wait_until

SHELL = Path("/bin/sh")


def test_what_it_prints_and_its_exit_code() -> None:
    done = programs.run(SHELL, "-c", "echo one; echo two >&2; exit 3", user=None)
    assert (done.stdout, done.returncode) == ("one\ntwo\n", 3)


def test_what_it_started_ends_where_the_harness_is_interrupted(tmp_path: Path) -> None:
    """As initdb starts servers, which write to a folder that is then removed."""
    number = tmp_path / "number"
    started = f"sleep 60 & echo $! > {number}.new; mv {number}.new {number}; wait"
    interrupter = Thread(target=interrupt_once_there_is, args=(number,))
    interrupter.start()
    with pytest.raises(KeyboardInterrupt):
        programs.run(SHELL, "-c", f"/bin/sh -c '{started}' & wait", user=None)
    interrupter.join()
    assert not Path(f"/proc/{number.read_text().strip()}").exists()


def interrupt_once_there_is(path: Path) -> None:
    wait_until(path.exists)
    os.kill(os.getpid(), signal.SIGINT)
