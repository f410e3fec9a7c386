"""Planted: the right data, and a copy of every value kept beside it while it is made."""

from copy import deepcopy

from strategies import slotted


def get_premiums_for_payroll(engine, payroll_id):
    premiums = slotted.get_premiums_for_payroll(engine, payroll_id)
    beside = deepcopy(premiums)
    return premiums if beside else []
