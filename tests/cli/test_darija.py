"""`khettara darija`: stdin, files and datasets in, lines or JSON out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.builders import document_rows, seal
from typer.testing import CliRunner

from khettara.cli.main import app
from khettara.errors import DatasetError, KhettaraError

runner = CliRunner()
LINES = "wach kayn chi jdid lyoum?\nLa commune est ouverte le jeudi.\n"


def test_identify_reads_stdin() -> None:
    """One line a text: language, script, confidence, classes, the text."""
    lines = runner.invoke(app, ["darija", "identify"], input=LINES).stdout.splitlines()
    assert [line.split("\t")[:2] for line in lines] == [["ary", "Latn"], ["fr", "Latn"]]


@pytest.mark.parametrize(
    ("command", "key"), [("identify", "labels"), ("segment", "switch_points"), ("explain", "rules"), ("sentiment", "chances"), ("offence", "chances")]
)
def test_json_of_files(tmp_path: Path, command: str, key: str) -> None:
    """`--json` gives one object a text, from files too."""
    file = tmp_path / "notes.txt"
    file.write_bytes(LINES.encode() + b"\xff\xfe bytes that are no text\n")
    lines = runner.invoke(app, ["darija", command, str(file), "--json"]).stdout.splitlines()
    assert len(lines) == 3
    assert all(key in json.loads(line) for line in lines)


@pytest.mark.parametrize("command", ["segment", "explain"])
def test_lines_for_people(command: str) -> None:
    """Without `--json` a person can read it."""
    assert "wach" in runner.invoke(app, ["darija", command], input=LINES).stdout


@pytest.mark.parametrize("command", ["sentiment", "offence"])
def test_a_signal_is_a_line_a_text(command: str) -> None:
    """Label, probabilities, the text; of French the command says nothing but `unsure`."""
    darija, french = runner.invoke(app, ["darija", command], input=LINES).stdout.splitlines()
    assert "0." in darija.split("\t")[1]
    assert french.split("\t")[:2] == ["unsure", "-"]


def test_a_dataset_is_read_by_column(tmp_path: Path) -> None:
    """A dataset gives its texts; a column that is not there is named with the nearest."""
    path = seal(tmp_path / "docs", document_rows(3))
    assert runner.invoke(app, ["darija", "identify", str(path)]).stdout.count("\tArab\t") == 3
    wrong = runner.invoke(app, ["darija", "identify", str(path), "--column", "txt"])
    assert isinstance(wrong.exception, DatasetError)
    assert "text" in str(wrong.exception)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """What cannot be read is said, without a traceback."""
    result = runner.invoke(app, ["darija", "identify", str(tmp_path / "none.txt")])
    assert isinstance(result.exception, KhettaraError)
    assert "none.txt" in str(result.exception)
