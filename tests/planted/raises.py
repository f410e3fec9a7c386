"""Planted: raises, with two lines and the DSN's password in its words."""


def get_premiums_for_payroll(engine, payroll_id):
    raise ValueError(f"no {engine.url.password}\nand more")
