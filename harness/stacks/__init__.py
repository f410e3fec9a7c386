"""Stacks: Pythons with versions of packages, and an environment for each."""
