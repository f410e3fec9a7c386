"""What one call costs: its memory by every allocator, its resident memory and its time.

    measurement = callmeter.measure(read_premiums, connection, payroll_id)
    measurement.peak, measurement.retained, measurement.items

`measure` calls in this process, `fresh` in a new one, also of another Python. Importing this
package imports nothing but a few modules of the standard library: what measures is imported when
something is measured.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callmeter.at_once import call_number
    from callmeter.errors import Error, NotAvailableError, NotMeasuredError, TargetError, UsageError
    from callmeter.explanation import Explanation
    from callmeter.measurement import Measurement, fresh, measure

__all__ = [
    "Error",
    "Explanation",
    "Measurement",
    "NotAvailableError",
    "NotMeasuredError",
    "TargetError",
    "UsageError",
    "call_number",
    "fresh",
    "measure",
]

_MODULES = {
    "Explanation": "explanation",
    "Measurement": "measurement",
    "call_number": "at_once",
    "fresh": "measurement",
    "measure": "measurement",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES.get(name, 'errors')}"), name)
    globals()[name] = value
    return value
