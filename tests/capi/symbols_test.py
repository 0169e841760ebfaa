"""Three lists of the functions of libferro that must be one: those the headers declare, those the
version script exports, and those the built library has. Nothing else may be visible in it, so that
what it is made of cannot clash with what its user is made of.

usage: symbols_test.py <folder of ferro.h> <ferro.map> <libferro.so> <nm>
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
DECLARATION = re.compile(r"\bFERRO_API\b[^;(]*?\b(\w+)\s*\(")
VERSION = re.compile(r"(\w[\w.]*)\s*\{(.*?)\}", re.DOTALL)


def declared(include: Path) -> list[str]:
    """Names of the functions that the headers declare, in their order."""
    names: list[str] = []
    for header in sorted(include.rglob("*.h")):
        text = COMMENT.sub(" ", header.read_text())
        text = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        found = DECLARATION.findall(text)
        # A declaration the pattern does not understand must not go unnoticed.
        if len(found) != len(re.findall(r"\bFERRO_API\b", text)):
            raise ValueError(f"{header.name} has a declaration of another form")
        names += found
    return names


def exported(script: Path) -> list[str]:
    """Names in the `global:` parts of a linker's version script."""
    names: list[str] = []
    for _, body in VERSION.findall(COMMENT.sub(" ", script.read_text())):
        public = body.partition("global:")[2].partition("local:")[0]
        names += [name.strip() for name in public.split(";") if name.strip()]
    return names


def visible(library: Path, nm: str) -> list[str]:
    """Names of the dynamic symbols of a shared library, without those that name versions."""
    listing = subprocess.run(
        [nm, "-D", "--defined-only", "--format=posix", str(library)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names: list[str] = []
    for line in listing.splitlines():
        name, kind = line.split()[:2]
        if kind != "A":
            names.append(name.partition("@")[0])
    return names


def main(arguments: list[str]) -> int:
    if len(arguments) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    include, script, library, nm = arguments
    lists = {
        "declared in the headers": declared(Path(include)),
        "exported by ferro.map": exported(Path(script)),
        "visible in the library": visible(Path(library), nm),
    }
    everything = {name for names in lists.values() for name in names}
    faults = [] if everything else ["no function was found at all"]
    for where, names in lists.items():
        faults += [f"{name}: not {where}" for name in sorted(everything - set(names))]
        faults += [f"{name}: twice {where}" for name in sorted(set(names)) if names.count(name) > 1]
    faults += [
        f"{name}: no name of ours" for name in sorted(everything) if not name.startswith("ferro_")
    ]
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(everything)} functions, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
