"""Lines that a layout broke: joined where the layout shows, kept where the writer broke them."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.clean import RepairLines
from khettara.clean.lines import repair_lines
from khettara.kernels import Text
from khettara.kernels.litter import entry_hashes, look

HERE = Path(__file__).parent / "cases"
CASES = json.loads((HERE / "lines.json").read_text("utf-8"))
UNCHANGED = json.loads((HERE / "lines_unchanged.json").read_text("utf-8"))
LINE = st.sampled_from(
    [
        "la commune se réunit pour parler de l’eau et des terres com-",
        "munales de la vallée.",
        "- 3 -",
        "- 4 -",
        "",
        "- pain",
        "الما مقطوع غدا فالدوار كامل",
        "fin\u00ad",
    ]
)


def edited(text: str) -> str:
    batch = pa.record_batch({"text": pa.array(["a", text], pa.large_string())})
    result: str = RepairLines()(batch).column("text")[1].as_py()
    return result


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_joined(case: dict[str, str]) -> None:
    """Each labelled break is undone, and the look over a column finds it."""
    assert edited(case["text"]) == case["expected"], case["comment"]


@pytest.mark.parametrize("case", UNCHANGED, ids=[case["label"] for case in UNCHANGED])
def test_written_lines_stay(case: dict[str, str]) -> None:
    """Lists, verses, talk, tables and sentences keep their lines."""
    assert repair_lines(case["text"]) == (case["text"], 0), case["comment"]


@given(st.lists(LINE, max_size=9).map("\n".join) | st.text(st.sampled_from("ab-\u00ad\n é.1"), max_size=40))
def test_joining_twice_is_joining_once(text: str) -> None:
    """What was joined has nothing left to join."""
    once, _ = repair_lines(text)
    assert repair_lines(once) == (once, 0)


@given(st.lists(st.binary(max_size=80), max_size=5))
def test_any_bytes_are_looked_at(rows: list[bytes]) -> None:
    """Whatever the bytes, a row is judged by itself."""
    together = Text(np.frombuffer(b"".join(rows), np.uint8), np.cumsum([0, *map(len, rows)]).astype(np.int64))
    entries = entry_hashes(["menu"])
    alone = [look(Text(np.frombuffer(row, np.uint8), np.array([0, len(row)], np.int64)), entries)[0] for row in rows]
    assert look(together, entries).tolist() == alone
