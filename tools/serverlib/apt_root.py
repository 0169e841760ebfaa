"""Packages of another suite of the distribution, unpacked into a folder by a private apt.

Nothing outside that folder changes. The mirror and the keys are the machine's own, read from its
apt configuration. An empty list of installed packages makes apt fetch every dependency, the C
library included.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from .process import ServerError

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SOURCES = Path("/etc/apt")


def unpack(suite: str, package: str, work: Path) -> Path:
    """Fetch `package` of `suite` with all it depends on below `work`; return the unpacked root."""
    for name in ("lists/partial", "cache/archives/partial", "etc", "root"):
        (work / name).mkdir(parents=True, exist_ok=True)
    (work / "status").touch()
    (work / "etc/sources.list").write_text(f"deb [signed-by={KEYRING}] {_mirror()} {suite} main\n")
    apt = [
        "apt-get", "-q",
        "-o", f"Dir::Etc::sourcelist={work / 'etc/sources.list'}",
        "-o", "Dir::Etc::sourceparts=/dev/null",
        "-o", "Dir::Etc::preferencesparts=/dev/null",
        "-o", f"Dir::State::lists={work / 'lists'}",
        "-o", f"Dir::State::status={work / 'status'}",
        "-o", f"Dir::Cache={work / 'cache'}",
        "-o", "APT::Install-Recommends=false",
        "-o", f"APT::Sandbox::User={'root' if os.getuid() == 0 else ''}",
        "-o", "Acquire::Retries=3",
        "-o", "APT::Update::Error-Mode=any",
        "-o", "Acquire::http::Timeout=30",
        "-o", "Acquire::https::Timeout=30",
        # The system's dpkg lock guards the system's packages, and those are not touched.
        "-o", "Debug::NoLocking=true",
    ]  # fmt: skip
    _run([*apt, "update"])
    _run([*apt, "-y", "--download-only", "install", package])
    for archive in sorted((work / "cache/archives").glob("*.deb")):
        _run(["dpkg", "-x", str(archive), str(work / "root")])
    return work / "root"


def _mirror() -> str:
    """The address this machine gets its own release from, whichever way it is written down."""
    if not KEYRING.exists():
        raise ServerError(f"not a Debian machine: {KEYRING} is missing")
    entries: list[tuple[str, str]] = []
    for path in sorted(SOURCES.glob("sources.list.d/*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text()):
            fields = dict(re.findall(r"^(URIs|Suites|Components):[ \t]*(.*)$", stanza, re.M))
            if "main" in fields.get("Components", "").split():
                uris, suites = fields.get("URIs", "").split(), fields.get("Suites", "").split()
                entries += [(uri, suite) for uri in uris for suite in suites]
    for path in [SOURCES / "sources.list", *sorted(SOURCES.glob("sources.list.d/*.list"))]:
        text = path.read_text() if path.exists() else ""
        for uri, suite in re.findall(
            r"^deb\s+(?:\[.*?\]\s+)?(\S+)\s+(\S+)\s.*\bmain\b", text, re.M
        ):
            entries.append((uri, suite))
    release = codename()
    for uri, suite in entries:
        # Exactly the release: its security archive is elsewhere and incomplete, and third parties
        # name their suites in their own way.
        if suite == release and "security" not in uri and "debian" in uri:
            return uri
    raise ServerError(f"the apt configuration names no mirror for {release}")


def codename() -> str:
    found = re.search(r"^VERSION_CODENAME=\"?(\w+)", Path("/etc/os-release").read_text(), re.M)
    return found.group(1) if found else "stable"


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise ServerError(
            f"{command[0]} ended with {done.returncode}: {lines[-1] if lines else ''}"
        )
