from __future__ import annotations

import pytest
from conftest import Create

from pyferro import Database

from . import library


@pytest.fixture
def shelf(create: Create, db: Database) -> Database:
    """A database with the library in it."""
    create(*library.all_models())
    library.fill()
    return db
