"""Planted: ends the process without an answer."""

import os
import sys


def get_premiums_for_payroll(engine, payroll_id):
    print("last words", file=sys.stderr, flush=True)
    os._exit(3)
