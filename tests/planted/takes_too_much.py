"""Planted: hits a limit on its address space."""

import resource


def get_premiums_for_payroll(engine, payroll_id):
    resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))
    return bytearray(2**33)
