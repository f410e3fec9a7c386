"""Planted: takes ever more, in small pieces; it ends at some GB, for the machine's sake."""


def get_premiums_for_payroll(engine, payroll_id):
    return [[number] * 10 for number in range(20_000_000)]
