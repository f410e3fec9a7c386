"""What the tests of strategies share."""

from every_strategy import engine, strategy, stream
from reads import other, url

__all__ = ["engine", "other", "strategy", "stream", "url"]
