"""Forms: how the codes of a column are written, letter by letter, and which of them are no number of anybody.

K0184223, K0771030, K123, 1234567   ->   `A9999999` is the form; `K123` and `1234567` have another

Codes of one office have one length. Running numbers have not: 99,998 goes before 100,001, and is no shorter for a slip.
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from khettara.tables.types.content import plain_cells

LETTER = r"[^0-9\x00-/:-@]"
FIXED = 0.94
"""So many codes of one length make it the length of all; what slips and placeholders do is less."""
_FEW = 20
_AS_NEAR = 3.0
"""Running numbers of the next length go on from the usual ones, as close as those lie; one that lost a digit may lie anywhere."""


def capitals(cells: pa.StringArray) -> pa.StringArray:
    """Cells in capitals, without marks and blanks around them."""
    return pc.utf8_upper(plain_cells(cells))


def runs(codes: pa.StringArray) -> pa.StringArray:
    """The runs of letters and digits, as `A9`."""
    return pc.replace_substring_regex(pc.replace_substring_regex(_bare_of_plus(codes), f"{LETTER}+", "A"), "[0-9]+", "9")


def signs(codes: pa.StringArray) -> pa.StringArray:
    """Each letter as `A`, each digit as `9`."""
    return pc.replace_substring_regex(pc.replace_substring_regex(_bare_of_plus(codes), LETTER, "A"), "[0-9]", "9")


def _bare_of_plus(codes: pa.StringArray) -> pa.StringArray:
    """The + of a telephone number is no sign of its own."""
    return pc.utf8_ltrim(codes, "+")


def usual_form(codes: pa.StringArray, mostly: float) -> str | None:
    """The pattern that the codes follow: with its length where that is fixed, else by its runs; None if no form has the share `mostly`."""
    codes = codes.filter(pc.fill_null(pc.not_equal(codes, ""), False))
    numbered = pc.match_substring_regex(codes, "[0-9]")
    codes = codes.filter(numbered) if 2 * (pc.sum(numbered).as_py() or 0) > len(codes) else codes
    if len(codes) < _FEW:
        return None
    form, n = Counter(signs(codes).to_pylist()).most_common(1)[0]
    if n >= FIXED * len(codes) and not _runs_on(codes, form):
        return re.sub(r"A+|9+", lambda run: f"{LETTER if run[0][0] == 'A' else '[0-9]'}{{{len(run[0])}}}", re.escape(form))
    form, n = Counter(runs(codes).to_pylist()).most_common(1)[0]
    return re.sub("[A9]", lambda run: f"{LETTER if run[0] == 'A' else '[0-9]'}+", re.escape(form)) if n >= mostly * len(codes) else None


def _runs_on(codes: pa.StringArray, form: str) -> bool:
    """Whether codes of another length go before the others or after them, as 99,998 before 100,001."""
    tail = re.search(r"9+$", form)
    digits = len(tail[0]) if tail else 0
    if not 0 < digits <= 15:
        return False
    tails = pc.extract_regex(codes, r"(?P<tail>[0-9]{1,15})$").field("tail")
    lengths = pc.fill_null(pc.utf8_length(tails), 0).to_numpy(zero_copy_only=False)
    padded = pc.fill_null(pc.starts_with(tails, "0"), False).to_numpy(zero_copy_only=False)
    if padded.any():
        return False
    numbers = pc.if_else(pc.equal(pc.fill_null(tails, ""), ""), "0", tails).cast(pa.int64()).to_numpy(zero_copy_only=False)
    usual, below, above = (numbers[held] for held in (lengths == digits, (lengths > 0) & (lengths < digits), lengths > digits))
    dense = len(usual) / max(int(np.ptp(usual)), 1)
    beyond = [10 ** (digits - 1) - below, above - 10**digits]
    return any(len(gaps) and float(np.median(gaps)) <= _AS_NEAR * 0.5 * len(gaps) / dense for gaps in beyond)


_DEGENERATE = re.compile(r"(?:[^\W\d_]{0,3}[-/ ]?)(?:\+?2126?|06|07|05)?[-/. ]?(?P<digits>[0-9][0-9 ./-]{2,30})")
_COUNTING = ("0123456789", "1234567890", "123456789", "12345678", "1234567", "123456", "12345", "9876543210")


def is_degenerate(text: str) -> bool:
    """Whether an identity number is one digit over and over, or the digits in their order.

    >>> [is_degenerate(text) for text in ("0000000000", "AA111111", "06 00 00 00 00", "X-00000", "0661378201", "J40112", "123456")]
    [True, True, True, True, False, False, True]
    """
    digits = _telling_digits(text)
    return len(digits) >= 4 and (len(set(digits)) == 1 or digits in _COUNTING)


def is_nobodys(text: str) -> bool:
    """The same of a code that is not even well formed: one digit alone, or nothing but a count. `ABC12345` may be a card mistyped.

    >>> [is_nobodys(text) for text in ("0000000", "AA111111", "123456", "ABC12345", "061234567")]
    [True, True, True, False, False]
    """
    return is_degenerate(text) and (len(set(_telling_digits(text))) == 1 or text.strip() in _COUNTING)


def _telling_digits(text: str) -> str:
    """The digits behind letters and what every telephone number begins with."""
    found = _DEGENERATE.fullmatch(text.strip())
    return re.sub(r"\D", "", found["digits"]) if found else ""
