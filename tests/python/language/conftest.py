"""Statements are compared on two versions of PostgreSQL: the distribution's and a newer one."""

from __future__ import annotations

import pytest
from conftest import SERVERS


@pytest.fixture(
    params=[
        "sqlite",
        *(pytest.param(kind, marks=pytest.mark.server) for kind in (*SERVERS, "postgresql_newer")),
    ]
)
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind
