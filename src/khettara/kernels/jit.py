"""How a loop becomes machine code: compiled at its first call, then kept on disk, without holding the interpreter's lock.

    @kernel
    def count_blanks(data, offsets, out): ...

Compiled code is kept in a folder named by a hash of every file of this room: Numba itself notices a change in the
file of a function, but not in the files of the functions that it calls.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar, cast

_HERE = Path(__file__).parent
Loop = TypeVar("Loop", bound=Callable[..., Any])


def _cache_folder() -> Path:
    """Beside the sources where that can be written, else in the user's cache."""
    sources = blake2b(digest_size=8)
    for path in sorted(_HERE.glob("*.py")):
        sources.update(path.read_bytes())
    beside = _HERE / "__pycache__"
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "khettara" / "kernels"
    writable = os.access(beside, os.W_OK) if beside.exists() else os.access(_HERE, os.W_OK)
    checked = "-checked" if os.environ.get("NUMBA_BOUNDSCHECK", "0") != "0" else ""
    return (beside if writable else home) / f"compiled-{sources.hexdigest()}{checked}"


if "NUMBA_CACHE_DIR" not in os.environ:
    os.environ["NUMBA_CACHE_DIR"] = str(_cache_folder())
    if not Path(os.environ["NUMBA_CACHE_DIR"]).exists():
        print("compiling kernels, once: some seconds for each step that uses them", file=sys.stderr)
        Path(os.environ["NUMBA_CACHE_DIR"]).mkdir(parents=True, exist_ok=True)

import numba  # noqa: E402  its settings are read when it is imported


def kernel(loop: Loop) -> Loop:
    """Compile a loop over arrays: no interpreter, no lock, no bounds checks (unless NUMBA_BOUNDSCHECK=1), division as in C.

    Floating point stays exact (`fastmath` is off), so that a result is the same on every machine.
    """
    compiled: Any = numba.njit(nogil=True, cache=True, error_model="numpy")(loop)
    return cast(Loop, compiled)


def inline(loop: Loop) -> Loop:
    """Compile a small function that kernels call: it has no code of its own on disk, it becomes part of its callers'."""
    compiled: Any = numba.njit(nogil=True, error_model="numpy", inline="never")(loop)
    return cast(Loop, compiled)


def forget_older() -> None:
    """Remove what was compiled from other versions of these files."""
    current = Path(os.environ["NUMBA_CACHE_DIR"])
    for folder in current.parent.glob("compiled-*"):
        if not folder.name.startswith(current.name):
            shutil.rmtree(folder, ignore_errors=True)
