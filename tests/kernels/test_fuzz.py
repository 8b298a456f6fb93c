"""Any bytes through every kernel, compiled with bounds checks; `fuzz_kernels.py` does the same for as long as wanted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.kernels import fuzz_kernels

ROOT = Path(__file__).parents[2]

rows = st.lists(st.lists(st.sampled_from(fuzz_kernels.SEEDS) | st.binary(max_size=6), max_size=20).map(b"".join), max_size=4)
columns = st.builds(fuzz_kernels.column_of, rows, st.booleans(), st.sampled_from(fuzz_kernels.SEEDS), st.integers(0, 3), st.integers(0, 3))


@pytest.mark.parametrize("name", fuzz_kernels.KERNELS)
@settings(max_examples=40)
@given(column=columns)
def test_any_bytes(name: str, column: pa.Array) -> None:
    """No bytes make a kernel fail, and what it says of a row does not depend on the rows, bytes and offsets around it."""
    fuzz_kernels.check(column, [name])


def test_bounds() -> None:
    """Compiled with bounds checks, no kernel reads or writes outside its arrays."""
    environment = os.environ | {"NUMBA_BOUNDSCHECK": "1", "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])}
    environment.pop("NUMBA_CACHE_DIR", None)  # what is compiled with checks is kept in a folder of its own
    command = [sys.executable, str(ROOT / "tests" / "kernels" / "fuzz_kernels.py"), "--seconds", "5", "--seed", "7"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "nothing" in done.stdout
