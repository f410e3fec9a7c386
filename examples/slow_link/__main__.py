"""Measure strategies on a server that is further and further away, and count their round trips.

    python -m examples.slow_link                                                    # some minutes
    python -m examples.slow_link --entries 200 --repeat 1 --milliseconds 0,5        # a look
    python -m examples.slow_link --strategies full_orm,thin_objects,packed_columns  # others
    python -m examples.slow_link --count --folder results --strategies ...          # no times

Writes slow-link.jsonl into results/local in the place of the last one, which `harness report`
shows, and beside it round-trips.json, those of one call as they were counted on the way.
What is no option of its own goes to `python -m harness measure`.
"""

from __future__ import annotations

import json
import shlex
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from subprocess import DEVNULL
from typing import TYPE_CHECKING

from examples.measured import FOLDER, measure
from examples.slow_link.reads import variable
from examples.slow_link.relay import relayed
from examples.slow_link.table import blocks
from harness.model.saved import read
from harness.payroll import loading
from harness.payroll.generator import Payroll
from harness.payroll.reading import Reader
from harness.payroll.verify import BrokenContractError, contract_breach
from harness.postgres.session import open_database
from harness.postgres.writer import provide
from harness.report.document import Document
from harness.report.formats import text
from harness.runner.environment import commit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from examples.slow_link.relay import Relay

STRATEGIES = "full_orm,core_rows,merged_orm,packed_objects,shared_values_batched,yield_per"
MILLISECONDS = "0,1,5,20"
WIDTH = 100


def main() -> int:
    """Start the server, write the payroll, count, measure; return the exit code."""
    parser = ArgumentParser("python -m examples.slow_link", description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=1_000, help="of the payroll")
    parser.add_argument("--strategies", default=STRATEGIES, help="ratios are to the first")
    parser.add_argument("--milliseconds", default=MILLISECONDS, help="more, a round trip")
    parser.add_argument("--count", action="store_true", help="only count; measure nothing")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the run is saved")
    asked, options = parser.parse_known_args()
    links = [int(link) for link in asked.milliseconds.split(",")]
    strategies = asked.strategies.split(",")
    payroll = Payroll(asked.entries)
    run, counts = asked.folder / "slow-link.jsonl", asked.folder / "round-trips.json"
    counts.parent.mkdir(parents=True, exist_ok=True)
    targets = [
        f"examples.slow_link.reads:read({strategy!r}, {link})"
        for link, strategy in product(links, strategies)
    ]
    with ExitStack() as stack:
        url = provide(stack.enter_context(open_database()), payroll)
        relays = {link: stack.enter_context(relayed(url, link / 1_000)) for link in links}
        counted = count(strategies, relays[links[0]], payroll)
        counts.write_text(f"{json.dumps(counted, indent=1)}\n", encoding="utf-8")
        if asked.count:
            return 0
        where = {
            variable(link): relay.url.render_as_string(hide_password=False)
            for link, relay in relays.items()
        }
        where["PAYROLL_ID"] = str(payroll.id)
        code = measure(run, targets, ("--meter", "clock", *options), where, stdout=DEVNULL)
    if code == 0:
        shown = Document(tuple(blocks(read(run), counted)))
        sys.stdout.write(f"{text.write(shown, WIDTH)}\n")
    return code


def count(strategies: Iterable[str], relay: Relay, payroll: Payroll) -> dict[str, object]:
    """Return the round trips of a call of each strategy, its second on the same connections.

    Raises BrokenContractError where one returns other data.
    """
    trips = {}
    for strategy in strategies:
        reader = Reader(loading.load(strategy), relay.url)
        reader.read(payroll.id)
        before = relay.round_trips
        result = reader.read(payroll.id)
        trips[strategy] = relay.round_trips - before
        reader.close()
        if breach := contract_breach(payroll, result):
            raise BrokenContractError(f"{strategy}: {breach}")
    return {
        "command": shlex.join(["python", "-m", "examples.slow_link", *sys.argv[1:]]),
        "environment": {"date": f"{datetime.now(UTC):%Y-%m-%d}", "commit": commit()},
        "entries": payroll.entries,
        "round_trips": trips,
    }


if __name__ == "__main__":
    sys.exit(main())
