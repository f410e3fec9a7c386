"""Makes a temporary file, and never comes back to remove it."""

import tempfile
import time


def get_premiums_for_payroll(engine, payroll_id):
    tempfile.mkdtemp()
    time.sleep(3600)
