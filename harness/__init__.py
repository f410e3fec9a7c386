"""The harness: plan -> measure -> results -> report.

`python -m harness compare` measures every strategy; `harness.cli` shows the whole flow.
"""
