"""Litter around texts: taken out when it is certain, left when it may be text."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.clean.boilerplate import strip_boilerplate
from khettara.clean.edits import StripBoilerplate

HERE = Path(__file__).parent / "cases"
CASES = json.loads((HERE / "boilerplate.json").read_text("utf-8"))
UNCHANGED = json.loads((HERE / "boilerplate_unchanged.json").read_text("utf-8"))
MARKUP = ["<p>", "</p>", "<br>", "&lt;", "&gt;", "&amp;", "b", "<", ">", "<!--", "-->"]
LINES = ["\n", "\n", "Accueil", "Contact", " | ", "Page 2", "3", "Titre", " "]
PARTS = st.sampled_from(MARKUP) | st.sampled_from(LINES)


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_stripped(case: dict[str, str]) -> None:
    """Each labelled litter is taken out, by the step too, whose look over a column must suspect it."""
    assert strip_boilerplate(case["text"])[0] == case["expected"], case["comment"]
    assert _step(case["text"]) == case["expected"]


def _step(text: str) -> str:
    batch = pa.record_batch({"id": pa.array(["0"]), "text": pa.array([text], pa.large_string())})
    stripped: str = StripBoilerplate()(batch).column("text")[0].as_py()
    return stripped


NO_MENU = ["ÉCHO", "x"]
BODY = "La commune ouvre le souk à huit heures, dit-elle, « oui » ; l’été réservé aux visiteurs qui observent la règle."


@pytest.mark.parametrize("between", [" | ", "|", " › ", " » ", " · ", " • ", " > ", "\t", "\n"])
@pytest.mark.parametrize("around", ["{}", "[{}]", " {}  ", "«{}»"])
@pytest.mark.parametrize("entries", [["Accueil", "Contact"], NO_MENU, ["MENTIONS LÉGALES", "ACTUALITÉS"], ["إدارة ملفات تعريف الارتباط", "من نحن"]])
def test_menus_are_seen_in_every_form(between: str, around: str, entries: list[str]) -> None:
    """The look over a column sees every menu that the edit takes out, and nothing else is touched."""
    text = f"{between.join(map(around.format, entries))}\n{BODY}"
    assert strip_boilerplate(text)[0] == (text if entries == NO_MENU else BODY)
    assert _step(text) == strip_boilerplate(text)[0]


@pytest.mark.parametrize("notice", ["© 2019 Commune – Tous droits réservés.", "All rights reserved", "جميع الحقوق محفوظة", "كل الحقوق محفوظة © 2020"])
def test_rights_notices_are_seen(notice: str) -> None:
    """A line that is a notice goes; words of a notice in a text stay."""
    assert _step(f"{BODY}\n{notice}") == BODY
    assert _step(f"{BODY} {BODY} {notice} {BODY}") == f"{BODY} {BODY} {notice} {BODY}"


@pytest.mark.parametrize("case", UNCHANGED, ids=[case["label"] for case in UNCHANGED])
def test_text_stays(case: dict[str, str]) -> None:
    """What may be text comes back as it is."""
    assert strip_boilerplate(case["text"]) == (case["text"], 0), case["comment"]


@given(st.lists(PARTS, max_size=15).map("".join))
def test_stripping_twice_is_stripping_once(text: str) -> None:
    """A stripped text has nothing left to strip."""
    once, _ = strip_boilerplate(text)
    assert strip_boilerplate(once) == (once, 0)
