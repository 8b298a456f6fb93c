"""Personal identifiers: found in every way people write them, masked once, never shown."""

import json
import os
import random
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.darija import invented

from khettara.darija import KINDS, find_identifiers, mask
from khettara.darija.identifiers import USUAL, find, keys, mask_column
from khettara.kernels import Text, once, text_of

HERE = Path(__file__).parent / "cases"
CASES = json.loads((HERE / "identifiers.json").read_text("utf-8"))
NAMES = json.loads((HERE / "names.json").read_text("utf-8"))
UNCHANGED = json.loads((HERE / "identifiers_unchanged.json").read_text("utf-8"))
NUMBERS = [
    *("06 00 00 21 40", "+212600002141", "AB123456", "ab 12345", "999780000000987650041244", "4111111111111111"),
    *("009900123000064", "1.2.3.4", "1234567", "٠٦٠٠٠٠٧٧١٢", "a@b.ma", "<PHONE_1>", "0", "6", "12"),
]
AROUND = [" ", " ", "\n", ".", "-", ":", "<", ">", "CIN ", "RIB ", "ICE ", "IP ", "RC", "IF ", "بطاقة", "سلام"]
PARTS = st.sampled_from(NUMBERS) | st.sampled_from(AROUND)
HARD = st.lists(PARTS, max_size=12).map("".join)


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_masked(case: dict[str, str]) -> None:
    """Each labelled identifier is masked by its kind, and nothing beside it."""
    assert mask(case["text"])[0] == case["expected"], case["comment"]


@pytest.mark.parametrize("case", UNCHANGED, ids=[case["label"] for case in UNCHANGED])
def test_ordinary_numbers_stay(case: dict[str, str]) -> None:
    """Years, amounts, codes and placeholders are nobody's identifiers."""
    assert mask(case["text"]) == (case["text"], {}), case["comment"]


@given(HARD | st.text(max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    """A masked text has nothing left to mask."""
    once, _ = mask(text)
    assert mask(once) == (once, {})


@given(HARD)
def test_findings_are_ordered_and_apart(text: str) -> None:
    """No two identifiers share a character, and they come in the order of the text."""
    found = find_identifiers(text)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_only_the_kinds_asked_for() -> None:
    """Other kinds are left alone."""
    assert mask("0600002140 a@b.ma", ("email",))[0] == "0600002140 <EMAIL_1>"
    for text in ("tel0600002140", "0600002140,12345", "a 12, rue des Orangers, Rabat b"):
        assert mask(text)[0] != text
        assert mask(text, ("email",)) == (text, {})


def test_no_value_is_printed() -> None:
    """An identifier shows where it is, not what it is."""
    found = find_identifiers("0600002140")
    assert [one.kind for one in found] == ["phone"]
    assert "6000" not in repr(found)
    assert "phone" in KINDS


def test_invented_identifiers_are_masked_and_nothing_else() -> None:
    """Of each kind in each way of writing, wherever it stands in a sentence: the placeholder takes its place exactly."""
    rng, left = random.Random(20), []
    for kind, make, places in invented.KINDS:
        for _ in range(60):
            written, place = make(rng), rng.choice(places)
            masked, _ = mask(place.format(written), KINDS)
            if masked != place.format(f"<{kind.upper()}_1>"):
                left.append((kind, place, masked))
    # 1 in 1000 may be read otherwise: two kinds can share digits and keys.
    assert len(left) <= 0.001 * 60 * len(invented.KINDS) + 1, left


@given(st.integers(0, 2**32), st.lists(st.integers(0, len(invented.KINDS) - 1), min_size=1, max_size=4))
def test_invented_texts_are_masked_once_for_all(seed: int, which: list[int]) -> None:
    """Masking what was masked changes nothing, whatever stood side by side; placeholders stay."""
    rng = random.Random(seed)
    text = rng.choice([" ", "\n", "، ", ""]).join(
        rng.choice(places).format(make(rng)) for _, make, places in (invented.KINDS[number] for number in which)
    )
    once_masked, _ = mask(text, KINDS)
    assert mask(once_masked, KINDS) == (once_masked, {})


@given(st.text("0123456789", min_size=13, max_size=22), st.integers(1, 9), st.data())
def test_keys_notice_one_wrong_digit(body: str, change: int, data: st.DataObject) -> None:
    """Luhn and mod 97 hold for numbers made by them, and for none with a digit changed."""
    place = data.draw(st.integers(0, len(body) - 1))
    for make, holds in ((invented.luhn, keys.is_luhn), (invented.keyed, keys.is_97)):
        whole = make("1" + body)
        wrong = f"{whole[:place]}{(int(whole[place]) + change) % 10}{whole[place + 1 :]}"
        assert holds(whole)
        assert not holds(wrong)


@given(st.sampled_from(["MA", "FR", "GB", "DE"]), st.text("0123456789", min_size=30, max_size=30), st.integers(0, 9))
def test_an_iban_has_its_length_and_key(country: str, digits: str, extra: int) -> None:
    """A made one holds; a longer one, or one with another key, does not."""
    whole = invented.iban(country, digits[: keys.iban_length(country) - 4])
    assert keys.is_iban(whole)
    assert not keys.is_iban(whole + str(extra))
    assert not keys.is_iban(f"{whole[:2]}{(int(whole[2:4]) + 1) % 100:02d}{whole[4:]}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("مع السيد محمد العلوي غدا", "مع السيد <NAME_1> غدا"),
        ("Mme Fatima Zahra El Idrissi est venue", "Mme <NAME_1> est venue"),
        ("شفت يوسف بناني البارح، ويوسف بناني مشى", "شفت <NAME_1> البارح، ويوسف بناني مشى"),
        ("Lalla Imane w si Brahim", "Lalla <NAME_1> w si <NAME_2>"),
        ("ساكن ف شارع علال الفاسي", "ساكن ف شارع علال الفاسي"),
        ("جامعة محمد الخامس و الملك محمد السادس", "جامعة محمد الخامس و الملك محمد السادس"),
        ("amal w nour, said he", "amal w nour, said he"),
        ("السيد الوزير و Monsieur le Président", "السيد الوزير و Monsieur le Président"),
    ],
)
def test_names(text: str, expected: str) -> None:
    """A title with a listed name, or two listed names, when they are asked for; streets, kings and common words stay."""
    assert mask(text, ("name",))[0] == expected
    assert mask(text)[0] == text


@pytest.mark.parametrize("case", NAMES, ids=[case["label"] for case in NAMES])
def test_names_after_titles_of_chat(case: dict[str, str]) -> None:
    """Darija in Latin script titles people its own way, writes names small, and with digits for letters."""
    assert mask(case["text"], KINDS)[0] == case["expected"], case["comment"]
    assert mask(case["text"])[0] == case["text"]


def test_nothing_to_read_loads_no_compiler() -> None:
    """A batch without rows is answered without numba, which costs a third of a second to import."""
    program = """
import sys, pyarrow as pa
from khettara.clean.identifiers import Identifiers, MaskIdentifiers
batch = pa.record_batch({"text": pa.array([], pa.large_string())})
assert MaskIdentifiers()(Identifiers()(batch)).num_rows == 0
assert "numba" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_street_may_bear_the_name_of_a_town_or_a_date() -> None:
    """The address goes on to its last town, however the street is called."""
    streets = ("شارع الجديدة", "زنقة القنيطرة", "شارع 2 مارس", "إقامة الورود", "شارع علال الفاسي", "rue de Fès", "avenue 20 Août")
    numbers = ("رقم 12", "، عمارة 4، شقة 7", " 9", " n° 31", "، الرقم ١٤")
    for street in streets:
        for number in numbers:
            for town in ("سلا", "الدار البيضاء", "Rabat", "العيون الشرقية"):
                assert mask(f"ساكن ف {street} {number}، {town}.")[0] == "ساكن ف <ADDRESS_1>.", (street, number, town)


def test_a_column_is_masked_as_its_rows_are() -> None:
    """A column, also a slice of one, gives what its rows give one by one; clean columns are handed back as they are."""
    texts = ["0612345678 و 0612345678", "والو", "", "a@b.ma <EMAIL_4>", "é AB123456 0612345678AB123456", "x"]
    column = pa.array(["0", *texts]).slice(1)
    masked, counts = mask_column(column)
    assert masked.to_pylist() == [mask(text)[0] for text in texts]
    assert counts.sum(axis=1).tolist() == [mask(text)[1].total() for text in texts]
    clean = pa.array(["والو", "x"])
    assert mask_column(clean)[0] is clean


def test_counting_and_masking_look_once() -> None:
    """The signal and the edit of one recipe share what was found."""
    column = pa.array(["0612345678"])
    assert once(column, find) is once(column, find)
    mask_column(column)
    assert once(column, find).row.tolist() == [0]


def test_names_are_no_usual_kind() -> None:
    """They are masked for those who ask."""
    assert set(KINDS) - set(USUAL) == {"name"}


DATA = Path(os.environ.get("KHETTARA_DATA", Path(__file__).parents[3] / "shared" / "data"))


@pytest.mark.skipif(not (DATA / "common-voice-text").is_dir(), reason="KHETTARA_DATA has no common-voice-text")
@pytest.mark.parametrize("path", ["ar/sentence-collector.txt", "fr/issue2259_deleted_export_readd_fixed.txt", "en/sentence-collector.txt"])
def test_nothing_is_found_in_sentences_for_reading(path: str) -> None:
    """Sentences written to be read aloud name no one's number: not one is taken for an identifier."""
    lines = (DATA / "common-voice-text" / path).read_text("utf-8").split("\n")
    assert find(row_of(lines)).row.size == 0


def row_of(lines: list[str]) -> Text:
    """Lines as a column."""
    return text_of(pa.array(lines, pa.large_string()))
