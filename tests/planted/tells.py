"""Planted: raises an error with the password, spelled in every way that comes up."""

import json

from psycopg.conninfo import make_conninfo


def get_premiums_for_payroll(engine, payroll_id):
    with engine.connect() as connection:
        known = connection.connection.driver_connection.info
    secret = engine.url.password
    spelled = [
        engine.url.render_as_string(hide_password=False),
        secret,
        repr(secret),
        json.dumps(secret),
        make_conninfo(password=secret),
        known.password,
        known.get_parameters(),
    ]
    raise RuntimeError(" ".join(map(str, spelled)))
