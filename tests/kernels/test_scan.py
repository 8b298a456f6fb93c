"""The scan for identifiers: proposes the same as a plain reading of the bytes, and never looks outside them."""

import os
import re
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.kernels import Text, scan, text_of
from khettara.kernels import proposals as p

WORDS = {"cin": 1, "رقم": 2, "tel": 4, "zéro": p.ZERO, "six": p.NUMERAL, "gmail": p.SPEAKS, "rue": p.STREETWISE, "at": p.BRACKETED | 1}
VOCABULARY = scan.vocabulary(WORDS, [(5, 6), (1, 4), (9, 9)])
PIECES = [
    "cin",
    "رقم",
    "tel",
    "zéro",
    "six",
    "gmail",
    "rue",
    "at",
    "(",
    "@",
    "<PHONE_1>",
    "<",
    ":",
    "/",
    ".com/",
    "،",
    " ",
    " ",
    "\n",
    "06",
    "12",
    "٠٦",
    "۱۲",
    "O",
    "3ayet",
    "é",
    "ⴰ",
    "\u200f",
    "-",
    ".",
]
HARD = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)
RAW = (
    st.binary(max_size=80)
    | HARD.map(str.encode)
    | st.lists(st.sampled_from([*(piece.encode() for piece in PIECES), b"\xd9", b"\xe2\x80", b"\xff", b"\xd8\x8c"]), max_size=20).map(b"".join)
)


def proposed(*rows: bytes) -> list[tuple[int, bytes, int, int]]:
    """Row, bytes, reason and cues of each proposal."""
    data = b"".join(rows)
    offsets = np.cumsum([0, *map(len, rows)])
    found = scan.scan(Text(np.frombuffer(data, np.uint8), offsets.astype(np.int64)), VOCABULARY)
    return [(row, data[start:end], why, near) for row, start, end, why, near, _ in zip(*(column.tolist() for column in found), strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("عيط 06 12 34 56 78 دابا", [("06 12 34 56 78", p.NUMBER)]),
        ("٠٦١٢٣٤٥٦٧٨", [("٠٦١٢٣٤٥٦٧٨", p.NUMBER)]),
        ("cin 12345", [("12345", p.NUMBER)]),
        ("cin: كلام 12345", [("12345", p.NUMBER)]),
        ("12345 cin", []),
        ("CIN، 12345", [("12345", p.NUMBER)]),
        ("رقم،12", [("12", p.NUMBER)]),
        ("a@b", [("@", p.AT)]),
        ("ZÉRO six", [("ZÉRO", p.WORD)]),
        ("zéro degré", []),
        ("rue X 4", [("rue", p.STREET)]),
        ("rue X", []),
        ("(at)", [("at", p.WORD)]),
        ("at", []),
        ("( at )", [("at", p.WORD)]),
        ("-at-", [("at", p.WORD)]),
        ("-at/", []),
        ("bk 12345 w", [("12345", p.CODE)]),
        ("abc 12345 w", []),
        ("12345أ6", [("12345", p.NUMBER)]),
        ("2010م 2011", []),
        ("196.200.12.7", [("196.200.12.7", p.NUMBER)]),
        ("le 12/05/2011 à 10:30:45", []),
        ("00:1a:2b:3c:4d:5e", [("00:1a:2b:3c:4d:5e", p.COLONS)]),
        ("AB123456", [("123456", p.NUMBER)]),
        ("3ayet lia f 06123456 78 3afak", [("06123456 78", p.NUMBER)]),
        ("cin <PHONE_1> 12345", []),
    ],
)
def test_proposals(text: str, expected: list[tuple[str, int]]) -> None:
    """What may be an identifier is proposed, and the plain rest is not."""
    assert [(part.decode(), why) for _, part, why, _ in proposed(text.encode())] == expected


@given(HARD)
def test_no_at_sign_is_missed(text: str) -> None:
    """Every @ is proposed, but those of names that others took out."""
    assert sum(why == p.AT for _, _, why, _ in proposed(text.encode())) == text.count("@")


@given(
    st.lists(st.sampled_from(["cin", "tel", "x", "é", "،", " ", ".", "رقم"]), max_size=8).map(" ".join), st.text("0123456789", min_size=5, max_size=6)
)
def test_cues_near_a_number_are_those_of_a_plain_search(before: str, digits: str) -> None:
    """The cues that come with a number are the words of the vocabulary that stand shortly before it."""
    text = f"{before} x {digits}"
    expected = sum({WORDS[word] for word in re.findall(r"[^\W\d_]+", before) if word in ("cin", "tel", "رقم")})
    near = [near for _, part, why, near in proposed(text.encode()) if part == digits.encode() and why == p.NUMBER]
    assert near == ([expected] if expected & 1 else [])


@given(RAW, RAW)
def test_rows_do_not_touch(one: bytes, other: bytes) -> None:
    """A row gives the same alone and beside others, whatever the bytes; proposals lie inside it."""
    both = proposed(one, other)
    alone = [(row, part, why, near) for row, bytes_ in enumerate((one, other)) for _, part, why, near in proposed(bytes_)]
    assert both == alone


def test_more_proposals_than_room() -> None:
    """A text full of proposals gives them all."""
    assert len(proposed(b"@ " * 5000)) == 5000


def test_a_slice_of_a_column() -> None:
    """Offsets need not begin at 0."""
    found = scan.scan(text_of(pa.array(["0612345678", "x", "a 0612345678"]).slice(1)), VOCABULARY)
    assert (found.row.tolist(), (found.end - found.start).tolist()) == ([1], [10])


FUZZ = """
import random
import numpy as np
from khettara.kernels import Text, proposals as p, scan
rng = random.Random(5)
parts = [b"cin", b"at", b"(", b"@", b"<A_1", b"<A_1>", b":", b"/",
    b".me/", bytes([0xD8]), bytes([0xD9]), bytes([0xE2]), bytes([0xF0]), b"06", b"0", b"+", b"-", b" ", b"MA64", b"O", b"a:", bytes([0xD9, 0xA0])]
words = scan.vocabulary({"cin": 1, "at": p.BRACKETED, "a": p.NAMES, "rue": p.STREETWISE, "zero": p.ZERO}, [(1, 9)])
for _ in range(400):
    data = b"".join(rng.choice(parts) if rng.random() < 0.8 else bytes([rng.randrange(256)]) for _ in range(rng.randrange(30)))
    cuts = sorted(rng.randrange(len(data) + 1) for _ in range(3))
    scan.scan(Text(np.frombuffer(data, np.uint8), np.array([0, *cuts, len(data)])), words)
"""


@pytest.mark.slow
def test_no_byte_outside_is_read(tmp_path: object) -> None:
    """With bounds checks compiled in, random bytes and offsets raise nothing."""
    environment = os.environ | {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", FUZZ], env=environment, check=True, capture_output=True, timeout=300)
