"""Calls of public packages, each under its distribution's name: what is measured.

A package is imported where it is called, so that no process holds the others. What the functions
read is made here by the standard library, or provided (`tools.strangers.provided`).
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from functools import cache
from io import BytesIO, StringIO
from types import ModuleType
from typing import Any

DATABASE = os.environ["STRANGERS_DATABASE"]
SERVER = os.environ["STRANGERS_SERVER"]
ROWS = [
    {"id": n, "name": f"name {n}", "amount": n / 8, "tags": [f"tag {n % 7}", f"tag {n % 5}"]}
    for n in range(10_000)
]
JSON = json.dumps(ROWS)
CSV = "id,name,amount\n" + "".join(f"{n},name {n},{n / 8}\n" for n in range(50_000))
ITEMS = "".join(f'<item id="{n}"><name>name {n}</name></item>' for n in range(10_000))
XML = f"<items>{ITEMS}</items>"
TOML = "".join(f"[[item]]\nid = {n}\nname = 'name {n}'\ntags = ['{n % 7}']\n" for n in range(5_000))
YAML = "".join(f"- id: {n}\n  name: name {n}\n  tags: [tag {n % 7}]\n" for n in range(1_000))


def orjson() -> Any:
    """Return dicts of a JSON text."""
    import orjson

    return orjson.loads(JSON)


def msgspec() -> Any:
    """Return structs of a JSON text."""
    import msgspec

    return msgspec.json.decode(JSON, type=list[_msgspec_item()])


@cache
def _msgspec_item() -> Any:
    import msgspec

    fields = [("id", int), ("name", str), ("amount", float), ("tags", list[str])]
    return msgspec.defstruct("Item", fields)


def pydantic() -> Any:
    """Return models of a JSON text."""
    return _pydantic_items().validate_json(JSON)


@cache
def _pydantic_items() -> Any:
    import pydantic

    fields: Any = {"id": int, "name": str, "amount": float, "tags": list[str]}
    return pydantic.TypeAdapter(list[pydantic.create_model("Item", **fields)])


def tomli() -> Any:
    """Return dicts of a TOML text, by a parser that mypyc compiled."""
    import tomli

    return tomli.loads(TOML)


def lxml() -> Any:
    """Return a tree of an XML text, in libxml2's memory."""
    from lxml import etree

    return etree.fromstring(XML)


def beautifulsoup4() -> Any:
    """Return a tree of an XML text, in objects of Python."""
    import bs4

    return bs4.BeautifulSoup(XML, "html.parser")


def pyyaml() -> Any:
    """Return dicts of a YAML text, by libyaml."""
    import yaml

    return yaml.load(YAML, yaml.CSafeLoader)


def ruamel_yaml() -> Any:
    """Return dicts of a YAML text that remember its layout."""
    from ruamel import yaml

    return yaml.YAML().load(YAML)


def pandas() -> Any:
    """Return a frame of a CSV text."""
    import pandas

    return pandas.read_csv(StringIO(CSV))


def polars() -> Any:
    """Return a frame of a CSV text."""
    import polars

    return polars.read_csv(CSV.encode())


def pyarrow() -> Any:
    """Return a table of a CSV text."""
    from pyarrow import csv

    return csv.read_csv(BytesIO(CSV.encode()))


def duckdb() -> Any:
    """Return rows of a query, as tuples."""
    import duckdb

    query = "select n, 'name ' || n, n / 8 from range(50000) t(n)"
    with duckdb.connect() as connection:
        return connection.sql(query).fetchall()


def numpy() -> Any:
    """Return a singular value decomposition, by LAPACK."""
    import numpy

    values = numpy.random.default_rng(1).normal(size=(400, 400))
    return numpy.linalg.svd(values)


def pillow() -> Any:
    """Return a picture drawn, made smaller and blurred."""
    from PIL import Image, ImageFilter

    picture = Image.radial_gradient("L").resize((2_000, 2_000)).convert("RGB")
    return picture.resize((1_000, 1_000)).filter(ImageFilter.GaussianBlur(4))


def networkx() -> Any:
    """Return a random graph."""
    import networkx

    return networkx.barabasi_albert_graph(5_000, 5, seed=1)


def sympy() -> Any:
    """Return an expression, expanded; what sympy remembers of the call before is cleared."""
    import sympy
    from sympy.core.cache import clear_cache

    clear_cache()
    x, y, z = sympy.symbols("x y z")
    return sympy.expand((x + 2 * y + z) ** 30)


def django() -> Any:
    """Return instances of a model, from SQLite."""
    return list(_django_item().objects.all())


@cache
def _django_item() -> Any:
    import django
    from django.conf import settings

    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE}}
    )
    django.setup()
    from django.db import models

    class Item(models.Model):
        name = models.TextField()
        amount = models.FloatField()
        day = models.DateField()

        class Meta:
            app_label = "strangers"
            db_table = "item"

    return Item


def sqlmodel() -> Any:
    """Return instances of a model, from SQLite."""
    from sqlmodel import Session, create_engine, select

    with Session(create_engine(f"sqlite:///{DATABASE}")) as session:
        return session.exec(select(_sqlmodel_item())).all()


@cache
def _sqlmodel_item() -> Any:
    from sqlmodel import Field, SQLModel

    class Item(SQLModel, table=True):
        id: int = Field(primary_key=True)
        name: str
        amount: float
        day: date

    return Item


def peewee() -> Any:
    """Return instances of a model, from SQLite."""
    return list(_peewee_item().select())


@cache
def _peewee_item() -> Any:
    import peewee

    class Item(peewee.Model):
        name = peewee.TextField()
        amount = peewee.FloatField()
        day = peewee.DateField()

        class Meta:
            database = peewee.SqliteDatabase(DATABASE)
            table_name = "item"

    return Item


def pony() -> Any:
    """Return instances of an entity, from SQLite."""
    from pony.orm import db_session

    with db_session:
        return list(_pony_item().select())


@cache
def _pony_item() -> Any:
    from pony.orm import Database, PrimaryKey, Required

    database = Database("sqlite", DATABASE)

    class Item(database.Entity):
        _table_ = "item"
        id = PrimaryKey(int)
        name = Required(str)
        amount = Required(float)
        day = Required(date)

    database.generate_mapping()
    return Item


async def tortoise_orm() -> Any:
    """Return instances of a model, awaited, from SQLite."""
    return await (await _tortoise_item()).all()


_TORTOISE: list[Any] = []


async def _tortoise_item() -> Any:
    if not _TORTOISE:
        from tortoise import Model, Tortoise, fields

        class Item(Model):
            id = fields.IntField(primary_key=True)
            name = fields.TextField()
            amount = fields.FloatField()
            day = fields.DateField()

        sys.modules["items"] = models = ModuleType("items")
        vars(models)["Item"] = Item
        await Tortoise.init(db_url=f"sqlite://{DATABASE}", modules={"models": ["items"]})
        _TORTOISE.append(Item)
    return _TORTOISE[0]


def requests() -> Any:
    """Return the JSON that a server answers with."""
    import requests

    return requests.get(SERVER, timeout=60).json()


def httpx() -> Any:
    """Return the JSON that a server answers with."""
    import httpx

    return httpx.get(SERVER).json()


async def aiohttp() -> Any:
    """Return the JSON that a server answers with, awaited."""
    import aiohttp

    async with aiohttp.ClientSession() as session, session.get(SERVER) as response:
        return await response.json()
