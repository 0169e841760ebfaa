"""Annotations as each way of writing them leaves them behind.

`from __future__ import annotations` makes text of them. Without it they are values up to Python
3.13, and from 3.14 on a function that is called when someone asks. Models are therefore written
here as text and run with the import and without: not the rest of a test file decides.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import pyferro
from pyferro import Model, _native
from pyferro.tables.table import table_of

HEAD = """
from datetime import date
from typing import ClassVar, Generic, TypeVar
from pyferro import PK, Field, Model
"""
LATE = sys.version_info >= (3, 14)

pytestmark = pytest.mark.filterwarnings("ignore:Field name")


@pytest.fixture(params=["", "from __future__ import annotations\n"], ids=["as is", "text"])
def run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Runs the text of a module and gives the module."""

    def make(body: str) -> ModuleType:
        module = ModuleType("written_in_a_test")
        monkeypatch.setitem(sys.modules, module.__name__, module)
        # Or the import at the top of this file would count for the text as well.
        code = compile(request.param + HEAD + body, "<test>", "exec", dont_inherit=True)
        exec(code, module.__dict__)
        return module

    make.postponed = LATE or bool(request.param)  # type: ignore[attr-defined]
    yield make
    pyferro.reset_engine()


Run = Callable[[str], ModuleType]


def types_of(model: Any) -> dict[str, int]:
    # On the class the name is still the method's.
    return {name: column.type for name, column in table_of(model).columns.items()}


def test_fields_with_names_of_methods_have_no_default(run: Run) -> None:
    made = run(
        """
class Counted(Model):
    id: PK[int]
    count: int
    first: str | None = None
    save: date
    delete: int = Field(ge=0)
"""
    ).Counted
    fields = made.__pydantic_fields__
    required = {name for name in fields if fields[name].is_required()}
    assert required == {"count", "save", "delete"}
    assert fields["first"].default is None
    with pytest.raises(ValueError, match="Field required"):
        made(save="2024-02-29", delete=1)
    assert types_of(made)["count"] == _native.INT64
    assert types_of(made)["save"] == _native.DATE


def test_they_are_stored_and_loaded(run: Run) -> None:
    made = run("class Counted(Model):\n    id: PK[int]\n    count: int\n    all: str\n").Counted
    pyferro.connect("sqlite::memory:").run().create_tables(made).run()
    made(count=3, all="ä").save().run()
    (loaded,) = made.where(count=3).all().run()
    assert loaded == made(id=1, count=3, all="ä")


def test_methods_that_no_field_hides_stay(run: Run) -> None:
    module = run(
        """
class Plain(Model):
    id: PK[int]
    limit: ClassVar[int]
class Below(Plain):
    count: int
"""
    )
    assert module.Plain.count.__func__ is Model.count.__func__
    assert module.Plain.limit.__func__ is Model.limit.__func__
    assert "count" not in module.Plain.__pydantic_fields__
    assert module.Below.__pydantic_fields__["count"].is_required()
    assert list(module.Below.__pydantic_fields__) == ["id", "count"]


def test_classes_below_inherit_the_field_and_its_default(run: Run) -> None:
    module = run(
        """
class Counted(Model):
    id: PK[int]
    count: int = Field(ge=0)
    first: str | None = None
class Below(Counted):
    more: int
class Changed(Below):
    count: str
"""
    )
    fields = module.Below.__pydantic_fields__
    assert fields["count"].is_required()
    assert fields["first"].default is None
    with pytest.raises(ValueError, match="greater than or equal to 0"):
        module.Below(count=-1, more=1)
    assert module.Below(count=1, more=1).count == 1
    assert types_of(module.Changed)["count"] == _native.TEXT
    # The methods are still those of each class.
    assert module.Below.count.__func__ is Model.count.__func__
    assert module.Below.count.__self__ is module.Below
    pyferro.connect("sqlite::memory:").run().create_tables(module.Below).run()
    module.Below(count=1, more=1).save().run()
    assert module.Below.count().run() == 1
    assert module.Below.first().run().count == 1


def test_annotations_behind_a_condition(run: Run) -> None:
    module = run(
        """
class Partly(Model):
    id: PK[int]
    if True:
        count: int
    else:
        first: int
"""
    )
    assert list(module.Partly.__pydantic_fields__) == ["id", "count"]
    assert module.Partly.__pydantic_fields__["count"].is_required()
    assert callable(module.Partly.first)


def test_a_type_that_is_defined_later(run: Any) -> None:
    # Where annotations are values, only quotes let a name wait.
    later = "Later" if run.postponed else '"Later"'
    module = run(
        f"""
class Early(Model):
    id: PK[int]
    count: {later}
complete = Early.__pydantic_complete__
Later = int
Early.model_rebuild()
"""
    )
    assert not module.complete
    assert module.Early.__pydantic_fields__["count"].is_required()
    assert types_of(module.Early)["count"] == _native.INT64
    assert module.Early(count=3).count == 3


def test_a_generic_model(run: Run) -> None:
    module = run(
        """
T = TypeVar("T")
class Box(Model, Generic[T], abstract=True):
    id: PK[int]
    count: T
class Numbers(Box[int]):
    pass
"""
    )
    assert module.Numbers.__pydantic_fields__["count"].is_required()
    assert types_of(module.Numbers)["count"] == _native.INT64


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the syntax came with Python 3.12")
def test_type_parameters_in_brackets(run: Run) -> None:
    module = run(
        """
class Box[T](Model, abstract=True):
    id: PK[int]
    count: T
class Numbers(Box[int]):
    first: int
"""
    )
    fields = module.Numbers.__pydantic_fields__
    assert fields["count"].is_required()
    assert fields["first"].is_required()
    assert types_of(module.Numbers)["count"] == _native.INT64


def test_importing_warns_of_nothing(tmp_path: Path) -> None:
    # What a newer Python is about to drop says so first; an extension made for a build without the
    # interpreter lock and not fit for it would, too.
    script = "from pyferro import Model, PK\nclass User(Model):\n    id: PK[int]\n    count: int\n"
    script = "import warnings\nimport pydantic\nwarnings.simplefilter('error')\n" + script.replace(
        "class", "warnings.filterwarnings('ignore', 'Field name')\nclass"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
