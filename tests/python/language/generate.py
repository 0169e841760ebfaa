"""Random statements of the portable core, the same ones for the same seed."""

from __future__ import annotations

import random

from . import tree
from .make_queries import MakeQueries


def statement(seed: str) -> tree.Query:
    """Seeds are texts, such as "7/42": of a run and of a statement in it."""
    maker = MakeQueries(random.Random(seed))
    maker.queries_left = maker.rng.choice((0, 0, 1, 2))
    return maker.query(None, maker.rng.choice((0, 1, 1, 2)), None, (), True)[0]
