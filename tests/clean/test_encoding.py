"""Misread code pages: put right where the way back is certain, left alone elsewhere."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.clean.encoding import byte_of, repair_encoding, suspect_pattern

HERE = Path(__file__).parent / "cases"
CASES = json.loads((HERE / "encoding.json").read_text("utf-8"))
UNCHANGED = json.loads((HERE / "encoding_unchanged.json").read_text("utf-8"))
SENTENCES = st.sampled_from(
    ["السوق كل خميس في عين الزرقا", "واش كاين شي طوبيس هاد الصباح", "L’école « Annakhil » fête ses élèves à Noël", "الماء حياة، والخطارة أم الواحة"]
)


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_repaired(case: dict[str, str]) -> None:
    """Each labelled damage is undone, and a search over a column suspects it."""
    assert repair_encoding(case["text"])[0] == case["expected"], case["comment"]
    assert pc.match_substring_regex(pa.array([case["text"]]), suspect_pattern())[0].as_py()


@pytest.mark.parametrize("case", UNCHANGED, ids=[case["label"] for case in UNCHANGED])
def test_sound_text_stays(case: dict[str, str]) -> None:
    """Sound text, and damage of other kinds, comes back as it is."""
    assert repair_encoding(case["text"]) == (case["text"], 0), case["comment"]


@given(st.lists(SENTENCES, min_size=1, max_size=5), st.sampled_from(["latin-1", "cp1252", "cp1256"]))
def test_every_misreading_of_whole_texts_is_undone(sentences: list[str], page: str) -> None:
    """UTF-8 read through any of the pages comes back, sound lines beside it or not."""
    sound = "\n".join(sentences)
    characters = {byte: chr(point) for point, byte in byte_of(page).items()}
    misread = "".join(characters[byte] for byte in sound.encode())
    assert repair_encoding(misread)[0] == sound
    assert repair_encoding(f"{sound}\n{misread}")[0] == f"{sound}\n{sound}"


@given(st.text(st.sampled_from("aZ \n»،؟…©é§Ãآطظ€ÂâÇáâ€™ðŸ\x80\x9dأ©سو؛ÇáÓ\x8eœ"), max_size=30) | st.text(max_size=40))
def test_repairing_twice_is_repairing_once(text: str) -> None:
    """A repaired text has nothing left to repair."""
    once, _ = repair_encoding(text)
    assert repair_encoding(once) == (once, 0)
