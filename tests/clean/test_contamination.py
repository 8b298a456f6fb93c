"""Evaluation sets are found again in records, whole or in part, however they are punctuated; and registers hold no text."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.builders import document_rows, seal
from typer.testing import CliRunner

import khettara as kh
from khettara.clean import Contamination
from khettara.cli.main import app
from khettara.engine.evalsets import EvalSet, find_evalset, make_evalset
from khettara.errors import RecipeError, SourceError, Tampered

# 20 words, 15 words, 9 words (between the two runs), 5 words (whole only), 2 words (never).
LONG = "شنو هي المدينة اللي فيها الصومعة ديال حسان وشكون السلطان اللي بدا كيبنيها وشنو كان باغي يدير بيها من الأول"
LATIN = "chhal mn wahed f lmghrib kaykhdem f lfila7a w chno ghadi ydiro ila ma tahet chta"
NINE = "عطيني جوج أسباب علاش الناس كيهاجرو للمدن الكبيرة دابا"
FIVE = "شكون كتب النشيد الوطني المغربي"
TWO = "شكرا بزاف"
ITEMS = [[LONG], [LATIN], [NINE], [FIVE], [TWO]]
OTHER = "اليوم مشينا للسوق وشرينا الخضرة واللحم ورجعنا للدار مع العشية وطيبنا الطاجين وجلسنا كاملين كنهضرو على العيد اللي جاي"


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "ours.evalset"
    make_evalset("ours", ITEMS, "2", "CC0-1.0").write(path)
    return path


def measure(register: Path, *texts: str) -> list[tuple[float, float, int, str | None]]:
    """(contamination_13, contamination_8, n_eval_items, eval_sets) of each text."""
    batch = Contamination(sets=(str(register),))(pa.record_batch({"text": pa.array(texts)}))
    columns = (batch.column(name).to_pylist() for name in ("contamination_13", "contamination_8", "n_eval_items", "eval_sets"))
    return list(zip(*columns, strict=True))


def test_an_item_alone_is_all_contamination(register: Path) -> None:
    assert measure(register, LONG, LATIN, NINE, FIVE) == [(1, 1, 1, "ours")] * 4


def test_what_is_not_in_the_set_is_clean(register: Path) -> None:
    """Nor are two words that everybody says, nor a record without any."""
    clean = (0, 0, 0, None)
    assert measure(register, OTHER, TWO, "", "😀 !؟", " ".join(reversed(LONG.split()))) == [clean] * 5


@pytest.mark.parametrize(
    "changed",
    [
        LONG.replace(" ", "، "),
        f"« {LONG} »؟!",
        LONG.replace("ا", "أ").replace("ي", "ى"),
        LONG.replace("ال", "الـــ"),
        "\N{ARABIC FATHA}".join(LONG),
        LONG.replace(" ", "\n"),
        LATIN.upper(),
        LATIN.replace(" ", " -- "),
    ],
    ids=["commas", "quotes", "alef and ya", "tatweel", "vowel marks", "lines", "capitals", "dashes"],
)
def test_writing_it_otherwise_does_not_hide_it(register: Path, changed: str) -> None:
    """Punctuation, case, marks, tatweel and letters' variants make no difference."""
    assert measure(register, changed)[0][:3] == (1, 1, 1)


def test_a_part_counts_for_its_words(register: Path) -> None:
    """Ten words of an item are found by runs of 8 and not by runs of 13; thirteen by both; seven by none."""
    words, other = LONG.split(), OTHER.split()
    n = len(other)
    for taken, share_13, share_8 in ((7, 0, 0), (10, 0, 10), (13, 13, 13), (20, 20, 20)):
        text = " ".join([*other[: n // 2], *words[:taken], *other[n // 2 :]])
        found = measure(register, text)[0]
        assert found[:2] == pytest.approx((share_13 / (n + taken), share_8 / (n + taken)))
        assert found[2] == (1 if taken >= 8 else 0)


def test_a_changed_word_breaks_the_runs_through_it(register: Path) -> None:
    words = LONG.split()
    words[10] = "مراكش"
    found = measure(register, " ".join(words))[0]
    assert found[0] == 0
    assert found[1] == pytest.approx((len(words) - 1) / len(words))


def test_short_items_are_found_as_whole_lines_only(register: Path) -> None:
    """Five words in the middle of a sentence are no evidence; as a line, or as the record, they are."""
    assert measure(register, f"{OTHER} {FIVE} {OTHER}")[0][2] == 0
    found = measure(register, f"{OTHER}\n{FIVE}؟\n{OTHER}")[0]
    assert found[:2] == pytest.approx((5 / (2 * len(OTHER.split()) + 5),) * 2)
    assert found[2] == 1
    assert measure(register, FIVE.replace(" ", "\n", 1))[0][2] == 1


def test_items_and_sets_are_counted_once(tmp_path: Path, register: Path) -> None:
    """A record that repeats an item twice has met one; two sets that both have it are both named."""
    other = tmp_path / "theirs.evalset"
    make_evalset("theirs", [[LONG]]).write(other)
    batch = pa.record_batch({"text": [f"{LONG} {LONG} {LATIN}", f"{LATIN}\n{OTHER}"]})
    found = Contamination(sets=(str(register), str(other)))(batch)
    assert found.column("eval_sets").to_pylist() == ["ours, theirs", "ours"]
    assert found.column("n_eval_items").to_pylist() == [3, 1]  # the same text is an item of each set


def test_runs_do_not_cross_records_or_texts(tmp_path: Path, register: Path) -> None:
    """Half an item in each of two records is found in neither, nor is the end of a question with the head of its answer."""
    words = LONG.split()
    assert [found[2] for found in measure(register, " ".join(words[:7]), " ".join(words[7:14]))] == [0, 0]
    path = tmp_path / "pair.evalset"
    make_evalset("pair", [[" ".join(words[:10]), " ".join(words[10:])]]).write(path)
    assert measure(path, " ".join(words[6:14]))[0][2] == 0
    assert measure(path, " ".join(words[2:10]))[0][2] == 1


def test_blocks_leave_no_seam(register: Path) -> None:
    """An item is found wherever it stands in a long record."""
    other = OTHER.split()
    for before in (2035, 2040, 2047, 2048, 4090, 4096):
        filler = [other[n % len(other)] + str(n) for n in range(before)]
        found = measure(register, " ".join([*filler, LONG, *filler[:3]]))[0]
        assert found[0] == pytest.approx(20 / (before + 23)), before


def test_a_register_holds_no_text(register: Path) -> None:
    """Neither words nor hashes that two registers of the same set would share."""
    content = register.read_bytes()
    assert not any(word.encode() in content for word in {*LONG.split(), *LATIN.split()} if len(word) > 3)
    again = make_evalset("ours", ITEMS)
    assert not set(again.hashes.tolist()) & set(EvalSet.read(register).hashes.tolist())


def test_a_register_says_what_it_is(register: Path) -> None:
    read = EvalSet.read(register)
    assert (read.name, read.version, read.licence, read.n_items, read.n_too_short) == ("ours", "2", "CC0-1.0", 5, 1)
    assert read.about()["runs"] == [8, 13]
    # 13 + 8 runs of 20 words, and so on; texts under 13 words once more as a whole.
    assert read.about()["hashes"] == (13 + 8) + (9 + 4) + (2 + 1) + 1


def test_hashes_of_words_are_those_of_the_scheme() -> None:
    """When this fails, words are hashed otherwise than before: raise `SCHEME`, so that old registers are refused and not misread."""
    made = make_evalset("ours", [[LONG]], salt=1)
    assert made.digest[:16] == "42035c837fe647bc"


def test_a_changed_register_is_refused(register: Path) -> None:
    table = pq.read_table(register)
    meta = {key: value.replace(b'"items": 5', b'"items": 6') for key, value in table.schema.metadata.items()}
    pq.write_table(table.replace_schema_metadata(meta), register)
    with pytest.raises(Tampered):
        EvalSet.read(register)


def test_mistakes_are_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHETTARA_HOME", str(tmp_path))
    with pytest.raises(RecipeError, match="evalset add terjama"):
        find_evalset("terjama", tmp_path)
    make_evalset("terjama", ITEMS).write(tmp_path / "evalsets" / "terjama.evalset")
    with pytest.raises(RecipeError, match="Did you mean 'terjama'"):
        find_evalset("terjma", tmp_path)
    (tmp_path / "notes.txt").write_text("no register")
    with pytest.raises(RecipeError, match="no register"):
        EvalSet.read(tmp_path / "notes.txt")


def test_the_commands_make_and_show_registers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From JSON lines, CSV, plain lines and a dataset; by name, among the registers of the site."""
    monkeypatch.setenv("KHETTARA_HOME", str(tmp_path / "home"))
    (tmp_path / "q.jsonl").write_text("\n".join(json.dumps({"question": LONG, "choices": [NINE, FIVE]}, ensure_ascii=False) for _ in range(2)))
    (tmp_path / "q.csv").write_text(f'id,text\n1,"{LATIN}"\n2,"{NINE}"\n')
    (tmp_path / "q.txt").write_text(f"{LONG}\n\n{LATIN}\n")
    seal(tmp_path / "ds", document_rows(3))
    for name, source, *columns in (
        ("json", "q.jsonl", "--text", "question", "--text", "choices"),
        ("csv", "q.csv"),
        ("lines", "q.txt"),
        ("ds", "ds"),
    ):
        result = CliRunner().invoke(app, ["evalset", "add", name, str(tmp_path / source), *columns, "--json"])
        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout)["items"] == {"json": 2, "csv": 2, "lines": 2, "ds": 3}[name]
    listed = json.loads(CliRunner().invoke(app, ["evalset", "list", "--json"]).stdout)
    assert [each["name"] for each in listed] == ["csv", "ds", "json", "lines"]
    assert "json, version 1" in CliRunner().invoke(app, ["evalset", "show", "json"]).stdout
    refused = CliRunner().invoke(app, ["evalset", "add", "x", str(tmp_path / "q.jsonl"), "--text", "qestion"])
    assert isinstance(refused.exception, SourceError)
    assert "Did you mean 'question'" in str(refused.exception)


def test_a_recipe_leaves_contaminated_records_out(tmp_path: Path) -> None:
    """The register is named from the recipe's folder; the manifest says which it was; another register measures anew."""
    rows = document_rows(20)
    rows[3]["text"] = f"{OTHER} {LONG}"
    seal(tmp_path / "out" / "raw", rows)
    make_evalset("ours", ITEMS, salt=5).write(tmp_path / "sets" / "ours.evalset")
    (tmp_path / "r.yaml").write_text(
        """
output: out
stages:
  - clean:
      from: raw
      to: clean
      steps: [{contamination: {sets: [sets/ours.evalset]}}]
      rules:
        - {rule: contaminated, keep: contamination_13 == 0, because: it is in an evaluation set}
"""
    )
    result = kh.run(tmp_path / "r.yaml").results[0]
    assert result.counts["rejected_by"] == {"contaminated": 1}
    manifest = kh.open(result.path).manifest
    assert manifest.step.settings["steps"][0]["settings"]["sets"][0]["digest"] == EvalSet.read(tmp_path / "sets" / "ours.evalset").digest
    assert kh.run(tmp_path / "r.yaml").up_to_date
    make_evalset("ours", [[OTHER]], salt=5).write(tmp_path / "sets" / "ours.evalset")
    again = kh.run(tmp_path / "r.yaml")
    assert not again.up_to_date
    assert again.results[0].counts["rejected_by"] == {"contaminated": 1}
