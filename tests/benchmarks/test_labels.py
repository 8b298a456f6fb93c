"""The labels that cleaning is measured by are right: keys hold, spans fit, copies are copies, damage can be undone."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from benchmarks.corpus import TRUTH, Corpus, Document
from benchmarks.figures import Figure
from benchmarks.misread import FURTHER_PAGES, PAGES, misread, read_as
from benchmarks.planted import KINDS, Planted, innocent, is_readable, masks, n_wrong, planted
from benchmarks.quality import score_copies

SENTENCES = {
    "ar": [f"وصل التقرير رقم {n} إلى مكتب الرئيس في الصباح ثم وزع على الأعضاء." for n in range(1, 90)],
    "ary": [f"مشينا لسوق الحد بكري وشرينا {n} كيلو ديال التمر ورجعنا للدار." for n in range(1, 90)],
    "fr": [f"À l'école du douar on a reçu {n} élèves, malgré la grêle de l'été passé." for n in range(1, 90)],
}


def _luhn(number: str) -> int:
    return sum(sum(divmod(int(digit) * (1 + place % 2), 10)) for place, digit in enumerate(reversed(number))) % 10


@pytest.mark.parametrize("kind", ["rib", "ice", "iban", "card"])
def test_keys_hold(kind: str) -> None:
    """A value with a key has a right one, however it is written: else a rule that checks keys would be blamed for it."""
    for item in planted(each=3):
        if item.kind == kind:
            digits = "".join(str(int(c)) for c in item.text[item.start : item.end] if c.isdigit())
            rest = {"card": lambda d: _luhn(d), "iban": lambda d: (int(d[2:] + "2210" + d[:2]) - 1) % 97}.get(kind, lambda d: int(d) % 97)(digits)
            assert rest == 0, item


def test_every_kind_is_planted_where_the_label_says() -> None:
    """A label is a place in a sentence, with something before or after it."""
    items = list(planted(each=2))
    assert {item.kind for item in items} == set(KINDS)
    assert all(0 <= item.start < item.end <= len(item.text) and item.end - item.start < len(item.text) for item in items)
    assert items == list(planted(each=2))


def test_a_part_left_over_is_readable_and_a_mask_elsewhere_is_wrong() -> None:
    """Half a number masked is a number that leaks; a mask on another word is a mistake of its own."""
    item = Planted("phone", "pairs", "call 06 12 34 56 78 now", 5, 19)
    whole, half, other = "call <PHONE_1> now", "call <PHONE_1> 34 56 78 now", "<NAME_1> 06 12 34 56 78 now"
    found = {text: masks(item.text, text) for text in (whole, half, other)}
    assert found == {whole: [(5, 19)], half: [(5, 10)], other: [(0, 4)]}
    assert [is_readable(item, found[text] or []) for text in (whole, half, other)] == [False, True, True]
    assert n_wrong(item, found[other] or []) == 1
    assert masks(item.text, "call me") is None


def test_innocent_sentences_hold_no_planted_value() -> None:
    """What must not be masked has no e-mail address and no number of the numbering plan's length and prefix."""
    for sentence in innocent(each=3):
        assert "@" not in sentence or " @ " in sentence or "@media" in sentence or "@property" in sentence
        assert "+212" not in sentence
        assert not re.search(r"(?<![\w.])0[5-7](?:[ .-]?\d\d){4}(?!\w)", sentence)


@pytest.mark.parametrize("pages", PAGES + FURTHER_PAGES)
def test_damage_loses_nothing(pages: tuple[str, str]) -> None:
    """Reading the damaged text backwards through the pages gives the sound one: it can be known what it was."""
    damaged = list(misread(SENTENCES, (pages,), each=3))
    assert damaged
    for item in damaged:
        assert item.text != item.sound
        if item.level == "whole":
            written, read = pages
            byte_of = {(bytes([byte]).decode(read, "ignore") or chr(byte)): byte for byte in range(256)}
            assert bytes(byte_of[c] for c in item.text).decode(written) == item.sound


def test_what_would_lose_letters_is_left_out() -> None:
    """A sentence that the old page has no letters for cannot have been written in it."""
    assert read_as("ⵜⴰⵎⴰⵣⵉⵖⵜ", "cp1256", "cp1252") is None


def test_a_document_depends_on_its_number_only() -> None:
    """So a copy can be made without keeping its original, and a larger corpus begins like a smaller one."""
    first, second = Corpus(SENTENCES), Corpus(SENTENCES)
    documents = [first.document(number) for number in range(300)]
    assert [second.document(number) for number in reversed(range(300))] == documents[::-1]
    for document in documents:
        if document.original is not None:
            _check_copy(document, documents[document.original])


def _check_copy(document: Document, original: Document) -> None:
    assert original.number < document.number
    assert original.kind == "original"
    assert original.pages is None
    assert (document.text == original.text) == (document.kind == "exact") or document.kind == "near"
    assert len(set(document.text.split()) & set(original.text.split())) > 0.8 * len(set(original.text.split()))


def test_copies_are_scored_by_group(tmp_path: Path) -> None:
    """Whichever of a group is left, it is one; and who was taken for a copy of a stranger is counted."""
    rows = [("a", "original", None), ("b", "exact", "a"), ("c", "near", "a"), ("d", "original", None), ("e", "original", None)]
    columns = [{"id": name, "kind": kind, "original": original} for name, kind, original in rows]
    pq.write_table(pa.Table.from_pylist(columns, schema=TRUTH), tmp_path / "truth.parquet")
    found = score_copies(tmp_path / "truth.parquet", {"b", "c", "d"}, [("a", "b"), ("e", "d")])
    assert (found.removed, found.false_merges, found.lost, found.groups) == (0.5, 1, 1, 3)


def test_a_figure_is_kept_only_inside_its_bounds() -> None:
    """The bound and the ratio both count; a peer that is not there breaks nothing."""
    assert Figure("speed", 30.0, "MB/s", 25.0, "more", "peer", 0.2, 100.0).kept
    assert not Figure("speed", 30.0, "MB/s", 25.0, "more", "peer", 0.4, 100.0).kept
    assert not Figure("speed", 20.0, "MB/s", 25.0, "more").kept
    assert Figure("memory", 300.0, "MB", 300.0).kept
    assert not Figure("memory", 301.0, "MB", 300.0).kept
