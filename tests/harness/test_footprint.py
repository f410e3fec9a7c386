"""Lines of code and packages of a strategy."""

from __future__ import annotations

from tools.publish.footprint import code_lines, footprint

SOURCE = '''"""A docstring
of two lines."""

import os  # a comment behind code

# a comment
TEXT = """code
of two lines"""


def function(
    argument: int,
) -> int:
    """Another docstring."""

    return argument
'''


def test_blank_lines_comments_and_docstrings_are_no_code() -> None:
    assert code_lines(SOURCE) == 1 + 2 + 4
    assert code_lines("") == 0


def test_the_modules_that_a_strategy_is_made_with_count() -> None:
    alone, made = footprint("full_orm"), footprint("arrow_columns")
    assert alone.own_lines == alone.all_lines
    assert alone.packages == ()
    assert made.all_lines > made.own_lines + 100  # adbc and packed_columns
    assert made.packages == ("adbc_driver_postgresql", "pyarrow")
