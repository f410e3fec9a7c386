"""Bytes and seconds: what people write, what they are shown, and one line for what is none."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callmeter.errors import UsageError
from callmeter.units import MEMORY, format_bytes, format_seconds, parse_bytes, parse_seconds

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("text", "size"),
    [
        *(("1B", 1), ("512 KB", 512_000), ("256mb", 256_000_000), (" 256 MB ", 256_000_000)),
        *(("1.5GB", 1_500_000_000), ("2e2MB", 200_000_000), ("1000000GB", 10**15)),
        *(("2,636MB", 2_636_000_000), ("1,000,000 kB", 10**9), ("1,500.5kB", 1_500_500)),
        *(("4KiB", 4096), ("256MiB", 268_435_456), ("1 gib", 1_073_741_824)),
    ],
)
def test_bytes(text: str, size: float) -> None:
    assert parse_bytes(text) == size


@pytest.mark.parametrize(
    ("text", "size"),
    [("2s", 2), ("800ms", 0.8), ("1.5 min", 90), ("250us", 0.00025), ("1440min", 86_400)],
)
def test_seconds(text: str, size: float) -> None:
    assert parse_seconds(text) == pytest.approx(size)


NO_AMOUNTS = [
    "",
    "0",
    "-5",
    "5",
    "MB",
    "-5MB",
    "12 parsecs",
    "nan",
    "inf",
    "infMB",
    "1,5GB",
    "1,00MB",
    ",5MB",
]
NO_AMOUNTS += ["1_0MB", "5MB 5s", "0x5MB", "\N{ARABIC-INDIC DIGIT THREE}MB", "\0"]
NO_AMOUNTS += ["0MB", "0s", "1e-30B", "1e-30s", "1e99GB", "1e999GB", "1e5min"]


@pytest.mark.parametrize("parse", [parse_bytes, parse_seconds])
@pytest.mark.parametrize("text", NO_AMOUNTS)
def test_what_is_no_amount_is_one_line(parse: Callable[[str], float], text: str) -> None:
    with pytest.raises(UsageError, match=r"^--(memory|time) '") as raised:
        parse(text)
    assert len(str(raised.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "meant"),
    [("512m", "512MB or 512MiB"), ("1Gi", "1GiB"), ("2 g", "2GB or 2GiB")],
)
def test_a_unit_that_is_cut_short_is_suggested_whole(text: str, meant: str) -> None:
    """Docker's and Kubernetes' own differ in what they mean by a letter."""
    with pytest.raises(UsageError, match=rf"; did you mean {meant}\?; units: "):
        parse_bytes(text)


@given(st.text(max_size=10) | st.from_regex(r"[0-9.e+-]{0,6} ?[kMGimsunB]{0,3}", fullmatch=True))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    for parse in (parse_bytes, parse_seconds):
        with suppress(UsageError):
            assert 0 < parse(text) <= 10**15


@given(st.integers(1, 10**6), st.sampled_from(["kB", "MB", "GB", "KiB", "MiB"]))
def test_a_number_and_a_unit_are_read_exactly(number: int, unit: str) -> None:
    assert parse_bytes(f"{number}{unit}") == number * MEMORY[unit]


@pytest.mark.parametrize(
    ("size", "nearest", "up"),
    [
        (0, "0 B", "0 B"),
        (999, "999 B", "999 B"),
        (1_000, "1.00 kB", "1.00 kB"),
        (12_340, "12.3 kB", "12.4 kB"),
        (126_400_000, "126 MB", "127 MB"),
        (-2_341_000, "-2.34 MB", "-2.34 MB"),
        (12_340_000_000, "12.3 GB", "12.4 GB"),
    ],
)
def test_bytes_are_shown_to_three_digits_and_rounded_up_where_asked(
    size: float, nearest: str, up: str
) -> None:
    assert (format_bytes(size), format_bytes(size, up=True)) == (nearest, up)


def test_seconds_are_shown_to_three_digits() -> None:
    shown = [format_seconds(value) for value in (1.2345, 0.12345, 0.000_012_3)]
    assert shown == ["1.23 s", "123 ms", "12.3 us"]
    assert format_seconds(0.1231, up=True) == "124 ms"


@given(st.floats(1, 10**14))
def test_what_is_shown_rounded_up_is_no_less(size: float) -> None:
    shown = parse_bytes(format_bytes(size, up=True).replace(",", ""))
    assert size * (1 - 1e-12) <= shown <= size * 1.011 + 1
