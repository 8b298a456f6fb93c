"""Records with the same text: byte for byte, or once case, marks, digits' shapes and blanks are folded away.

"السوق الكبير" and "الســوق، الكبير!"  ->  one norm_hash, and the least by (priority, source, id) stays
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from khettara.engine import Records, copies, lost, plain_keys, repeats

MEMORY = 4 << 20


@dataclass(frozen=True)
class SameText:
    """A join on a column of 64-bit hashes; a null hash is nobody's copy."""

    rule: str
    because: str
    columns: tuple[str]
    cuts: str | None = None
    memory: int = MEMORY

    def record(self) -> Mapping[str, Any]:
        """See `Join`."""
        return {"join": self.rule, "version": 2, "columns": list(self.columns)}

    def losers(self, records: Records) -> Iterator[pa.Table]:
        """See `Join`."""
        for table in copies(records, self.record(), self.columns[0], plain_keys, self.memory):
            yield lost(table, repeats(table["key"]))
