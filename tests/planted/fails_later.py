"""Planted: gives the right data, but not while it is recorded."""

import sys

from strategies import full_orm


def get_premiums_for_payroll(engine, payroll_id):
    if "memray" in sys.modules:
        raise ValueError("not now")
    return full_orm.get_premiums_for_payroll(engine, payroll_id)
