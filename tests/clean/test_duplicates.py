"""Copies, near copies and copied paragraphs: as a plain comparison of all with all finds them, in any order, with any amount of memory."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khettara.clean import ExactHash, MinHash, Paragraphs
from khettara.clean.duplicates import DUPLICATES
from khettara.clean.duplicates.near import BAND, LEAST, LIKENESS, SHORT_LIKENESS, SHORT_RUNS, WIDTH, resolve
from khettara.clean.duplicates.paragraphs import MIN_BYTES
from khettara.dataset import SOURCE
from khettara.engine import Block, Join, decide

WORDS = ["الما", "الخطارة", "السوق", "النوبة", "الجماعة", "souk", "lma", "twiza", "jnan", "commune", "eau", "puits", "village", "water", "dawn"]
PATIENT = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LITTLE = 64
"""Bytes of memory: some five entries, so that everything goes to disk, in many small partitions."""


@dataclass(frozen=True)
class Text:
    """A record, as a join sees it. `other` marks one of another dataset."""

    id: str
    text: str
    source: str = "s"
    priority: int = 0
    other: bool = False

    @property
    def rank(self) -> tuple[bool, int, str, str]:
        return (not self.other, 0 if self.other else self.priority, self.source, self.name)

    @property
    def name(self) -> str:
        return f"souk@1/{self.id}" if self.other else self.id


def numbered(texts: Sequence[str], **more: Any) -> list[Text]:
    return [Text(f"r{number:03}", text, f"s{number % 3}", **more) for number, text in enumerate(texts)]


def signals_of(records: Sequence[Text]) -> pa.Table:
    batch = pa.record_batch({"text": pa.array([record.text for record in records], pa.large_string())})
    batch = Paragraphs()(MinHash()(ExactHash()(batch)))
    sources = pa.array([{"uri": record.source} for record in records], SOURCE)
    return pa.Table.from_batches([batch.append_column("id", pa.array([r.id for r in records])).append_column("source", sources)])


def said_of(records: Sequence[Text], join: Join, memory: int | None = None, per_block: int = 1000) -> list[dict[str, Any]]:
    """What a join says, as rows with the record's `id`."""
    if memory is not None:
        join = replace(join, memory=memory)  # type: ignore[type-var]  # every join here is a frozen dataclass with this field
    with tempfile.TemporaryDirectory() as name:
        blocks: list[Block] = []
        ids: list[list[str]] = []
        held: list[Text] = []
        for record, following in zip(records, [*records[1:], *[None][: len(records)]], strict=True):
            held.append(record)
            if following is None or len(held) == per_block or (following.other, following.priority) != (record.other, record.priority):
                file = Path(name) / f"{len(blocks)}.parquet"
                pq.write_table(signals_of(held), file)
                blocks.append(Block((file,), len(held), file.name, record.priority, "souk@1" if record.other else None))
                ids.append([record.id for record in held])
                held = []
        with decide(blocks, [], [join], Path(name), memory or 1 << 20) as decision:
            return [row | {"id": ids[n][row["row"]]} for n, outcome in decision.outcomes.items() for row in outcome.table().to_pylist()]


def pairs(said: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(row["id"], row["winner"]) for row in said if row["cut"] is None}


def essay(seed: int, n_words: int = 200) -> list[str]:
    chance = random.Random(seed)
    return [chance.choice(WORDS) + str(chance.randrange(40)) for _ in range(n_words)]


def test_winner_is_the_least() -> None:
    """The lowest priority number wins, then the source, then the id."""
    texts = ["a b", "A  b!", "c", "a b"]
    records = [replace(record, priority=p) for record, p in zip(numbered(texts), (1, 1, 0, 0), strict=True)]
    assert pairs(said_of(records, DUPLICATES["normalised"])) == {("r000", "r003"), ("r001", "r003")}
    assert pairs(said_of(records, DUPLICATES["exact"])) == {("r000", "r003")}
    assert pairs(said_of(numbered(["a", "a", "a"]), DUPLICATES["normalised"])) == {("r001", "r000"), ("r002", "r000")}


some_texts = st.lists(
    st.builds(
        Text,
        id=st.sampled_from([f"r{number:03}" for number in range(200)]),
        text=st.sampled_from(["a b c d e f", "a b c d e f!", "A b c d e f", "x y", "x", "", "سلام", "سلام ﷺ"]),
        source=st.sampled_from(["one", "two"]),
        priority=st.integers(0, 1),
        other=st.booleans(),
    ),
    max_size=25,
    unique_by=lambda record: record.id,
)


@PATIENT
@given(some_texts, st.sampled_from(["exact", "normalised"]), st.integers(1, 7), st.sampled_from([LITTLE, 1 << 20]), st.randoms(use_true_random=False))
def test_copies_are_those_of_a_plain_comparison(records: list[Text], name: str, per_block: int, memory: int, chance: random.Random) -> None:
    """Each record but the least of its hash loses to the least; one of another dataset never does; order, blocks and memory change nothing."""
    join = DUPLICATES[name]
    hashes = dict(zip((r.id for r in records), signals_of(records)[join.columns[0]].to_pylist(), strict=True)) if records else {}
    groups: dict[int, list[Text]] = {}
    for record in records:
        groups.setdefault(hashes[record.id], []).append(record)
    expected = set()
    for group in groups.values():
        least = min(group, key=lambda record: record.rank)
        expected |= {(record.id, least.name) for record in group if record is not least and not record.other}
    chance.shuffle(records)
    assert pairs(said_of(records, join, memory, per_block)) == expected


chains = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 7), st.integers(6, 60)), max_size=16)


def changed(base: int, changes: int, n_words: int) -> str:
    """An essay with some of its words changed: which, and to what, follows from the numbers alone."""
    words = essay(base, n_words)
    for change in range(changes):
        words[(change * 17 + base) % n_words] = f"غير{changes}"
    return " ".join(words)


def near_of_a_plain_comparison(records: Sequence[Text]) -> set[tuple[str, str]]:
    """The rule of near copies, without arrays: pairs of a band, each proved, then the records by rank."""
    ordered = sorted((r for r in records if r.text.strip()), key=lambda record: record.rank)
    signatures = [memoryview(value).cast("I").tolist() for value in signals_of(ordered)["minhash"].to_pylist()] if ordered else []

    def like(one: int, other: int) -> float:
        return sum(a == b for a, b in zip(signatures[one], signatures[other], strict=True)) / WIDTH

    proposed = set()
    for band in range(0, WIDTH, BAND):
        groups: dict[tuple[int, ...], list[int]] = {}
        for row, signature in enumerate(signatures):
            groups.setdefault(tuple(signature[band : band + BAND]), []).append(row)
        for group in groups.values():
            proposed |= {(group[0], row) for row in group[1:]} | set(pairwise(group))
    runs = [2**32 / (sum(signature) / WIDTH) - 1 for signature in signatures]
    near: dict[int, set[int]] = {row: set() for row in range(len(ordered))}
    for one, other in proposed:
        if like(one, other) >= (SHORT_LIKENESS if min(runs[one], runs[other]) < SHORT_RUNS else LIKENESS):
            near[one].add(other)
            near[other].add(one)
    lost: dict[int, int] = {}
    for leader in range(len(ordered)):
        if leader not in lost:
            beyond = {row for friend in near[leader] for row in near[friend]}
            for row in range(leader + 1, len(ordered)):
                follows = row in near[leader] or (row in beyond and like(leader, row) >= LEAST)
                if follows and row not in lost and not ordered[row].other:
                    lost[row] = leader
    return {(ordered[row].id, ordered[leader].name) for row, leader in lost.items()}


@PATIENT
@given(chains, st.integers(1, 7), st.sampled_from([LITTLE, 1 << 20]), st.randoms(use_true_random=False), st.booleans())
def test_near_copies_are_those_of_a_plain_comparison(
    texts: list[tuple[int, int, int]], per_block: int, memory: int, chance: random.Random, other: bool
) -> None:
    """Bands in partitions on disk, families dealt out in hands: the outcome is that of comparing all in memory."""
    records = [replace(r, other=other and number % 4 == 0) for number, r in enumerate(numbered([changed(*text) for text in texts]))]
    expected = near_of_a_plain_comparison(records)
    chance.shuffle(records)
    assert pairs(said_of(records, DUPLICATES["near"], memory, per_block)) == expected


def test_near_copies_are_found() -> None:
    """A title added, a word changed, blanks and marks: near copies; another text of the same words: not."""
    text = essay(1)
    near = ["نسخة", *text]
    changed_once = [*text[:50], "غير", *text[51:]]
    said = said_of(numbered([" ".join(words) for words in (text, near, changed_once, essay(2), sorted(text))]), DUPLICATES["near"])
    assert pairs(said) == {("r001", "r000"), ("r002", "r000")}
    assert all(row["value"] == f"{row['likeness']:.2f} like r000" and 0.8 < row["likeness"] < 1 for row in said)


def test_two_copies_of_a_third_are_one() -> None:
    """Two texts that each changed other words of one original are less like each other than it: they are its copies all the same."""
    original = essay(4)
    copies = [[f"غير{start}" if place % 34 == start else word for place, word in enumerate(original)] for start in (3, 12)]
    records = [Text("a", " ".join(copies[0])), Text("b", " ".join(copies[1])), Text("c", " ".join(original))]
    assert pairs(said_of(records[:2], DUPLICATES["near"])) == set()
    assert pairs(said_of(records, DUPLICATES["near"])) == {("b", "a"), ("c", "a")}


def test_likeness_is_not_passed_on() -> None:
    """In a chain of texts that each change some of the last, nobody loses to a text unlike it."""
    chain = [essay(3)]
    for step in range(6):
        chain.append([*chain[-1][: 15 * step], *essay(10 + step, 15), *chain[-1][15 * (step + 1) :]])
    lost = pairs(said_of(numbered([" ".join(words) for words in chain]), DUPLICATES["near"]))
    assert lost
    for loser, winner in lost:
        runs = [{tuple(words[i : i + 5]) for i in range(len(words) - 4)} for words in (chain[int(loser[1:])], chain[int(winner[1:])])]
        assert len(runs[0] & runs[1]) / len(runs[0] | runs[1]) > LEAST - 0.15  # the estimate's error at three standard deviations


def test_short_and_empty_texts() -> None:
    """Short texts are near copies of hardly less than the same words; texts without words are nobody's copies."""
    texts = [
        "شكرا بزاف",
        "شكرا  بزاف!",
        "شكرا",
        "",
        "",
        "?!",
        "كيلو د الطماطم فالسوق ديال الحد دابا كيدير 5 دراهم",
        "كيلو د الطماطم فالسوق ديال الحد دابا كيدير 6 دراهم",
    ]
    assert pairs(said_of(numbered(texts), DUPLICATES["near"])) == {("r001", "r000")}


def test_signature_estimates_likeness() -> None:
    """The share of equal minima is near the share of common runs of words."""
    text = essay(5, 400)
    table = signals_of(numbered([" ".join(text), " ".join(text[:300] + essay(6, 100))]))
    first, second = (memoryview(value).cast("I").tolist() for value in table["minhash"].to_pylist())
    equal = sum(a == b for a, b in zip(first, second, strict=True)) / len(first)
    assert abs(equal - 296 / 496) < 0.15


def test_nothing_to_resolve() -> None:
    """No signatures, no losers."""
    losers, winners, likeness = resolve(np.zeros((0, WIDTH), np.uint32), np.zeros(0, bool))
    assert len(losers) == len(winners) == len(likeness) == 0


LINES = [f"{' '.join(essay(seed, 14))}" for seed in range(20, 26)] + ["", "  ", "قصير"]
some_pages = st.lists(st.lists(st.sampled_from(LINES), max_size=5), max_size=12)


def key_of(line: str) -> str:
    return " ".join(line.split())


@PATIENT
@given(some_pages, st.integers(1, 5), st.sampled_from([LITTLE, 1 << 20]), st.booleans(), st.randoms(use_true_random=False))
def test_copied_paragraphs_are_those_of_a_plain_comparison(
    pages: list[list[str]], per_block: int, memory: int, other: bool, chance: random.Random
) -> None:
    """A long line stays in the least record that has it, and goes from the others; one of which nothing is left is set aside."""
    records = [replace(r, other=other and n % 3 == 0) for n, r in enumerate(numbered(["\n".join(page) for page in pages]))]
    first: dict[str, Text] = {}
    for record in sorted(records, key=lambda record: record.rank):
        for line in record.text.split("\n"):
            if len(key_of(line).encode()) >= MIN_BYTES:
                first.setdefault(key_of(line), record)
    cut: set[tuple[str, str]] = set()
    aside = set()
    for record in records:
        lines = record.text.split("\n")
        gone = {line for line in map(key_of, lines) if not record.other and first.get(line, record) is not record}
        cut |= {(record.id, first[line].name) for line in gone}
        if gone and not any(key_of(line) and key_of(line) not in gone for line in lines):
            aside.add(record.id)
    chance.shuffle(records)
    said = said_of(records, DUPLICATES["paragraphs"], memory, per_block)
    assert {row["id"] for row in said if row["cut"] is None} == aside
    assert {(row["id"], row["winner"]) for row in said if row["cut"] is not None} == {pair for pair in cut if pair[0] not in aside}
