"""Planted: reads as the reference does, and waits where tests/trust holds a run still."""

import traceback

from trust import _held

from strategies.full_orm import get_premiums_for_payroll as read


def get_premiums_for_payroll(engine, payroll_id):
    checked = any(frame.name == "checked" for frame in traceback.extract_stack())
    _held.still("verification" if checked else "measuring")
    _held.take()
    return read(engine, payroll_id)
