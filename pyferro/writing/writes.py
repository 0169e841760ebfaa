"""Writing instances: insert, save, delete, refresh, bulk insert.

Each gives a request; what is known of an instance's row afterwards is kept by `state.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from .. import _native
from ..errors import ModelDoesNotExist, NotPersisted, PyferroError, StaleData
from ..instances.hooks import bulk_inserting, inserting
from ..instances.state import LOADED, mark, mark_all, related, state_of
from ..op import Body, Op, Single, Steps
from ..runtime.connections import Using, resolve
from ..runtime.database import Database
from ..runtime.transaction import atomic
from ..tables.inserts import Insert, missing
from ..tables.table import Table, table_of

if TYPE_CHECKING:
    from ..model import Model
    from ..queries.selection import Shape

M = TypeVar("M", bound="Model")


def create(instance: M, using: Using) -> Op[M]:
    """See Model.create."""
    if related(instance):
        from . import storing

        return storing.insert(instance, using)
    return inserting(instance, using, lambda: insert(instance, using))


def bulk_create(model: type[M], instances: Sequence[M], using: Using) -> Op[list[M]]:
    """See Model.bulk_create."""
    if model.__ferro_declared__ and any(map(related, instances)):
        from . import storing

        return storing.bulk_insert(model, instances, using)
    return bulk_inserting(model, instances, using, lambda: bulk_insert(model, instances, using))


def insert(instance: M, using: Using) -> Op[M]:
    """Insert, and give the instance the key that the database made."""
    table = table_of(type(instance))
    fields = instance.__dict__
    how = table.insert_for(instance)
    values = how.values(fields)

    def start() -> _native.Operation[M]:
        return _start_insert(resolve(using), how, values, instance)

    return Op(start)


def _start_insert(
    database: Database, how: Insert, values: list[Any], instance: M
) -> _native.Operation[M]:
    returns = how.returns
    if how.reads is not None:

        def finish_with_all(row: Any) -> M:
            how.keep(instance, row)
            mark(instance, LOADED)
            return instance

        result, shape = how.reads.shape(True)
        ending = how.reads.ending(True, finish_with_all)
        return database.start(how.plan, how.types, values, result, shape, ending)
    if returns is None:

        def finish(_: Any) -> M:
            mark(instance, LOADED)
            return instance

        return database.start(how.plan, how.types, values, _native.RESULT_COUNT, None, finish)
    name = returns.name

    def finish_with_key(key: Any) -> M:
        instance.__dict__[name] = key
        mark(instance, LOADED)
        return instance

    return database.start(
        how.plan, how.types, values, _native.RESULT_SCALAR, (returns.type,), finish_with_key
    )


def save(
    instance: Model,
    using: Using,
    only: Collection[str] | None,
    exclude: Collection[str] | None,
    full: bool,
) -> Op[None]:
    """See Model.save."""
    table = table_of(type(instance))
    fields = instance.__dict__
    key = table.key_of(fields)
    state = state_of(instance)
    names = _names_to_save(table, None if full else state, only, exclude)
    if state is None and table.defaulted:
        left = table.left_to_database(instance)
        names = tuple(name for name in names if name not in left)
    if key is None:
        if table.generated is None:
            raise NotPersisted(
                f"{table.model.__name__} has no key", hint="set it: the database does not make it"
            )
        if only is not None or exclude is not None:
            raise NotPersisted("only= and exclude= are for rows that exist", hint="save() it first")

    def body() -> Body[None]:
        database = resolve(using)
        if key is None:
            how = table.insert_for(instance)
            yield _start_insert(database, how, how.values(fields), instance)
            return
        if names:
            found = yield _start_update(database, table, names, key, fields)
        elif state is None and only is None and exclude is None:
            # A row that is nothing but its key and what the database gives it.
            found = yield from _take_what_is_there(database, table, key, instance)
        else:
            return
        if not found:
            yield from check_version(database, table, key)
            if state is not None or only is not None or exclude is not None:
                raise ModelDoesNotExist(table.model, key)
            how = table.insert_for(instance)
            yield _start_insert(database, how, how.values(fields), instance)
        elif table.version is not None and names:
            fields[table.version] += 1
        saved(instance, names)

    # Of one of unknown origin it is seen first whether there is a row, and a version goes on.
    known = key is not None and (state is not None or only is not None or exclude is not None)
    return Single(body) if known and table.version is None else Steps(body)


def _take_what_is_there(database: Database, table: Table, key: Any, instance: Model) -> Body[bool]:
    """Whether there is such a row, of this version where it has one; the instance is then as it is."""
    stored = yield database.start(*table.reading(table.key_values(key)), None, apart=True)
    if stored is None:
        return False
    fields, version = instance.__dict__, table.version
    if version is not None and stored.__dict__[version] != fields[version]:
        return False
    fields.update({name: stored.__dict__[name] for name in table.columns})
    mark(instance, LOADED)
    return True


def check_version(database: Database, table: Table, key: Any) -> Body[None]:
    """After a change that found no row: StaleData if there is one, of another version."""
    if table.version is None:
        return
    stored = yield database.start(*table.reading(table.key_values(key)), None)
    if stored is not None:
        raise StaleData(table.model, key)


def _names_to_save(
    table: Table, state: Any, only: Collection[str] | None, exclude: Collection[str] | None
) -> tuple[str, ...]:
    if only is not None or exclude is not None:
        for name in (*(only or ()), *(exclude or ())):
            table.column(name)
    if only is None and state is not None:
        only = () if state is LOADED else state
    return tuple(
        [
            name
            for name in table.updatable
            if (only is None or name in only) and (exclude is None or name not in exclude)
        ]
    )


def _start_update(
    database: Database, table: Table, names: tuple[str, ...], key: Any, fields: dict[str, Any]
) -> _native.Operation[int]:
    how = table.update_of(names)
    try:
        values = how.values(key, fields)
    except KeyError as error:
        raise missing(error) from None
    return database.start(how.plan, how.types, values, _native.RESULT_COUNT, None, None)


def saved(instance: Model, names: tuple[str, ...]) -> None:
    """These fields of the instance are as the database has them."""
    state = state_of(instance)
    if isinstance(state, set):
        state.difference_update(names)
        if not state:
            mark(instance, LOADED)
    elif state is None and len(names) + len(table_of(type(instance)).key) == len(
        table_of(type(instance)).columns
    ):
        mark(instance, LOADED)


def _stored_key(instance: Model, table: Table) -> tuple[Any, Any]:
    key = table.key_of(instance.__dict__)
    if key is None:
        raise NotPersisted(f"{table.model.__name__} has no key yet", hint="save() it first")
    return key, table.key_values(key)


def delete(instance: Model, using: Using) -> Op[int]:
    """See Model.delete."""
    table = table_of(type(instance))
    key, _ = _stored_key(instance, table)
    values = table.read_values(key, instance.__dict__)

    def finish(count: int) -> int:
        # Saved again, it is a new row.
        mark(instance, None)
        return count

    def start() -> _native.Operation[int]:
        return resolve(using).start(
            table.delete_plan, table.read_types, values, _native.RESULT_COUNT, None, finish
        )

    def checked() -> Body[int]:
        count: int = yield start()
        if not count:
            yield from check_version(resolve(using), table, key)
        return count

    return Op(start) if table.version is None else Steps(checked)


def refresh(instance: Model, using: Using) -> Op[None]:
    """See Model.refresh."""
    table = table_of(type(instance))
    key, values = _stored_key(instance, table)

    def finish(found: Model | None) -> None:
        if found is None:
            raise ModelDoesNotExist(table.model, key)
        instance.__dict__.update(found.__dict__)
        mark(instance, LOADED)

    return Op(lambda: resolve(using).start(*table.reading(values), finish, apart=True))


def bulk_insert(model: type[M], instances: Sequence[M], using: Using) -> Op[list[M]]:
    """See Model.bulk_create."""
    table = table_of(model)
    objects = list(instances)
    for one in objects:
        if type(one) is not model:
            raise TypeError(
                f"{model.__name__}.bulk_create() takes instances of {model.__name__}, "
                f"not {type(one).__name__}"
            )
    groups = _groups(table, objects)

    def body() -> Body[list[M]]:
        if not objects:
            return objects
        database = resolve(using)
        if len(groups) == 1:
            yield from _bulk(database, groups)
        else:
            yield from atomic(database, _bulk(database, groups, objects))
        return objects

    return Steps(body)


def _groups(table: Table, objects: list[M]) -> list[tuple[Insert, list[M]]]:
    """The instances by what is inserted of them, those first that have their key."""
    if table.defaulted:
        found: dict[tuple[str, ...], tuple[Insert, list[M]]] = {}
        for one in objects:
            how = table.insert_for(one)
            found.setdefault(how.left, (how, []))[1].append(one)
        return [found[left] for left in sorted(found, key=lambda left: table.generated in left)]
    key = table.generated
    if key is None:
        return [(table.insert_all, objects)] if objects else []
    given = [one for one in objects if one.__dict__.get(key) is not None]
    unnumbered = [one for one in objects if one.__dict__.get(key) is None]
    groups = [(table.insert_all, given), (table.insert_numbered, unnumbered)]
    return [group for group in groups if group[1]]


def _bulk(
    database: Database, groups: list[tuple[Insert, list[M]]], all: list[M] | None = None
) -> Body[None]:
    """`all`: the rows as they were given, where there is more than one group."""
    made: list[list[Any] | None] = []
    for how, objects in groups:
        if how.key:
            for row, one in enumerate(objects):
                how.check_key(one.__dict__, row)
        returns, reads = how.returns, how.reads
        result = _native.RESULT_COUNT
        shape: Shape = None
        ending = None
        if returns is not None:
            result, shape = _native.RESULT_SCALARS, (returns.type,)
        elif reads is not None:
            result, shape = reads.shape(False)
            ending = reads.ending(False, None)
        try:
            keys = yield database.start_many(how.plan, how.columns, objects, result, shape, ending)
        except PyferroError as error:
            if error.row is not None and all is not None:
                failed = objects[error.row]
                error.row = next(row for row, one in enumerate(all) if one is failed)
            raise
        made.append(keys)
    # Not before all of it is stored: keys of rows that were rolled back would be lies.
    for (how, objects), keys in zip(groups, made, strict=True):
        if how.returns is not None:
            name = how.returns.name
            for one, key in zip(objects, keys or (), strict=True):
                one.__dict__[name] = key
        elif how.reads is not None:
            for one, row in zip(objects, keys or (), strict=True):
                how.keep(one, row)
        mark_all(objects)
