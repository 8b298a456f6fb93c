"""Copies and near copies: the same winners in any order, and nothing merged that is not alike."""

import random

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from khettara.clean import ExactHash, MinHash, find_duplicates, find_near_duplicates

WORDS = ["الما", "الخطارة", "السوق", "النوبة", "الجماعة", "souk", "lma", "twiza", "jnan", "commune", "eau", "puits", "village", "water", "dawn"]


def table_of(texts: list[str], priorities: list[int] | None = None) -> pa.Table:
    batch = pa.record_batch({"text": pa.array(texts, pa.large_string())})
    batch = MinHash()(ExactHash()(batch))
    return pa.table(
        {
            "priority": pa.array(priorities or [0] * len(texts), pa.int32()),
            "source": [f"s{number % 3}" for number in range(len(texts))],
            "id": [f"r{number:03}" for number in range(len(texts))],
            "norm_hash": batch["norm_hash"],
            "minhash": batch["minhash"],
        }
    )


def pairs(table: pa.Table) -> set[tuple[str, str]]:
    return {(row["id"], row["winner"]) for row in table.to_pylist()}


def essay(seed: int, n_words: int = 200) -> list[str]:
    chance = random.Random(seed)
    return [chance.choice(WORDS) + str(chance.randrange(40)) for _ in range(n_words)]


def test_winner_is_the_least() -> None:
    """The lowest priority number wins, then the source, then the id."""
    assert pairs(find_duplicates(table_of(["a b", "A  b!", "c", "a b"], [1, 1, 0, 0]))) == {("r000", "r003"), ("r001", "r003")}
    assert pairs(find_duplicates(table_of(["a", "a", "a"]))) == {("r001", "r000"), ("r002", "r000")}


@given(st.lists(st.sampled_from(["a b c d e f", "a b c d e f!", "x y", "x", "", "سلام", "سلام ﷺ"]), max_size=12), st.randoms())
@settings(max_examples=50)
def test_order_does_not_matter(texts: list[str], chance: random.Random) -> None:
    """Rows in another order, in other chunks, lose to the same winners."""
    table = table_of(texts, [number % 2 for number in range(len(texts))])
    order = list(range(len(texts)))
    chance.shuffle(order)
    shuffled = pa.concat_tables([table.take(pa.array(order[:3], pa.int64())), table.take(pa.array(order[3:], pa.int64()))])
    for find in (find_duplicates, find_near_duplicates):
        assert pairs(find(table)) == pairs(find(shuffled))


def test_near_copies_are_found() -> None:
    """A title added, a word changed, blanks and marks: near copies; another text of the same words: not."""
    text = essay(1)
    near = ["نسخة", *text]
    changed = [*text[:50], "غير", *text[51:]]
    table = table_of([" ".join(words) for words in (text, near, changed, essay(2), sorted(text))])
    assert pairs(find_near_duplicates(table)) == {("r001", "r000"), ("r002", "r000")}


def test_likeness_is_not_passed_on() -> None:
    """In a chain of texts that each change a fifth of the last, nobody loses to a text unlike it."""
    chain = [essay(3)]
    for step in range(6):
        chain.append([*chain[-1][: 15 * step], *essay(10 + step, 15), *chain[-1][15 * (step + 1) :]])
    lost = pairs(find_near_duplicates(table_of([" ".join(words) for words in chain])))
    assert lost
    for loser, winner in lost:
        one, other = chain[int(loser[1:])], chain[int(winner[1:])]
        runs = [{tuple(words[i : i + 5]) for i in range(len(words) - 4)} for words in (one, other)]
        assert len(runs[0] & runs[1]) / len(runs[0] | runs[1]) > 0.5


def test_short_and_empty_texts() -> None:
    """Texts of a few words are near copies only of the same words; texts without words of nobody."""
    table = table_of(["شكرا بزاف", "شكرا  بزاف!", "شكرا", "", "", "?!"])
    assert pairs(find_near_duplicates(table)) == {("r001", "r000")}
    assert find_near_duplicates(table.slice(0, 0)).num_rows == find_duplicates(table.slice(0, 0)).num_rows == 0


def test_signature_estimates_likeness() -> None:
    """The share of equal minima is near the share of common runs of words."""
    text = essay(5, 400)
    table = table_of([" ".join(text), " ".join(text[:300] + essay(6, 100))])
    first, second = (memoryview(value).cast("I").tolist() for value in table["minhash"].to_pylist())
    equal = sum(a == b for a, b in zip(first, second, strict=True)) / len(first)
    assert abs(equal - 296 / 496) < 0.15
