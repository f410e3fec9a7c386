"""Planted: one amount is off, in its exponent only."""

from decimal import Decimal

from strategies import full_orm


def get_premiums_for_payroll(engine, payroll_id):
    premiums = full_orm.get_premiums_for_payroll(engine, payroll_id)
    premiums[1].components[0].amount = premiums[1].components[0].amount.quantize(Decimal("0.001"))
    return premiums
