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
    rest = np.zeros(len(cells), np.int64)
    longest = pc.max(pc.utf8_length(cells)).as_py() or 0
    # Eight digits at a time: the remainder so far stands before them, and all fits into 64 bits.
    for start in range(0, longest, 8):
        digits = pc.utf8_slice_codeunits(cells, start, start + 8)
        value = pc.fill_null(pc.cast(pc.if_else(pc.match_substring_regex(digits, r"^[0-9]+$"), digits, None), pa.int64()), 0)
        length = pc.fill_null(pc.utf8_length(digits), 0).to_numpy(zero_copy_only=False)
        rest = (rest * 10**length + value.to_numpy(zero_copy_only=False)) % 97
    some = pc.fill_null(pc.match_substring_regex(cells, r"^[0-9]*[1-9][0-9]*$"), False).to_numpy(zero_copy_only=False)
    fits: Array = (rest == 0) & some
    return fits


def are_luhn(cells: pa.StringArray) -> Array:
    """Which have the key of payment cards.

    >>> are_luhn(pa.array(["4111111111111111", "4111111111111112", ""])).tolist()
    [True, False, False]
    """
    from khettara.darija.identifiers.keys import is_luhn

    return np.array([bool(cell) and cell.isascii() and cell.isdigit() and is_luhn(cell) for cell in cells.to_pylist()], bool)


CHECKS: Mapping[str, Callable[[pa.StringArray], Array]] = {"mod97": are_97, "luhn": are_luhn}
