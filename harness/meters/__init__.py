"""The meters: one module each, found by its file.

A meter is a module with a docstring, whose first line says what it measures, and

- `measure(call)`: call once, and give what it measured as {figure: value}. A figure's name ends
  in its unit: `_bytes`, `_seconds`. What the call returned is held until all is measured.
- `REPEATS`: how many fresh processes it takes by default.
- `ALONE`: whether nothing else may run on the machine meanwhile.
"""
