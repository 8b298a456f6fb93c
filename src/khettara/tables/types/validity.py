"""Keys that prove a number: RIB and ICE by 97, payment cards by Luhn. Over whole columns.

["011810000012345678901234"]  ->  [False]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.table import Array


def are_97(cells: pa.StringArray) -> Array:
    """Which are a multiple of 97 (ISO 7064 MOD 97-10, as RIB and ICE use it); nothing but zeros is no number.

    >>> are_97(pa.array(["009900123000064", "009900123000065", "000000000000000", None])).tolist()
    [True, False, False, False]
    """
    some = pc.fill_null(pc.match_substring_regex(cells, "^[0-9]*[1-9][0-9]*$"), False)
    digits = pc.if_else(some, cells, "0")
    width = -(-(pc.max(pc.binary_length(digits)).as_py() or 0) // 8) * 8
    digits = pc.utf8_lpad(digits, width, "0")
    rest = np.zeros(len(cells), np.int64)
    for start in range(0, width, 8):  # the remainder so far stands before eight more digits, and all fits into 64 bits
        eight = pc.cast(pc.utf8_slice_codeunits(digits, start, start + 8), pa.int64()).to_numpy(zero_copy_only=False)
        rest = (rest * 10**8 + eight) % 97
    fits: Array = (rest == 0) & some.to_numpy(zero_copy_only=False)
    return fits


def are_luhn(cells: pa.StringArray) -> Array:
    """Which have the key of payment cards.

    >>> are_luhn(pa.array(["4111111111111111", "4111111111111112", ""])).tolist()
    [True, False, False]
    """
    from khettara.darija.identifiers.keys import is_luhn

    return np.array([bool(cell) and cell.isascii() and cell.isdigit() and is_luhn(cell) for cell in cells.to_pylist()], bool)


CHECKS: Mapping[str, Callable[[pa.StringArray], Array]] = {"mod97": are_97, "luhn": are_luhn}
