"""What this room needs beyond the core, and the one message for when it is not there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from khettara.errors import MissingExtra


@contextmanager
def needs_llm() -> Iterator[None]:
    """Around the import of a heavy library: without the library, `MissingExtra` names what to install."""
    # OpenMP's threads spin while they wait for one another: on a busy machine two of them trained 5 times slower than one.
    # It reads this once, when torch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        yield
    except ImportError as error:
        raise MissingExtra(
            f"the language model needs the library {error.name}, which is not installed",
            hint="Install it with `pip install 'khettara[llm]'`.",
        ) from error
