"""Planted: never comes back."""

import time


def get_premiums_for_payroll(engine, payroll_id):
    time.sleep(3600)
