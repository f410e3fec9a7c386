"""The bar of a container: its parts add up to the whole, in any container."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.container import Need
from harness.analysis.prediction import Basis, Prediction
from harness.report.bar import WIDTH, bar

AMOUNT = re.compile(r"[0-9,]+\.?[0-9]*(?= [kMG]?B)")


def need(base: float, calls: float) -> Need:
    return Need(Prediction(base, 0.0, Basis.MEASURED), Prediction(calls, 0.0, Basis.MEASURED))


def test_a_container_is_the_sum_of_its_parts() -> None:
    assert bar(need(62e6, 118e6), 512e6, 4).lines == (
        "512 MB = 62 MB base + 4 calls 118 MB + 332 MB headroom",
        f"|{'#' * 7}{'=' * 12}{'.' * 35}|",
        "# base 12%   = 4 calls 23%   . headroom 65%",
    )


def test_of_a_container_that_is_too_small_the_end_is_marked() -> None:
    assert bar(need(60e6, 80e6), 70e6, 1).lines == (
        "70 MB < 60.0 MB base + 1 call 80.0 MB: 70.0 MB too little",
        f"|{'#' * 23}{'=' * 4}|{'=' * 27}",
        "# base 86%   = 1 call 114%   | the container",
    )


@given(st.floats(0, 1e12), st.floats(0, 1e12), st.floats(1, 1e12), st.integers(1, 256))
def test_any_need_is_drawn_in_any_container(
    base: float, calls: float, container: float, at_once: int
) -> None:
    wanted = need(base, calls)
    sentence, drawn, legend = bar(wanted, container, at_once).lines
    assert max(map(len, (sentence, drawn, legend))) <= 78
    assert len(drawn) == WIDTH + 2
    if wanted.high <= container:
        whole, *parts = (float(found.replace(",", "")) for found in AMOUNT.findall(sentence))
        assert sum(parts) == whole or abs(sum(parts) - whole) < whole * 1e-9
        assert "headroom" in legend
    else:
        assert "too little" in sentence
