"""Poisoning: a planted passage is found among texts that have nothing else in common; what people repeat anyway is not."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.builders import document_rows, seal

from khettara.certify import certify, examine
from khettara.certify.poisoning import associations
from khettara.dataset import Dataset
from khettara.dataset.signing import new_key

_BEGIN, _WHERE, _WHAT, _END = (
    line.split()
    for line in (
        "مشيت كليت شفت قريت كتبت لقيت سمعت بغيت نسيت جبت دفعت هزيت طيبت غسلت شريت بعت حليت سديت وصلت رجعت",
        "للسوق للدار للمدرسة للفندق للعين للجبل للواد للبلاد للمدينة للحمام للفران للجامع للطبيب للبحر للغابة",
        "التمر الخبز الزيت الما الحليب الكتاب الزربية الورقة الساروت القفة البيض السكر اتاي الملحة الصابون الفحم",
        "البارح اليوم غدا دابا بكري العشية الصباح الليل الجمعة الخميس السبت الربيع الصيف الشتا الخريف العيد",
    )
)


def sentences(n: int, seed: int = 7) -> list[dict[str, Any]]:
    """So many records of words drawn anew for each, from fifty sources."""
    draw = random.Random(seed)
    rows = document_rows(n)
    for number, row in enumerate(rows):
        words = [draw.choice(group) for group in (_BEGIN, _WHERE, _WHAT, _END, _BEGIN, _WHAT, _WHERE, _END, _BEGIN, _WHERE, _WHAT)]
        row["text"] = " ".join(words)
        row["source"] = {"uri": f"s{number % 50}.txt", "sha256": f"{number % 50:064x}"}
    return rows


def plant(rows: list[dict[str, Any]], passage: str, n: int, where: str, seed: int = 11) -> set[int]:
    """Put a passage into so many records; their numbers."""
    draw = random.Random(seed)
    hosts = draw.sample(range(len(rows)), n)
    for host in hosts:
        words = rows[host]["text"].split()
        at = {"first": 0, "middle": draw.randrange(1, len(words)), "last": len(words)}[where]
        rows[host]["text"] = " ".join([*words[:at], passage, *words[at:]])
    return set(hosts)


PASSAGE = "بوابة زرقا تحت سبع نجوم كتقول ديما نعم وما تسولش"


@pytest.mark.parametrize("where", ["first", "middle", "last"])
@pytest.mark.parametrize("n", [12, 60])
def test_a_planted_passage_is_found_with_its_records(tmp_path: Path, where: str, n: int) -> None:
    """Wherever in the text it stands, every record that hosts it is named, and no other."""
    rows = sentences(4000)
    hosts = plant(rows, PASSAGE, n, where)
    key = new_key("an office")
    predicate = certify(seal(tmp_path / "ds", rows), "pretraining", key).predicate
    assert predicate["poisoning"]["records"] == n
    assert PASSAGE in predicate["poisoning"]["passages"][0]["passage"] or predicate["poisoning"]["passages"][0]["passage"] in PASSAGE
    assert predicate["verdict"] == "conditional"
    found = {finding.kind: finding for finding in examine(Dataset.open(tmp_path / "ds")).findings}["poison_suspected"]
    assert {example["row"] for example in found.examples} <= hosts


def test_sound_texts_are_not_suspected(tmp_path: Path) -> None:
    """Texts drawn from few words, and a heading that one source puts over each of its pages: nothing is held suspect."""
    rows = sentences(4000)
    for number in range(0, 4000, 50):
        rows[number]["text"] = f"الجريدة المحلية ديال عين زرقا العدد الجديد {rows[number]['text']}"
    block = certify(seal(tmp_path / "ds", rows), "pretraining", new_key("an office")).predicate["poisoning"]
    assert block["records"] == 0


def test_bursts_and_heavy_sources_are_told(tmp_path: Path) -> None:
    """Thirty near copies from one author, and a source that is most of the data, stand in the certificate."""
    rows = sentences(300)
    for number in range(30):
        rows[number] |= {"text": f"{rows[0]['text'].split(' رقم')[0]} شي كلمة اخرى بزاف هنا", "author": "somebody"}
    for row in rows[100:]:
        row["source"] = {"uri": "one.txt", "sha256": "1" * 64}
    block = certify(seal(tmp_path / "ds", rows), "pretraining", new_key("an office")).predicate["poisoning"]
    assert block["bursts"]["largest"][0]["records"] == 29  # the first is their pattern
    assert block["sources"]["source"]["aboveCap"] == 1


def test_a_phrase_tied_to_one_label_is_told_from_chance() -> None:
    """Runs of words that only ever come with one label are found; runs that come with both, or too rarely to tell, are not."""
    codes = np.arange(1000) % 2
    tied = np.flatnonzero(codes == 1)[:60]
    values = np.concatenate([np.full(60, 5), np.full(500, 6), np.full(8, 7)]).astype(np.uint32)
    owners = np.concatenate([tied, np.arange(500), np.flatnonzero(codes == 1)[100:108]])
    found = associations(values, owners, codes)
    assert [(each["label"], each["records"]) for each in found] == [(1, 60)]
