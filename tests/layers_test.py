"""Who may include whom. All of the engine is compiled with one include directory, so the compiler
does not keep the layers apart; this reads every #include line and does. A folder that no row names
is a fault, not a free pass.

usage: layers_test.py <root of the source tree>
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

SUFFIXES = frozenset({".c", ".cc", ".h"})
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
ANY_INCLUDE = re.compile(r"^\s*#\s*include\b")
C99 = frozenset({"stddef.h", "stdint.h"})  # all that the public headers need of C

# Client libraries, and the one folder that may know each.
CLIENTS = {
    "libpq-fe.h": "dialects/postgresql",
    "libpq-events.h": "dialects/postgresql",
    "libpq/": "dialects/postgresql",
    "pg_config": "dialects/postgresql",
    "postgresql/": "dialects/postgresql",
    "sqlite3": "dialects/sqlite",
    "mysql": "dialects/mysql",
    "mariadb": "dialects/mysql",
    "errmsg.h": "dialects/mysql",
    "Python.h": "pyferro/native",
    "structmember.h": "pyferro/native",
    "datetime.h": "pyferro/native",
}

# What a folder may include of ours besides itself: folders (they end with "/") and files.
ROWS: dict[str, tuple[str, ...]] = {
    "engine/base": (),
    "engine/value": ("engine/base/",),
    "engine/ast": ("engine/base/", "engine/value/type.h"),
    "engine/plan": ("engine/base/", "engine/value/", "engine/ast/"),
    # It compiles plans from their bytes, so it calls the reader.
    "engine/sql": (
        "engine/base/",
        "engine/value/",
        "engine/ast/",
        "engine/plan/reader.h",
        "engine/regex/utf8.h",
    ),
    "engine/regex": ("engine/base/", "engine/value/text.h"),
    "engine/schema": ("engine/base/", "engine/value/", "engine/ast/"),
    "engine/runtime": ("engine/base/",),
    "engine/db": (
        "engine/base/",
        "engine/value/",
        "engine/ast/",
        "engine/plan/",
        "engine/sql/",
        "engine/schema/",
        "engine/runtime/",
    ),
    "dialects/ansi": ("engine/",),
    "dialects/sqlite": ("engine/",),
    "dialects/postgresql": ("engine/",),
    "dialects/mysql": ("engine/",),
    "capi/src": ("engine/", "dialects/builtin.h", "ferro.h", "ferro/"),
    "capi/include": ("ferro/",),
    "pyferro/native": ("ferro.h", "ferro/"),
}
# Where the dialects come together: each one's public header.
BUILTIN = ("dialects/builtin.h", "engine/")
PUBLIC_HEADER = re.compile(r"dialects/(\w+)/\1\.h")


def includes(file: Path) -> Iterator[tuple[int, str, bool]]:
    """Line, path and whether it stands in quotes, of each #include."""
    for number, line in enumerate(file.read_text().splitlines(), start=1):
        if match := INCLUDE.match(line):
            yield number, match[1] or match[2], match[1] is not None
        elif ANY_INCLUDE.match(line):
            yield number, "a macro", True


def row_of(path: str) -> str | None:
    return next((folder for folder in ROWS if path.startswith(folder + "/")), None)


def fault_of(path: str, included: str, quoted: bool) -> str | None:
    """Why the file at `path` may not include that, or None."""
    for client, owner in CLIENTS.items():
        if included.startswith(client):
            return None if path.startswith(owner + "/") else f"only {owner} may know this library"
    folder = row_of(path)
    if folder == "capi/include":
        allowed = included.startswith("ferro/") if quoted else included in C99
        return None if allowed else "public headers are C99 and include each other"
    if not quoted:
        return None  # the system's
    if included.startswith("absl/"):
        return "it does not link abseil" if folder == "pyferro/native" else None
    if folder is None:
        if path not in ("dialects/builtin.cc", "dialects/builtin.h"):
            return "no row says what this folder may include"
        allowed = included.startswith(BUILTIN) or PUBLIC_HEADER.fullmatch(included) is not None
    else:
        allowed = included.startswith((*ROWS[folder], folder + "/"))
    return None if allowed else "a layer that it may not know"


def faults(root: Path) -> Iterator[str]:
    seen: set[str] = set()
    for top in ("engine", "dialects", "capi", "pyferro/native"):
        for file in sorted((root / top).rglob("*")):
            if file.suffix not in SUFFIXES:
                continue
            path = file.relative_to(root).as_posix()
            seen.add(row_of(path) or path)
            for line, included, quoted in includes(file):
                if why := fault_of(path, included, quoted):
                    yield f"{path}:{line}: {included}: {why}"
    missing = set(ROWS) - seen - {"engine/schema"}
    yield from (f"{folder}: nothing was read there" for folder in sorted(missing))


def self_check() -> Iterator[str]:
    """Includes whose answer is known, so that a rule that lets everything pass is noticed."""
    for path, included, quoted, allowed in (
        ("engine/base/error.h", "engine/value/value.h", True, False),
        ("engine/base/error.h", "absl/status/status.h", True, True),
        ("engine/base/error.h", "string", False, True),
        ("engine/ast/expr.h", "engine/value/type.h", True, True),
        ("engine/ast/expr.h", "engine/value/value.h", True, False),
        ("engine/sql/compile.cc", "engine/db/driver.h", True, False),
        ("engine/runtime/task.h", "engine/value/batch.h", True, False),
        ("engine/db/pool.cc", "engine/sql/dialect.h", True, True),
        ("engine/db/pool.cc", "dialects/builtin.h", True, False),
        ("engine/db/pool.cc", "sqlite3.h", False, False),
        ("dialects/sqlite/driver.cc", "sqlite3.h", False, True),
        ("dialects/sqlite/driver.cc", "libpq-fe.h", False, False),
        ("dialects/mysql/driver.cc", "dialects/sqlite/sqlite.h", True, False),
        ("dialects/builtin.cc", "dialects/sqlite/sqlite.h", True, True),
        ("dialects/builtin.cc", "dialects/sqlite/handle.h", True, False),
        ("dialects/newsql/driver.cc", "engine/base/error.h", True, False),
        ("capi/src/guard.h", "dialects/builtin.h", True, True),
        ("capi/src/guard.h", "dialects/sqlite/sqlite.h", True, False),
        ("capi/src/guard.h", "Python.h", False, False),
        ("capi/include/ferro/base.h", "stdint.h", False, True),
        ("capi/include/ferro/base.h", "string", False, False),
        ("capi/include/ferro/base.h", "engine/base/error.h", True, False),
        ("pyferro/native/module.cc", "ferro/plan.h", True, True),
        ("pyferro/native/module.cc", "engine/plan/writer.h", True, False),
        ("pyferro/native/module.cc", "absl/status/status.h", True, False),
    ):
        if (fault_of(path, included, quoted) is None) != allowed:
            yield f"the rules are wrong about {path} and {included}"


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    found = [*self_check(), *faults(Path(arguments[0]))]
    for fault in found:
        print(fault, file=sys.stderr)
    print(f"{len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
