"""What this room needs beyond the core, and the one message for when it is not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from khettara.errors import MissingExtra


@contextmanager
def needs_llm() -> Iterator[None]:
    """Around the import of a heavy library: without the library, `MissingExtra` names what to install."""
    try:
        yield
    except ImportError as error:
        raise MissingExtra(
            f"the language model needs the library {error.name}, which is not installed",
            hint="Install it with `pip install 'khettara[llm]'`.",
        ) from error
