"""The models this process has defined, by where they stand, for what concerns all of them.

Defining a class of the same module and qualified name again replaces it, so that notebooks and
reloads work. Nothing here reads a model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .model import Model

_models: dict[tuple[str, str], type[Model]] = {}


def register(model: type[Model]) -> None:
    where = model.__module__, model.__qualname__
    replaced = where in _models
    _models[where] = model
    if replaced:
        # Relations that name it lead to the new one.
        for other in _models.values():
            type.__setattr__(other, "__ferro_relations__", {})


def models() -> list[type[Model]]:
    """All known models that have a table, in the order of their definition."""
    return list(_models.values())


def find(name: str, near: type[Model]) -> type[Model] | None:
    """The model of that name: `Post`, or `shop.models.Post`; of several the nearest to `near`.

    Nearest is one defined in the same scope, then in the same module, then the only one.
    """
    module, _, short = name.rpartition(".")
    found = [
        model
        for model in _models.values()
        if model.__name__ == short and (not module or _is_in(model, module))
    ]
    if len(found) > 1:
        scope = near.__qualname__.rpartition(".")[0]
        same = [model for model in found if model.__module__ == near.__module__]
        within = [model for model in same if model.__qualname__.rpartition(".")[0] == scope]
        found = within or same or found
    return (
        found[-1]
        if len(found) == 1 or (found and found[-1].__module__ == near.__module__)
        else None
    )


def _is_in(model: type[Model], module: str) -> bool:
    return model.__module__ == module or model.__module__.endswith(f".{module}")


def clear_registry() -> None:
    """Forget all models: `auto_migrate` creates nothing for those defined before."""
    _models.clear()


def model_of_table(table: str) -> type[Model] | None:
    """The model with a table of that name, the last one where there are several."""
    for model in reversed(_models.values()):
        if model.__dict__.get("__ferro_table_name__") == table:
            return model
    return None


def may_hold_secrets(table: str | None) -> bool:
    """Whether a table has columns of secrets; of an unknown one, whether any table has."""
    infos: list[Any] = [model.__dict__.get("__ferro_info__") for model in _models.values()]
    return any(
        info is not None and info.has_secrets and (not table or info.name == table)
        for info in infos
    )


def _foreign_keys(info: Any) -> list[Any]:
    """Those of a table; none while a relation leads to a model that is not there."""
    try:
        return list(info.foreign_keys)
    except TypeError:
        return []


def columns_of_constraint(table: str | None, constraint: str) -> tuple[str, ...]:
    """The columns of a key or constraint as the models declare it; empty if unknown."""
    for model in _models.values():
        info: Any = model.__dict__.get("__ferro_info__")
        if info is None or (table and info.name != table):
            continue
        for unique_name, columns in info.uniques:
            if unique_name == constraint:
                return tuple(columns)
        for one in (*_foreign_keys(info), *info.checks, *info.indexes):
            if one.name == constraint:
                return tuple(one.columns)
        if constraint in (f"{info.name}_pkey", "PRIMARY") and (table or constraint != "PRIMARY"):
            return tuple(info.key)
    return ()
