"""What tests of reading share with those of the strategies."""

from every_strategy import reader_at

__all__ = ["reader_at"]
