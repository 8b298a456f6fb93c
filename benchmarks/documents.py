"""A sealed dataset to measure with: 64 MB of made-up text, the same bytes every time.

Documents of 1 to 3 kB, of words made of syllables in Arabic letters, French and Darija in Latin letters, as frequent as words are
(Zipf), so that it compresses about as real text does (2.9 times by zstd's fastest level; NLLB-Seed 3.3, AfriSenti 2.3).

    {"id": "3-00017", "text": "ساري بونلا kan3 la montré …", "licence": "CC0-1.0", "source": {"uri": "part-3.txt", …}, …}
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from khettara.dataset import DOCUMENTS, Draft, StepRecord

MEGABYTES = 64
PARTS = 8
WORDS = 12_000
"""Different words in each of the three ways of writing."""

SYLLABLES = (
    "با بو بي تا تو تي جا حا خا دا دي را رو ري زا سا سي شا صا عا في قا كا كي لا لي ما مو مي نا نو ني ها وا يا ال ون ين ات",
    "a é la le les de des ré pro con mar ment tion ter par pour ville ber ca so ni que tri al our eau ère isse",
    "ka ki kan 3a 7a 9a da dyal ch gh kh l m n wa zz bz ssa bra hna la fin wi tta rr ja m3a sh ya",
)


def make_dataset(path: Path) -> Path:
    """Make the dataset at `path`."""
    chance = np.random.RandomState(0)  # its stream is frozen, unlike that of newer generators
    vocabularies = [_vocabulary(chance, syllables.split()) for syllables in SYLLABLES]
    with Draft(path) as draft:
        for part in range(PARTS):
            texts: list[str] = []
            size = 0
            while size < (MEGABYTES << 20) // PARTS:
                text = _document(chance, vocabularies)
                texts.append(text)
                size += len(text.encode())
            rows = [
                {"id": f"{part}-{number:05d}", "text": text, "licence": "CC0-1.0", "source": {"uri": f"part-{part}.txt"}}
                for number, text in enumerate(texts)
            ]
            draft.write("data", [pa.RecordBatch.from_pylist(rows, schema=DOCUMENTS)], DOCUMENTS)
        draft.seal(kind="documents", step=StepRecord("benchmark", 1, {}, "benchmark"), schema=DOCUMENTS)
    return path


def _vocabulary(chance: np.random.RandomState, syllables: list[str]) -> list[str]:
    """Words of one to four syllables; the first are the most frequent."""
    lengths = chance.randint(1, 5, WORDS)
    return ["".join(syllables[i] for i in chance.randint(0, len(syllables), n)) for n in lengths]


def _document(chance: np.random.RandomState, vocabularies: list[list[str]]) -> str:
    """A text in one way of writing, with some runs of another, as people mix them."""
    main = chance.randint(len(vocabularies))
    bytes_left = chance.randint(1000, 3000)
    runs: list[str] = []
    while bytes_left > 0:
        other = chance.random_sample() < 0.2
        vocabulary = vocabularies[chance.randint(len(vocabularies)) if other else main]
        runs.append(_sentence(chance, vocabulary))
        bytes_left -= len(runs[-1].encode()) + 1
    return " ".join(runs)


def made_up_sentences(writings: tuple[str, ...], each: int = 20_000) -> dict[str, list[str]]:
    """Sentences of made-up words by way of writing, for where there are no real ones."""
    chance = np.random.RandomState(1)
    arabic, french, darija = (_vocabulary(chance, syllables.split()) for syllables in SYLLABLES)
    words = {"ar": arabic, "ary": arabic, "fr": french, "en": french, "ary-Latn": darija}
    return {writing: [_sentence(chance, words[writing]) for _ in range(each)] for writing in writings}


def _sentence(chance: np.random.RandomState, vocabulary: list[str]) -> str:
    ranks = (WORDS ** chance.random_sample(12)).astype(np.int64) - 1
    return " ".join([vocabulary[rank] for rank in ranks]) + "."
