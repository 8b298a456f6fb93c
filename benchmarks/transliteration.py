"""How well Arabizi is read: the figures of `khettara darija transliterate`, on words and sentences that no learning saw.

    python -m benchmarks.transliteration [--json]

    sentences of our own, 50: letters wrong    6.1 %    words right 85.0 %    best piece by piece: 31.9 %, 40.1 %

Letters wrong: edit distance over the reference's length. Before counting, forms that Moroccans use for one another are made
one: hamza on its seats, final ة and ه, گ and ك. One reference each: where people write a word in two ways, one counts as wrong.
The word list (`doda-v2-noncommercial`) may be measured on and must never be learnt from; words whose Arabic form is among the
learnt pairs are left out.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from khettara.darija.transliterate import readings, transliterate
from khettara.darija.transliterate.pieces import PIECES, WORD, plain_arabic, plain_latin

DATA = Path(os.environ.get("KHETTARA_DATA", "../shared/data"))
SENTENCES = Path(__file__).parent / "references" / "arabizi.tsv"
ONE = str.maketrans("أإآٱؤئىةگپڤ", "ااااوييهكبف")

Pair = tuple[str, str]


@dataclass(frozen=True)
class Score:
    """What one way of writing over reaches on one set of pairs, in per cent; `among_five`: the reference is among the first five readings."""

    name: str
    pairs: int
    letters_wrong: float
    words_right: float
    among_five: float | None = None


def one_form(word: str) -> str:
    """A word with the forms that count as one made one."""
    return re.sub("(?<=.)ء$", "", plain_arabic(word).translate(ONE))


def distance(one: str, other: str) -> int:
    """Levenshtein's distance."""
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        last, row = row, [i]
        for j, right in enumerate(other, 1):
            row.append(min(last[j] + 1, row[-1] + 1, last[j - 1] + (left != right)))
    return row[-1]


def piece_by_piece(text: str) -> str:
    """The trivial baseline: the longest piece, and the first that it may stand for."""

    def word(found: re.Match[str]) -> str:
        latin, parts = plain_latin(found.group()), []
        while latin:
            size = next((size for size in (3, 2, 1) if latin[:size] in PIECES), 0)
            parts.append(PIECES[latin[:size]][0] if size else latin[0])
            latin = latin[max(size, 1) :]
        return "".join(parts)

    return WORD["arab"].sub(word, text)


def sentences() -> list[Pair]:
    """Messages written for this benchmark, with their references."""
    rows = (line.split("\t") for line in SENTENCES.read_text("utf-8").splitlines() if not line.startswith("#"))
    return [(latin, arabic) for latin, arabic in rows]


def words() -> Iterator[Pair]:
    """Single words with the Arabic form that people gave them."""
    for file in sorted((DATA / "doda-v2-noncommercial").glob("*/*.csv")):
        with file.open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                arabic = (row.get("darija_ar") or "").strip()
                for name, cell in row.items():
                    if arabic and " " not in arabic and name and re.fullmatch(r"n\d", name) and cell and " " not in cell.strip():
                        yield cell.strip(), arabic


def learnt() -> set[str]:
    """The Arabic forms of the learnt pairs."""
    from khettara.darija.transliterate.learn import collect

    return {one_form(arabic) for _, arabic in collect(DATA).pairs}


def score(name: str, pairs: list[Pair], write: Callable[[str], str], *, five: bool = False) -> Score:
    """Write every pair's Latin side over and compare, word by word where the words are as many."""
    wrong = letters = right = total = near = 0
    for latin, arabic in pairs:
        found, wanted = [one_form(word) for word in write(latin).split()], [one_form(word) for word in arabic.split()]
        wrong += distance(" ".join(found), " ".join(wanted))
        letters += len(" ".join(wanted))
        right += sum(one == other for one, other in zip(found, wanted, strict=False)) if len(found) == len(wanted) else 0
        total += len(wanted)
        near += five and any(one_form(reading) == wanted[0] for reading, _ in readings(latin, "arab", 5))
    return Score(name, len(pairs), 100 * wrong / letters, 100 * right / total, 100 * near / total if five else None)


def speed(pairs: list[Pair], foreign: bool) -> float:
    """Words a CPU second."""
    texts = [latin for latin, _ in pairs] * 20
    transliterate(texts[:50], "arab", foreign=foreign)
    began = time.process_time()
    transliterate(texts, "arab", foreign=foreign)
    return sum(len(text.split()) for text in texts) / (time.process_time() - began)


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    own = sentences()

    def ours(text: str) -> str:
        return transliterate(text, "arab", foreign=True, unsure=0.0)

    scores = [score("own sentences", own, ours), score("own sentences, piece by piece", own, piece_by_piece)]
    if (DATA / "doda-v2-noncommercial").is_dir():
        known = learnt()
        unseen = [pair for pair in sorted(set(words())) if one_form(pair[1]) not in known]
        scores += [score("words not learnt", unseen, ours, five=True), score("words not learnt, piece by piece", unseen, piece_by_piece)]
    else:
        print(f"{DATA} has no doda-v2-noncommercial: its words are left out", file=sys.stderr)
    rates = {"words a CPU second, foreign words recognised": speed(own, False), "words a CPU second, all written over": speed(own, True)}
    if given.json:
        print(json.dumps({"scores": [asdict(each) for each in scores], "speed": rates}, indent=1))
        return
    for each in scores:
        among = "" if each.among_five is None else f"   among the first five {each.among_five:.1f} %"
        print(f"{each.name}, {each.pairs}: letters wrong {each.letters_wrong:.1f} %   words right {each.words_right:.1f} %{among}")
    for name, rate in rates.items():
        print(f"{name}: {rate:,.0f}")


if __name__ == "__main__":
    main()
