"""The mapping strategies: one way a module to implement the contract.

`support` is what they are made with.
"""
