"""What the tests of strategies share."""

from every_strategy import engine, strategy, stream

__all__ = ["engine", "strategy", "stream"]
