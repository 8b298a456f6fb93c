"""The report page: read with lxml, for runs that are whole, hostile, poor or empty."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lxml import etree, html

from khettara.errors import KhettaraError
from khettara.studio import report_page

HOSTILE = '<script>alert("1")</script><img src=x onerror=alert(1)> \N{RIGHT-TO-LEFT OVERRIDE}abc\x00\ud800'
ANSWER = "نهار السوق هو الخميس، w kaybda m3a sbah"


def measure(name: str, value: float | None, **more: Any) -> dict[str, Any]:
    plain = {"id": "Com-ML-1", "name": name, "scope": "text", "direction": "higher", "minimum": None, "maximum": None, "required": True}
    return plain | {"value": value, "interval": None, "status": "computed", "passed": None, "why": None} | more


RUN: dict[str, Any] = {
    "name": "demo",
    "output": "/srv/data/demo",
    "report": "/srv/data/demo/report.html",
    "seconds": 83.214,
    "up_to_date": False,
    "stages": [
        {
            "kind": "ingest", "path": "/srv/data/demo/raw", "digest": "a1" * 32, "state": "made", "seconds": 1.25, "units_done": 9, "units_reused": 2,
            "counts": {"in": 12431, "kept": 12400, "rejected": 31, "rejected_by": {"damaged": 11, "empty": 13, "encrypted": 7}},
            "facts": {"files": 118, "files_by_state": {"damaged": 11, "empty": 13, "encrypted": 7, "partial": 3, "text": 84}},
        },
        {
            "kind": "clean", "path": "/srv/data/demo/clean", "digest": "b2" * 32, "state": "made", "seconds": 3.5, "units_done": 4, "units_reused": 0,
            "counts": {"in": 12400, "kept": 11021, "rejected": 1379, "rejected_by": {"too_short": 977, "copy": 390, "near_copy": 12}}, "facts": {},
        },
        {
            "kind": "certify", "path": "/srv/data/demo/clean", "digest": "b2" * 32, "state": "made", "seconds": 2.0, "counts": {},
            "facts": {
                "purpose": "pretraining", "verdict": "conditional", "reasons": ["12 records name no licence"],
                "issued": "2026-11-24T09:00:00Z", "expires": "2027-11-24T09:00:00Z",
                "rights": {"licences": {"CC0-1.0": 11009}, "unknown": 12}, "findings": [{"kind": "phone", "records": 3}],
                "measures": [
                    measure("Value completeness", 0.9912, numerator=10924, denominator=11021, interval=[0.9893, 0.9928], minimum=0.98, passed=True),
                    measure("Duplicate share", 0.031, numerator=342, denominator=11021, interval=[0.028, 0.0344],
                            maximum=0.02, passed=False, required=False),
                    measure("Mean words", 61.5),
                    measure("Label accuracy", None, status="not applicable", why="there are no labels"),
                ],
            },
        },
        {
            "kind": "train", "path": "/srv/data/demo/model", "digest": "c3" * 32, "state": "made", "seconds": 61.0, "counts": {},
            "facts": {
                "parameters": 1612928, "steps": 240,
                "bits_per_byte_before": {"ary-Arab": 6.0213, "ary-Latn": 7.4012, "zgh-Tfng": 4.5121, "overall": 6.2345},
                "bits_per_byte_after": {"ary-Arab": 2.1871, "ary-Latn": 3.0144, "zgh-Tfng": 1.9002, "overall": 2.4456},
            },
        },
        {
            "kind": "ask", "path": "/srv/data/demo/answers.json", "digest": "c3" * 32, "state": "made", "seconds": 0.4, "counts": {},
            "facts": {
                "question": "شنو هو نهار السوق؟", "answer": ANSWER,
                "spans": [
                    {"text": "نهار السوق هو الخميس", "start": 0, "end": 20, "documents": [
                        {"id": "d1", "uri": "darija/as2ila.txt", "excerpt": "سؤال: شنو هو نهار السوق؟ جواب: نهار السوق هو الخميس"},
                        {"id": "d2", "uri": "tamazight/ⴰⵙⵙ.txt", "excerpt": "ⴰⵙⵙ ⵏ ⵓⵙⵓⵇ ⵉⴳⴰ ⴰⴽⵡⴰⵙ"},
                    ]},
                    {"text": "kaybda m3a sbah", "start": 24, "end": 39, "documents": [
                        {"id": "d3", "uri": "forum/souk.json", "excerpt": "souk kaybda m3a sbah bekri"}]},
                ],
            },
        },
    ],
}  # fmt: skip


def read(page: str) -> Any:
    """Parse the page; it must be well-formed even as XML, and encodable."""
    etree.fromstring(page.replace("<!DOCTYPE html>", "").strip().encode())
    return html.document_fromstring(page)


def figures(value: Any) -> set[float]:
    """Every number in counts and facts, at any depth, but for places in a text."""
    if isinstance(value, dict):
        return {n for key, item in value.items() if key not in ("start", "end") for n in figures(item)}
    if isinstance(value, list):
        return {n for item in value for n in figures(item)}
    return {float(value)} if isinstance(value, int | float) and not isinstance(value, bool) else set()


@pytest.mark.parametrize("lang", ["en", "ar", "fr"])
def test_every_number_of_the_run_is_on_the_page(lang: str) -> None:
    """Whatever was counted or measured can be read, in each language of the page."""
    tree = read(report_page(RUN, "الخزانة ديال الجماعة", lang=lang))
    shown = {float(value) for value in tree.xpath("//data/@value")}
    wanted = figures([[s["counts"], s["facts"]] for s in RUN["stages"]]) - {3.0}  # a finding is shown as a line of text
    assert wanted | {83.214} <= shown
    assert tree.get("lang") == lang
    assert tree.get("dir") == ("rtl" if lang == "ar" else "ltr")
    for stage in RUN["stages"]:
        assert stage["digest"] in tree.text_content()


def test_the_page_asks_for_nothing_from_outside() -> None:
    """No script, no address, no file beside it; its policy forbids them too."""
    page = report_page(RUN, "")
    tree = read(page)
    assert not tree.xpath("//script | //link | //img | //iframe | //object | //@src | //@href | //@style")
    assert not re.search(r"https?://|url\(|@import", page)
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_hostile_text_stays_text() -> None:
    """A name, rule, reason or document that looks like markup is shown, not obeyed."""
    run = copy.deepcopy(RUN)
    ingest, clean, certify, _, ask = run["stages"]
    run["name"] = ingest["kind"] = clean["path"] = certify["facts"]["verdict"] = HOSTILE
    clean["counts"]["rejected_by"] = {HOSTILE: 1379}
    certify["facts"] |= {"reasons": [HOSTILE], "findings": [HOSTILE], "purpose": HOSTILE, "rights": {"licences": [HOSTILE], "unknown": 1}}
    certify["facts"]["measures"] = [measure(HOSTILE, 1, id=HOSTILE, scope=HOSTILE, why=HOSTILE)]
    ask["facts"] = {
        "question": HOSTILE,
        "answer": HOSTILE,
        "spans": [{"text": HOSTILE, "start": 0, "end": 8, "documents": [{"uri": HOSTILE, "excerpt": HOSTILE}]}],
    }
    page = report_page(run, HOSTILE)
    tree = read(page)
    assert not tree.xpath("//script | //img | //@onerror")
    assert "&lt;script&gt;" in page
    assert page.encode()


def test_spans_are_highlighted_where_they_stand() -> None:
    """The answer reads as it was given, and its marks are its spans; spans that lie are left unmarked."""
    tree = read(report_page(RUN, ""))
    assert [mark.text for mark in tree.xpath("//blockquote/mark")] == ["نهار السوق هو الخميس", "kaybda m3a sbah"]
    run = copy.deepcopy(RUN)
    run["stages"][4]["facts"]["spans"] = [{"start": -4, "end": 9999}, {"start": 0, "end": 10}, {"start": 5, "end": 12}, {}, None]
    found = read(report_page(run, "")).xpath("//blockquote")[1]
    assert "".join(found.xpath("text() | mark/text()")) == ANSWER


def test_text_of_the_data_finds_its_own_direction() -> None:
    """Arabic, Tifinagh and Latin text each stand in an element that takes its direction from its first letter."""
    tree = read(report_page(RUN, "الخزانة", lang="fr"))
    for text in ("الخزانة", "شنو هو نهار السوق؟", "ⴰⵙⵙ ⵏ ⵓⵙⵓⵇ ⵉⴳⴰ ⴰⴽⵡⴰⵙ", "Value completeness"):
        assert tree.xpath("//*[@dir='auto'][. = $text]", text=text), text


@pytest.mark.parametrize(
    "run",
    [
        {},
        {"name": None, "stages": []},
        {"stages": [{}]},
        {"stages": [{"kind": kind} for kind in ("ingest", "clean", "certify", "train", "ask", "other")]},
        {
            "stages": [
                {"kind": "certify", "facts": {"measures": [{}, None], "rights": None, "verdict": None}},
                {"kind": "ask", "facts": {"spans": None}},
            ]
        },
        {"stages": [{"kind": "clean", "counts": {"in": 0, "kept": 0, "rejected": 0, "rejected_by": {}}}] * 2},
        {"stages": [{"kind": "train", "facts": {"bits_per_byte_after": {"overall": 0}, "bits_per_byte_before": {"fr": None}}}]},
    ],
)
@pytest.mark.parametrize("lang", ["en", "ar", "fr"])
def test_a_poor_run_still_has_a_page(run: dict[str, Any], lang: str) -> None:
    """Stages and facts may be missing, repeated, or zero."""
    text = read(report_page(run, "", lang=lang)).xpath("string(//main)")
    assert "None" not in text
    assert "nan" not in text


def test_thousands_of_reasons_fold_away() -> None:
    """The greatest losses are drawn, the others are listed; none is lost."""
    run = copy.deepcopy(RUN)
    run["stages"][1]["counts"]["rejected_by"] = {f"rule_{'x' * 400}_{i}": i for i in range(1, 3001)}
    tree = read(report_page(run, ""))
    assert {str(i) for i in range(1, 3001)} <= set(tree.xpath("//data/@value"))
    assert len(tree.xpath("//svg[@class='bar']")) < 60


def test_records_that_vanished_are_told() -> None:
    """In = kept + rejected, or the page says that it is not so."""
    run = copy.deepcopy(RUN)
    assert "do not add up" not in report_page(run, "")
    run["stages"][1]["counts"]["kept"] -= 1
    assert "do not add up" in report_page(run, "")


def test_a_share_that_is_not_whole_does_not_look_whole() -> None:
    """99.9996 % is not written as 100 %."""
    run = {"stages": [{"kind": "certify", "facts": {"measures": [measure("m", 0.999996, numerator=999996, denominator=1000000)]}}]}
    assert read(report_page(run, "")).xpath("//td/data[@value='0.999996']")[0].text == "99.9996\N{NO-BREAK SPACE}%"


def test_languages_licences_and_reasons_come_from_the_dataset(tmp_path: Path) -> None:
    """What the dataset's own files say is drawn; a damaged file is passed over."""
    run = copy.deepcopy(RUN)
    clean = run["stages"][1]
    clean["path"] = str(tmp_path)
    clean["counts"]["rejected_by"] = {"too_short": 2}
    (tmp_path / "data").mkdir()
    (tmp_path / "rejects").mkdir()
    pq.write_table(pa.table({"lang": ["ary", "ary", "zgh", None], "licence": ["CC0-1.0", "CC0-1.0", "CC0-1.0", None]}), tmp_path / "data/p.parquet")
    pq.write_table(pa.table({"rule": ["too_short"] * 2, "because": ["fewer than five words"] * 2}), tmp_path / "rejects/p.parquet")
    text = read(report_page(run, "")).text_content()
    for words in ("Darija", "Standard Moroccan Tamazight", "CC0-1.0", "fewer than five words"):
        assert words in text
    (tmp_path / "data/p.parquet").write_bytes(b"PAR1 broken")
    (tmp_path / "rejects/p.parquet").write_bytes(b"PAR1 broken")
    assert "too short" in read(report_page(run, "")).text_content()


def test_an_unknown_language_is_refused() -> None:
    """The message names the languages that there are."""
    with pytest.raises(KhettaraError, match="en, ar, fr"):
        report_page(RUN, "", lang="de")
