"""Planted: fails if it was called before by another cell of its process."""

import os

from strategies import full_orm


def get_premiums_for_payroll(engine, payroll_id):
    assert os.environ.setdefault("SEEN", str(os.getpid())) == str(os.getpid())
    return full_orm.get_premiums_for_payroll(engine, payroll_id)
