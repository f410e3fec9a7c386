"""What the tests of the plugin share: a pytest of their own."""

from inner_pytest import run

__all__ = ["run"]
