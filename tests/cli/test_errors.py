"""The obvious mistakes, made at the real command line: one message with what, where and what to do, and no traceback."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.builders import document_rows, seal

from khettara.dataset import DOCUMENTS, Draft, StepRecord, model_draft

COMMAND = [sys.executable, "-c", "from khettara.cli.main import main; main()"]


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


def say(*words: object, cwd: Path) -> Said:
    """Run `khettara WORDS` in a folder."""
    environment = {**os.environ, "KHETTARA_HOME": str(cwd / "home")}
    done = subprocess.run([*COMMAND, *map(str, words)], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a dataset, a model, a file, an empty folder, and recipes with one mistake each."""
    seal(tmp_path / "ds", document_rows(5))
    with model_draft(tmp_path / "model") as draft:
        draft.write_text("config.json", "{}")
        draft.seal(kind="model", step=StepRecord("train", 1, {}, "k"))
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("السوق نهار الخميس", encoding="utf-8")
    clean = "name: x\noutput: res\nstages:\n  - clean:\n      from: ds\n      to: out\n"
    recipes = {
        "not-yaml": "name: x\nstages:\n  - clean: {from: [\n",
        "no-stages": "name: x\n",
        "unknown-field": "name: x\nstagse: []\n",
        "unknown-stage": "name: x\nstages:\n  - claen: {from: ds, to: out}\n",
        "unknown-step": f"{clean}      steps:\n        - scrubb\n",
        "misspelt-setting": f"{clean}      stesp: []\n",
        "misspelt-step-setting": f"{clean}      steps:\n        - mask_identifiers: {{kidns: [phone]}}\n",
        "bad-rule": f"{clean}      rules:\n        - {{rule: r, keep: 'n_words >', because: b}}\n",
        "unknown-column": f"{clean}      steps: [words]\n      rules:\n        - {{rule: r, keep: n_wrods > 1, because: b}}\n",
        "unknown-priority": f"{clean}      priority: {{dss: 1}}\n",
        "endless-shards": f"{clean}      shard_mb: .inf\n",
        "outside": "name: x\nstages:\n  - clean: {from: ds, to: ../../out}\n",
        "no-dataset": "name: x\noutput: res\nstages:\n  - clean: {from: rwa, to: out}\n",
        "set-twice": "name: x\nname: y\nstages: []\n",
        "uncertified": "name: x\noutput: res\nstages:\n  - train: {data: ds, to: model}\n",
    }
    for name, text in recipes.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


MISTAKES = [
    ("run nowhere.yaml", ["no such recipe", "nowhere.yaml"]),
    ("run not-yaml.yaml", ["not valid YAML", "line"]),
    ("run no-stages.yaml", ["stages", "ingest"]),
    ("run unknown-field.yaml", ["line 2", "'stagse'", "'stages'"]),
    ("run unknown-stage.yaml", ["line 3", "'claen'", "'clean'"]),
    ("run unknown-step.yaml", ["line 8", "'scrubb'", "'scrub'"]),
    ("run misspelt-setting.yaml", ["line 7", "'stesp'", "'steps'"]),
    ("run misspelt-step-setting.yaml", ["line 8", "'kidns'", "'kinds'"]),
    ("run bad-rule.yaml", ["line 8", "n_words >", "does not read"]),
    ("run unknown-column.yaml", ["n_wrods", "'n_words'"]),
    ("run unknown-priority.yaml", ["'dss'", "'ds'"]),
    ("run endless-shards.yaml", ["line 7", "finite"]),
    ("run outside.yaml", ["line 3", "cannot name an artefact"]),
    ("run no-dataset.yaml", ["no such dataset", "rwa"]),
    ("run set-twice.yaml", ["line 2", "set twice"]),
    ("run uncertified.yaml", ["no certificate", "khettara certify"]),
    ("run unknown-step.yaml --engine treads", ["'treads'", "'threads'"]),
    ("run unknown-step.yaml --workers 0", ["0 workers"]),
    ("show empty", ["not a sealed dataset", "khettara ingest"]),
    ("show nowhere", ["no such dataset or model", "nowhere"]),
    ("verify notes.txt", ["not a sealed dataset"]),
    ("rejects model", ["a model, not a dataset"]),
    ("rejects ds --rule shrot", ["'shrot'"]),
    ("certify ds", ["no signing key", "khettara keys new"]),
    ("keys show", ["no signing key", "khettara keys new"]),
    ("ingest nowhere -o raw", ["no such file or folder", "nowhere"]),
    ("ingest empty -o raw", ["there is no file in it"]),
    ("ingest notes.txt", ["--output"]),
    ("llm ask ds question", ["a dataset, not a model"]),
    ("llm train ds -o m", ["no certificate", "khettara certify"]),
    ("llm train ds -o m --override reasons", ["cannot be read", "khettara override"]),
    ("shwo ds", ["shwo"]),
]


@pytest.mark.parametrize(("command", "words"), MISTAKES, ids=[case[0] for case in MISTAKES])
def test_a_mistake_ends_in_one_message(place: Path, command: str, words: list[str]) -> None:
    """Exit status 1 or 2, everything that helps on stderr, nothing on stdout, no traceback."""
    said = say(*command.split(), cwd=place)
    assert said.code in (1, 2), said
    assert "Traceback" not in said.err
    assert "mistake of ours" not in said.err
    assert [word for word in words if word not in " ".join(said.err.split())] == [], said.err
    assert said.out == ""


def test_a_certificate_for_an_unknown_purpose(place: Path) -> None:
    """The purposes that there are are named."""
    assert say("keys", "new", "an office", cwd=place).code == 0
    assert "a model, not a dataset" in say("certify", "model", cwd=place).err
    said = say("certify", "ds", "--for", "pretrainning", cwd=place)
    assert said.code == 1
    assert "'pretraining'" in said.err


def test_bad_files_cost_themselves_only(place: Path) -> None:
    """A loop of links, an empty file, a broken link: the run succeeds, and each is accounted for."""
    archive = place / "archive"
    (archive / "deep").mkdir(parents=True)
    (archive / "deep" / "loop").symlink_to(archive)
    (archive / "gone.txt").symlink_to(archive / "nothing")
    (archive / "empty.txt").write_bytes(b"")
    (archive / "good.txt").write_text("السوق نهار الخميس حدا الفندق القديم", encoding="utf-8")
    said = say("ingest", "archive", "-o", "raw", cwd=place)
    assert said.code == 0, said.err
    assert re.search(r"refused\s+2", said.out), said.out
    assert re.search(r"empty\s+1", said.out), said.out
    assert "symbolic link" in say("rejects", "raw", cwd=place).out


def without_privileges(*words: object, cwd: Path) -> Said:
    """As `say`, for someone whom permission bits bind: root keeps its name and loses the right to pass over them."""
    limits: list[str] = []
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("permission bits do not bind root, and there is no setpriv to make them")
        limits = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    environment = {**os.environ, "KHETTARA_HOME": str(cwd / "home")}
    done = subprocess.run([*limits, *COMMAND, *map(str, words)], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    return Said(done.returncode, done.stdout, done.stderr)


def test_an_unreadable_file_costs_itself_only(place: Path) -> None:
    """A file and a folder that may not be read are named with the reason; the others are read."""
    archive = place / "archive"
    (archive / "locked").mkdir(parents=True)
    (archive / "good.txt").write_text("السوق نهار الخميس حدا الفندق القديم", encoding="utf-8")
    (archive / "secret.txt").write_text("سر", encoding="utf-8")
    (archive / "secret.txt").chmod(0)
    (archive / "locked").chmod(0)
    said = without_privileges("ingest", "archive", "-o", "raw", cwd=place)
    (archive / "locked").chmod(0o755)
    assert said.code == 0, said.err
    assert re.search(r"refused\s+2", said.out), said.out
    assert "secret.txt: cannot be opened: Permission denied" in say("rejects", "raw", cwd=place).out


LOCKED = [
    ("show ds", "ds/dataset.json"),
    ("show ds", "ds/data/part-00000.parquet"),
    ("verify ds", "ds/data/part-00000.parquet"),
    ("show ds", "ds"),
    ("run unknown-step.yaml", "unknown-step.yaml"),
    ("ingest notes.txt -o locked/raw", "locked"),
]


@pytest.mark.parametrize(("command", "locked"), LOCKED, ids=[f"{command}, {locked} locked" for command, locked in LOCKED])
def test_what_may_not_be_opened_is_named(place: Path, command: str, locked: str) -> None:
    """Permission bits end in one message that names the file, not in a trace."""
    path = place / locked
    path.mkdir(exist_ok=True) if locked == "locked" else None
    bits = path.stat().st_mode
    path.chmod(0o500 if locked == "locked" else 0)
    said = without_privileges(*command.split(), cwd=place)
    path.chmod(bits)
    assert said.code in (1, 2), said
    assert "Traceback" not in said.err
    assert "mistake of ours" not in said.err, said.err
    assert Path(locked).name in said.out + said.err


def test_two_runs_at_one_output(place: Path) -> None:
    """The second of two runs at the same output is told to wait; the first one's result is whole."""
    command = [*COMMAND, "ingest", "notes.txt", "-o", "raw"]
    with Draft(place / "raw") as first:
        said = say(*command[len(COMMAND) :], cwd=place)
        assert said.code == 1
        assert "another run is writing it now" in said.err
        assert "Wait for it to end" in said.err
        first.seal(kind="documents", step=StepRecord("test", 1, {}, "k"), schema=DOCUMENTS)
    environment = {**os.environ, "KHETTARA_HOME": str(place / "home")}
    both = [subprocess.Popen(command, cwd=place, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) for _ in range(2)]
    ends = [(run.communicate()[1], run.returncode) for run in both]
    assert 0 in [code for _, code in ends]
    assert all(code == 0 or "another run is writing it now" in said for said, code in ends), ends
    assert "intact" in say("verify", "raw", cwd=place).out


def test_json_goes_to_stdout_alone(place: Path) -> None:
    """What another program reads is one JSON document."""
    import json

    for command in (
        "show ds --json",
        "verify ds --json",
        "lineage ds --json",
        "rejects ds --json",
        "doctor --json",
        "ingest notes.txt -o raw --json",
    ):
        said = say(*command.split(), cwd=place)
        assert said.code == 0, said.err
        assert json.loads(said.out) is not None
