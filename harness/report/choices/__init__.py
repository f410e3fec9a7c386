"""The forms of a decision: one module each, found by its file.

A form is a module with a docstring and a function `render(decision) -> str`. It turns a decision
into text and opens no file.
"""
