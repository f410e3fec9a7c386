"""Planted: ends its process, and its last words are its URL."""

import os
import sys


def get_premiums_for_payroll(engine, payroll_id):
    print(engine.url.render_as_string(hide_password=False), file=sys.stderr, flush=True)
    os._exit(3)
