"""How well Arabizi is read: the figures of `khettara darija transliterate`, on words and sentences that no learning saw.

    python -m benchmarks.transliteration [--json | --settings]

One line a set of pairs, with the trivial baseline below it; then words a CPU second.

Letters wrong: edit distance over the reference's length. Before counting, forms that Moroccans use for one another are made
one: hamza on its seats, final ة and ه, گ and ك. One reference each: where people write a word in two ways, one counts as wrong.
The word list (`doda-v2-noncommercial`) may be measured on and must never be learnt from; words whose Arabic form is among the
learnt pairs are left out.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks.texts import data_folder

from khettara.darija.lexicon import coverage
from khettara.darija.transliterate import readings, transliterate
from khettara.darija.transliterate.model import WIDTH, Direction
from khettara.darija.transliterate.pieces import PIECES, WORD, plain_arabic, plain_latin

DATA = data_folder()
SENTENCES = Path(__file__).parent / "references" / "arabizi.tsv"
ONE = str.maketrans("أإآٱؤئىةگپڤ", "ااااوييهكبف")

Pair = tuple[str, str]
Fold = tuple[Direction, list[Pair]]
N_FOLDS = 4
LEAST = 1e-4
"""A reading that was not found at all counts as this likely."""


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


def surprise(trust: float, sharpness: float, folds: Sequence[Fold]) -> tuple[float, float]:
    """Share of left-out pairs read right, and the mean surprise at their readings (nats), at one setting."""
    right = surprises = total = 0.0
    for direction, pairs in folds:
        tried = replace(direction, tables=direction.tables._replace(trust=trust), sharpness=sharpness)
        for latin, arabic in pairs:
            found = tried.searched(latin, WIDTH)
            right += bool(found) and one_form(found[0][0]) == one_form(arabic)
            surprises -= math.log(max(sum(share for reading, share in found if one_form(reading) == one_form(arabic)), LEAST))
            total += 1
    return right / total, surprises / total


def folds() -> list[Fold]:
    """Four times: a direction that a quarter of the Arabic forms, with all their spellings, is left out of, and that quarter."""
    from khettara.darija.transliterate.learn import Material, collect, tables_of, written

    material = collect(DATA)
    forms = sorted({arabic for _, arabic in material.pairs})
    random.Random(0).shuffle(forms)
    own = {arabic for arabic, _ in written()}
    made = []
    for fold in range(N_FOLDS):
        out = set(forms[fold::N_FOLDS])
        kept = Counter({pair: weight for pair, weight in material.pairs.items() if pair[1] not in out})
        words = material.arabic - Counter(dict.fromkeys(out & own, 2))  # what writing the pairs added to their counts
        made.append((tables_of(kept, Material(kept, words, material.latin)).directions["arab"], [pair for pair in material.pairs if pair[1] in out]))
    return made


def print_settings() -> None:
    """What `model.TRUST` and `model.SHARPNESS` were chosen by; pairs are not mined here, which would take minutes a fold."""
    left_out = folds()
    print(f"{sum(len(pairs) for _, pairs in left_out)} pairs, each left out once")
    for trust in (0.3, 0.5, 0.7, 1.0):
        for sharpness in (0.3, 0.4, 0.6, 1.0):
            right, nats = surprise(trust, sharpness, left_out)
            print(f"trust {trust}, sharpness {sharpness}: read right {100 * right:.1f} %, surprise {nats:.3f}")


def lexicon_coverage() -> tuple[float, float]:
    """Of the words of news in Darija that no learning of letters saw: the share in the lexicon, and the share by key."""
    text = (DATA / "marsum/MArSum1_test.txt").read_text("utf-8")
    return coverage(WORD["latn"].findall(text))


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
    parser.add_argument("--settings", action="store_true", help="instead, what the settings were chosen by: pairs left out of learning")
    given = parser.parse_args()
    if given.settings:
        print_settings()
        return
    own = sentences()

    def ours(text: str) -> str:
        return transliterate(text, "arab", foreign=True, unsure=0.0)

    scores = [score("own sentences", own, ours), score("own sentences, piece by piece", own, piece_by_piece)]
    if (DATA / "doda-v2-noncommercial").is_dir():
        known = learnt()
        unseen = [pair for pair in sorted(set(words())) if one_form(pair[1]) not in known]
        scores += [score("words not learnt", unseen, ours, five=True), score("words not learnt, piece by piece", unseen, piece_by_piece)]
        shares = lexicon_coverage()
        print(f"words of MArSum in the lexicon {100 * shares[0]:.1f} %, by key {100 * shares[1]:.1f} %", file=sys.stderr)
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
