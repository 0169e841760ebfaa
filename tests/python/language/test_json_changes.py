"""Members of JSON documents that are set and removed: what Python makes of `json.loads` of the text."""

from __future__ import annotations

import copy
import json
import random
from datetime import date
from typing import Any

import pytest
from conftest import Create

from pyferro import PK, Col, Database, Model, PlanError, UnsupportedFeature, fn, select, sql
from pyferro._native import Expr

from .json_plans import INT64, JSON, Path, insert
from .test_json import KEYS, OTHERS, loads, same


class Changed(Model, table="language_json_change"):
    id: PK[int]
    doc: Col[dict[str, Any] | None] = None
    number: Col[int | None] = None
    word: Col[str | None] = None
    day: Col[date | None] = None
    ratio: Col[float | None] = None
    truth: Col[bool | None] = None


def parent_of(document: Any, path: Path) -> Any:
    """What the last step leads from, if it may lead from there; else None."""
    for place, step in enumerate(path):
        if isinstance(step, int):
            if not isinstance(document, list) or step >= len(document):
                return None
        elif not isinstance(document, dict):
            return None
        if place == len(path) - 1:
            return document
        if isinstance(step, str) and step not in document:
            return None
        document = document[step]
    raise AssertionError("a path has a step")


def with_value(document: Any, path: Path, value: Any) -> Any:
    changed = copy.deepcopy(document)
    parent = parent_of(changed, path)
    if parent is not None:
        parent[path[-1]] = value
    return changed


def without(document: Any, path: Path) -> Any:
    changed = copy.deepcopy(document)
    parent = parent_of(changed, path)
    if isinstance(parent, dict):
        parent.pop(path[-1], None)
    elif parent is not None:
        del parent[path[-1]]
    return changed


DOCUMENTS = [
    *OTHERS, "5", '{"a": {"a": 1, "b": [1, 2, {"a": null}]}, "b": 2}', '[{"a": [0]}, [1, 2], "x"]',
    '{"a": [[1, 2], {"0": 3}], "0": {"1": 5}}', '  { "a" : [ 1 , 2 ] , "b" : { } }  ', "[[], {}]",
    '{"a": 1e2, "b": -0.0, "c": 9007199254740993}',
]  # fmt: skip
PATHS: list[Path] = [
    ("a",), ("0",), (0,), (1,), (2,), (7,), ("a", "a"), ("a", 0), ("a", 1), ("a", 2), ("a", "b", 1),
    ("a", "b", 2, "a"), ("a", "b", 3), (0, "a"), (0, 0), (0, "a", 0), (1, 1), ("a", "0"), ("b", "n"),
    ("n", "n"), ("a", 1, "0"), ("0", "1"), ("", ""), (2147483648,), (2**63 - 1,), ("a", 4294967296),
]  # fmt: skip


def at(path: Path) -> Any:
    place: Any = Changed.doc
    for step in path:
        place = place[step]
    return place


@pytest.fixture
def filled(create: Create, db: Database) -> list[Any]:
    create(Changed)
    return store(db, DOCUMENTS)


def store(db: Database, texts: list[str]) -> list[Any]:
    """Documents of any kind, numbered from 1."""
    for i, text in enumerate(texts, 1):
        insert(db, "language_json_change", {"id": (INT64, i), "doc": (JSON, text.encode())})
    return [loads(text) for text in texts]


def documents(changed: Expr) -> list[Any]:
    found = select(Changed.id, changed).order_by(Changed.id).all().run()
    return [loads(json.dumps(document)) for _, document in found]


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_setting_and_removing(db: Database, filled: list[Any], path: Path) -> None:
    given: list[Any] = [1, None, 'x"é\\', True, 1.5, [], {"n": [None, {"a": False}]}]
    for value in given:
        found = documents(at(path).set(value))
        expected = [with_value(document, path, loads(json.dumps(value))) for document in filled]
        wrong = [
            (d, e, f) for d, e, f in zip(filled, expected, found, strict=True) if not same(f, e)
        ]
        assert not wrong, (value, wrong[:3])
    found = documents(at(path).remove())
    expected = [without(document, path) for document in filled]
    wrong = [(d, e, f) for d, e, f in zip(filled, expected, found, strict=True) if not same(f, e)]
    assert not wrong, wrong[:3]


def test_hostile_keys(create: Create, db: Database, kind: str) -> None:
    create(Changed)
    whole = {key: {"k": [1]} for key in KEYS}
    Changed(id=1, doc=whole).save().run()
    Changed(id=2, doc={"a": {}}).save().run()
    for key in KEYS:
        if kind == "mariadb" and key.startswith("-"):
            with pytest.raises(UnsupportedFeature, match="begins with '-'"):
                documents(Changed.doc[key].set(1))
            continue
        assert documents(Changed.doc[key].set(7)) == [{**whole, key: 7}, {"a": {}, key: 7}], key
        assert documents(Changed.doc["a"][key].set(7))[1] == {"a": {key: 7}}, key
        nested = documents(Changed.doc[key]["k"][0].set(key))[0]
        assert nested == {**whole, key: {"k": [key]}}, key
        rest = {k: v for k, v in whole.items() if k != key}
        assert documents(Changed.doc[key].remove())[0] == rest, key


def test_null_gives_null(create: Create, db: Database) -> None:
    create(Changed)
    Changed(id=1).save().run()
    assert documents(Changed.doc["a"].set(1)) == [None]
    assert documents(Changed.doc["a"].remove()) == [None]
    assert Changed.where(Changed.doc["a"].set(1).is_null()).count().run() == 1


def test_values_are_expressions(create: Create, db: Database) -> None:
    create(Changed)
    Changed(
        id=1,
        doc={"a": {"b": [1, 2]}},
        number=7,
        word='é"',
        day=date(2024, 2, 29),
        ratio=0.5,
        truth=True,
    ).save().run()
    values = {
        Changed.number: 7, Changed.word: "é\"", Changed.day: "2024-02-29", Changed.ratio: 0.5,
        Changed.truth: True, Changed.number + 1: 8, Changed.doc["a"]: {"b": [1, 2]},
        Changed.doc["a"]["b"][1].as_(int): 2, Changed.doc["none"]: None,
    }  # fmt: skip
    for value, expected in values.items():
        assert documents(Changed.doc["a"].set(value)) == [{"a": expected}]
        assert documents(fn.json_set(Changed.doc["n"], value))[0]["n"] == expected
    Changed.where().update(number=None).run()
    assert documents(Changed.doc["a"].set(Changed.number)) == [{"a": None}]
    with pytest.raises(PlanError, match="without a type"):
        documents(Changed.doc["a"].set(sql("number")))


def test_changes_of_changes_in_an_update(create: Create, db: Database) -> None:
    create(Changed)
    Changed(id=1, doc={"a": {"b": [1, 2]}, "c": "old"}).save().run()
    twice = Changed.doc["a"]["b"][0].set(Changed.id + 8)["c"].remove()
    assert Changed.where(Changed.id == 1).update(doc=twice).run() == 1
    assert Changed.get(1).run().doc == {"a": {"b": [9, 2]}}
    assert Changed.where(Changed.doc["a"].set(1)["a"].as_(int) == 1).count().run() == 1
    given = Changed.doc["a"].remove()["z"].set({"y": []})
    Changed.where().update(doc=given).run()
    assert Changed.get(1).run().doc == {"z": {"y": []}}
    assert documents(fn.json_remove(Changed.doc["z"]["y"])) == [{"z": {}}]


def _some(rng: random.Random, depth: int) -> Any:
    if depth == 0 or rng.random() < 0.3:
        return rng.choice([None, True, False, 0, -1, 2.5, "", "a", "é"])
    if rng.random() < 0.5:
        return [_some(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {rng.choice("ab0é"): _some(rng, depth - 1) for _ in range(rng.randrange(4))}


def test_random_documents(create: Create, db: Database) -> None:
    rng = random.Random(5)
    create(Changed)
    whole = store(db, [json.dumps(_some(rng, 4)) for _ in range(120)])
    for _ in range(60):
        path: Path = tuple(rng.choice(["a", "b", "0", "é", 0, 1, 2]) for _ in range(rng.randrange(1, 5)))
        value = _some(rng, 2)
        found = documents(at(path).set(value))
        expected = [with_value(document, path, loads(json.dumps(value))) for document in whole]
        assert all(map(same, found, expected)), (path, value)
        assert all(
            map(same, documents(at(path).remove()), (without(document, path) for document in whole))
        ), path


def test_keys_that_stand_twice(create: Create, db: Database, kind: str) -> None:
    """Of equal keys one counts, for what is changed, too: texts are kept by SQLite and MariaDB."""
    create(Changed)
    if kind not in ("sqlite", "mariadb"):
        pytest.skip("the server keeps one of equal keys")
    text = '{"a": 1, "b": 5, "a": {"c": 1, "c": 2}}'
    store(db, [text])
    assert select(Changed.doc["a"].set(7)["a"].as_(int)).one().run() == 7
    assert select(Changed.doc["a"].set(7)["b"].as_(int)).one().run() == 5
    if kind == "sqlite":
        assert select(Changed.doc["a"].remove()["a"].is_null()).one().run() is True
        assert select(Changed.doc["a"]["c"].set(7)["a"]["c"].as_(int)).one().run() == 7
