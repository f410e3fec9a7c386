"""What the tests of strategies share."""

from every_strategy import engine, reader, reader_at, strategy, streamer
from reads import other, url

__all__ = ["engine", "other", "reader", "reader_at", "strategy", "streamer", "url"]
