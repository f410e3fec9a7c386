"""The example of the slow link: its relay loses nothing, and round trips take what they must."""

from __future__ import annotations

import json
import socket
import sys
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import URL

from examples.slow_link import __main__ as example
from examples.slow_link.relay import NAME, relayed
from examples.slow_link.table import CALL
from harness.model.saved import read
from harness.model.summary import summaries
from support import as_dsn, harness

SIZE = 8  # bytes of the length before a question

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from harness.postgres.connection import Database


@contextmanager
def echo(folder: Path) -> Iterator[URL]:
    """Serve one connection, which is sent back each question once that is there as a whole."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / NAME))
        listening.listen()

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, connection.makefile("rwb") as stream:
                while size := stream.read(SIZE):
                    stream.write(stream.read(int.from_bytes(size)))
                    stream.flush()

        serving = Thread(target=serve)
        serving.start()
        yield URL.create("postgresql", query={"host": str(folder)})
        serving.join()


@settings(max_examples=20)
@given(st.lists(st.tuples(st.binary(min_size=1), st.sampled_from((1, 100_000))), max_size=5))
def test_all_arrives_in_order_and_each_answer_is_a_round_trip(
    tmp_path_factory: pytest.TempPathFactory, parts: list[tuple[bytes, int]]
) -> None:
    questions = [part * times for part, times in parts]
    with (
        echo(tmp_path_factory.mktemp("echo")) as url,
        relayed(url, 0.001) as relay,
        socket.socket(socket.AF_UNIX) as client,
    ):
        client.connect(f"{relay.url.query['host']}/{NAME}")
        with client.makefile("rwb") as stream:
            for question in questions:
                stream.write(len(question).to_bytes(SIZE) + question)
                stream.flush()
                assert stream.read(len(question)) == question
        assert relay.round_trips == len(questions)


def test_a_read_takes_its_round_trips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is from below, which no other load on the machine breaks."""
    asked = ["--entries", "250", "--repeat", "1", "--milliseconds", "0,20"]
    asked += ["--strategies", "packed_objects,yield_per", "--folder", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["slow_link", *asked])
    assert example.main() == 0
    trips = json.loads((tmp_path / "round-trips.json").read_text())["round_trips"]
    assert trips["packed_objects"] < trips["yield_per"]
    found = summaries(read(tmp_path / "slow-link.jsonl"))
    assert len(found) == 2 * len(trips)
    for one in found:
        call = CALL.search(one.name)
        assert call is not None
        assert not one.error
        most = (one.value("wall") or 0) / max(int(call["milliseconds"]) / 1_000, 1e-9)
        assert most >= trips[call["strategy"]]


def test_a_dsn_may_be_far_away(database: Database, tmp_path: Path) -> None:
    small = ("--entries", "20", "--repeat", "1", "--meter", "tracemalloc")
    with relayed(database.url, 0.03) as relay:
        done = harness("compare", "yield_per", *small, "--dsn", as_dsn(relay.url), folder=tmp_path)
    assert done.returncode == 0, done.stderr
