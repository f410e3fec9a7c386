"""What a run ran on, in a line: the stack, the server, the machine, the commit. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model.busy import busy
from harness.model.run import DRIVER, LIVE_OBJECTS
from harness.report.format import counted

if TYPE_CHECKING:
    from harness.model.run import Run

PACKAGES = {
    "sqlalchemy": "SQLAlchemy",
    "django": "Django",
    "psycopg": "psycopg",
    "psycopg2": "psycopg2",
    "psycopg2-binary": "psycopg2",
    "asyncpg": "asyncpg",
    "pydantic": "pydantic",
}
"""Packages that a run names in its first line, of those that its Python has."""
BY_DEFAULT = "psycopg"
"""The driver that strategies on a payroll are measured with, unless the run names another."""


def ran_on(run: Run) -> str:
    """Return one line on what the run ran on."""
    parts = [*_stack(run), run.header.environment["system"], _commit(run)]
    return ", ".join(parts) + _on_a_cluster(run)


def ran_on_in_short(run: Run) -> str:
    """Return the same without the machine and the commit, which fits a screen of 80 columns."""
    return ", ".join(_stack(run)) + _on_a_cluster(run)


def _stack(run: Run) -> list[str]:
    known = run.header.environment
    is_of_payrolls = all(measurement.cell.workload.is_payroll for measurement in run.measurements)
    driver = known.get(DRIVER, BY_DEFAULT)
    names = ("sqlalchemy", driver, f"{driver}-binary") if is_of_payrolls else tuple(PACKAGES)
    named = [name for name in names if name in PACKAGES and name in known]
    packages = [f"{PACKAGES[name]} {known[name]}" for name in named]
    beside = [f"{known[LIVE_OBJECTS]} live objects"] if LIVE_OBJECTS in known else []
    return [known["server"], *packages, known["python"], *beside]


def collectors_process(run: Run) -> str:
    """Return the sentence on the process that the garbage collector's share was seen in."""
    known = run.header.environment
    held = known.get(LIVE_OBJECTS, "0")
    beside = "nothing" if held == "0" else f"{held} objects"
    return (
        f"The garbage collector's share is of a process of {known['python']} that holds {beside} "
        "beside the call; in yours it is another."
    )


def machine(run: Run) -> str:
    """Return what the run's machine is, as far as the run knows."""
    known = run.header.environment
    cores = f"{known['cores']} cores" if "cores" in known else ""
    parts = (known["system"], known.get("processor", ""), cores, known.get("memory", ""))
    return ", ".join(part for part in (*parts, _frequency(run)) if part)


def _frequency(run: Run) -> str:
    """Return where the processors' frequency was while times were taken, if it is known."""
    found = busy(run)
    if found is None or found.mhz is None:
        return ""
    low, high = found.mhz
    return f"times at {low:,} MHz" if low == high else f"times at {low:,} to {high:,} MHz"


def is_server_elsewhere(run: Run) -> bool:
    """Whether the server may be on another machine: `--dsn` named it."""
    return run.header.environment["server"].endswith("(by --dsn)")


def _commit(run: Run) -> str:
    commit = run.header.environment["commit"]
    return commit if commit.startswith("release ") else f"commit {commit}"


def _on_a_cluster(run: Run) -> str:
    """Return on how many workers of a cluster the run was measured, and where its times were."""
    workers = {measurement.where for measurement in run.measurements if measurement.where}
    if not workers:
        return ""
    clocks = {
        measurement.where
        for measurement in run.measurements
        if measurement.where and measurement.cell.meter == "clock"
    }
    text = f"; measured on {counted(len(workers), 'worker')}"
    if not clocks:
        return text
    return f"{text}, times on {clocks.pop() + ' only' if len(clocks) == 1 else len(clocks)}"
