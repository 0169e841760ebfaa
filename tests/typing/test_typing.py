"""What mypy and basedpyright say of the files in cases/, without a plugin.

A line that ends in `# wrong` has to be refused, every other has to pass; so an expectation is an
`assert_type`, or a mistake with that comment. The files that hold no mistakes also run, which finds
what stubs declare and the package does not have.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
CASES = HERE / "cases"
FILES = sorted(path.name for path in CASES.glob("*.py"))
RIGHT = [name for name in FILES if name != "wrong.py"]
ROOT = HERE.parent.parent

Problems = Mapping[str, Mapping[int, list[str]]]  # by file and line


def package() -> Path:
    """Where the package is that the other tests import."""
    spec = importlib.util.find_spec("pyferro")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def run(*command: str, cwd: Path, **more: str) -> str:
    # A checker is not what is tested, so no sanitizer is loaded before it.
    kept = {key: value for key, value in os.environ.items() if key not in _OURS}
    done = subprocess.run(
        command, cwd=cwd, env=kept | more, capture_output=True, text=True, timeout=300
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


_OURS = ("LD_PRELOAD", "PYTHONPATH", "PYTHONMALLOC")


@cache
def mypy(folder: Path) -> Problems:
    text = run(
        *(sys.executable, "-m", "mypy", "--strict", "--output=json", "--config-file="),
        *(f"--cache-dir={folder / 'cache'}", *FILES),
        cwd=CASES,
        MYPYPATH=str(folder),
    )
    found: dict[str, dict[int, list[str]]] = {}
    for one in map(json.loads, text.splitlines()):
        if one["severity"] == "error":
            found.setdefault(one["file"], {}).setdefault(one["line"], []).append(one["message"])
    return found


@cache
def basedpyright(folder: Path) -> Problems:
    settings = {
        "include": [str(CASES)],
        "extraPaths": [str(folder), str(CASES)],
        "typeCheckingMode": "standard",
        "pythonVersion": "3.11",
    }
    config = folder / "pyrightconfig.json"
    config.write_text(json.dumps(settings))
    program = Path(sys.executable).parent / "basedpyright"
    text = run(
        *(str(program), "--outputjson", "-p", str(config), "--pythonpath", sys.executable),
        cwd=folder,
    )
    said = json.loads(text)
    assert said["summary"]["filesAnalyzed"] == len(FILES)
    found: dict[str, dict[int, list[str]]] = {}
    for one in said["generalDiagnostics"]:
        if one["severity"] == "error":
            name, line = Path(one["file"]).name, one["range"]["start"]["line"] + 1
            found.setdefault(name, {}).setdefault(line, []).append(one["message"])
    return found


CHECKERS = {"mypy": mypy, "basedpyright": basedpyright}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that has the package and nothing else of where that is installed."""
    made = tmp_path_factory.mktemp("typing")
    (made / "pyferro").symlink_to(package(), target_is_directory=True)
    return made


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("checker", CHECKERS)
def test_what_checkers_say(checker: str, name: str, folder: Path) -> None:
    found = CHECKERS[checker](folder).get(name, {})
    lines = (CASES / name).read_text().splitlines()
    wrong = {number for number, line in enumerate(lines, 1) if line.endswith("# wrong")}
    assert bool(wrong) == (name not in RIGHT)
    accepted = [f"{number}: {lines[number - 1]}" for number in sorted(wrong - found.keys())]
    refused = {number: found[number] for number in sorted(found.keys() - wrong)}
    assert not accepted
    assert not refused


def test_nothing_is_said_of_other_files(folder: Path) -> None:
    for checker in CHECKERS.values():
        assert set(checker(folder)) <= set(FILES)


def test_the_package_is_strict() -> None:
    text = run(
        *(sys.executable, "-m", "mypy", "--output=json"),
        *(f"--config-file={ROOT / 'pyproject.toml'}", "--cache-dir", os.devnull),
        cwd=ROOT,
    )
    assert not text.strip()


@pytest.mark.parametrize("name", RIGHT)
def test_cases_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(CASES))
    module = name.removesuffix(".py")
    if module in sys.modules:
        return
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"\w+ was never awaited", RuntimeWarning)
        importlib.import_module(module)
