"""Owners: which process holds a lease, and whether it is certainly gone."""

import os
import secrets
import socket
from pathlib import Path

_START = 19
"""Place of the start time in what follows the name in /proc/<pid>/stat."""


def name() -> str:
    """Return a name for this process that no later process can have, even one with the same pid."""
    return f"{_host()}|{os.getpid()}|{_started(os.getpid())}|{secrets.token_hex(4)}"


def is_gone(owner: str) -> bool:
    """Whether the owner was a process of this host that has ended; False if that cannot be known."""
    host, pid, started, _ = owner.split("|") if owner.count("|") == 3 else ("", "0", "", "")  # noqa: PLR2004 - as above
    if host != _host() or not Path("/proc/self/stat").exists():
        return False
    return _started(int(pid)) != started


def _host() -> str:
    """Name what pids are counted in: two containers may share a host name, but not this."""
    try:
        space = Path("/proc/self/ns/pid").readlink().name
    except OSError:
        space = ""
    return f"{socket.gethostname()[:60]}/{space}"


def _started(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[_START]
