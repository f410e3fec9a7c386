"""Planted: reads as the reference does, and waits where tests/trust holds a run still."""

import sys

from callmeter import worker
from strategies.full_orm import get_premiums_for_payroll as read
from trust import _held


def get_premiums_for_payroll(engine, payroll_id):
    frame = sys._getframe()
    while frame.f_code is not worker.work.__code__:
        frame = frame.f_back
    is_checked = frame.f_locals["job"].task == worker.CHECK
    _held.still("verification" if is_checked else "measuring")
    _held.take()
    return read(engine, payroll_id)
