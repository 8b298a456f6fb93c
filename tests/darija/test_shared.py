"""Language identification on the sentences that the table learnt from, where the shared data are at hand: whether it has learnt them."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from khettara.darija import identify_column

DATA = Path(os.environ.get("KHETTARA_DATA", Path(__file__).parents[3] / "shared" / "data"))
PROMPTS = DATA / "common-voice-text"

pytestmark = pytest.mark.skipif(not PROMPTS.is_dir(), reason="no shared data: set KHETTARA_DATA")


def sentences(file: Path) -> Iterator[str]:
    if file.suffix == ".csv":
        with file.open(encoding="utf-8", newline="") as rows:
            yield from (row["darija"] for row in csv.DictReader(rows))
    else:
        yield from file.read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("file", "lang", "least"),
    [
        (PROMPTS / "fr" / "issue2259_deleted_export_readd_fixed.txt", "fr", 0.99),
        (PROMPTS / "en" / "sentence-collector.txt", "en", 0.99),
        # Prompts of three words are good in several varieties, and are then called Arabic.
        (PROMPTS / "ar" / "sentence-collector.txt", "arb", 0.85),
        (DATA / "nllb-seed" / "zgh_Tfng", "zgh", 0.999),
        (DATA / "nllb-seed" / "eng_Latn", "en", 0.99),
        # Sentences of an encyclopaedia, many of which would be Standard Arabic but for a word or two.
        (DATA / "nllb-seed" / "ary_Arab", "ary", 0.85),
        (DATA / "doda-v1-mit" / "sentences.csv", "ary", 0.94),
    ],
    ids=lambda value: value.parent.name if isinstance(value, Path) else None,
)
def test_sentences(file: Path, lang: str, least: float) -> None:
    """Of every twentieth sentence, at least this share gets its language."""
    sample = [text for text in sentences(file) if text.strip()][::20]
    found = identify_column(pa.array(sample))[0].to_pylist()
    assert found.count(lang) / len(found) >= least
