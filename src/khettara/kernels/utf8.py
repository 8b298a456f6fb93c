"""Code points from UTF-8 bytes, and tables over code points. Loops must not trust that bytes are valid UTF-8.

code, width = decode(data, at, end)     # U+FFFD and 1 where the bytes at `at` are no code point
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from khettara.kernels.columns import Bytes
from khettara.kernels.jit import inline

N_CODES = 0x20000
"""Tables end here: planes 0 and 1. Beyond are rare ideographs and selectors, which `slot` maps to one place."""


@inline
def decode(data: Bytes, at: int, end: int) -> tuple[Any, int]:
    """The code point that begins at `at`, and its width in bytes; reads nothing at or after `end`."""
    first = np.int64(data[at])
    if first < 0x80:
        return first, 1
    if 0xC2 <= first < 0xE0 and at + 1 < end:
        second = np.int64(data[at + 1])
        if second & 0xC0 == 0x80:
            return (first & 0x1F) << 6 | (second & 0x3F), 2
    elif 0xE0 <= first < 0xF0 and at + 2 < end:
        second, third = np.int64(data[at + 1]), np.int64(data[at + 2])
        code = (first & 0x0F) << 12 | (second & 0x3F) << 6 | (third & 0x3F)
        if second & 0xC0 == 0x80 and third & 0xC0 == 0x80 and code >= 0x800 and not 0xD800 <= code < 0xE000:
            return code, 3
    elif 0xF0 <= first < 0xF5 and at + 3 < end:
        second, third, fourth = np.int64(data[at + 1]), np.int64(data[at + 2]), np.int64(data[at + 3])
        code = (first & 0x07) << 18 | (second & 0x3F) << 12 | (third & 0x3F) << 6 | (fourth & 0x3F)
        if second & 0xC0 == 0x80 and third & 0xC0 == 0x80 and fourth & 0xC0 == 0x80 and 0x10000 <= code <= sys.maxunicode:
            return code, 4
    return np.int64(0xFFFD), 1


@inline
def slot(code: int) -> int:
    """Where a code point stands in a table of `N_CODES`."""
    return code if code < N_CODES else N_CODES - 1


def table(value: Callable[[int], int], kind: Any = np.uint8) -> npt.NDArray[Any]:
    """A table over code points, worked out one by one: `table(lambda code: chr(code).isalpha())`. Costs about 50 ms; keep it."""
    return np.fromiter((value(code) for code in range(N_CODES)), kind, N_CODES)
