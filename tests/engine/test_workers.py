"""Workers: the same receipts in the same order from every engine, and one error when a worker fails or dies."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from khettara.engine import Output, Silence, Workers, hash_key
from khettara.errors import EngineError, RecipeError, StorageError


@dataclass(frozen=True)
class Square:
    """Writes the square of a number. -1 fails; -2 takes its worker with it."""

    number: int

    @property
    def key(self) -> str:
        return hash_key("square", self.number)

    @property
    def label(self) -> str:
        return f"number {self.number}"

    @property
    def weight(self) -> int:
        return 1

    def __call__(self, folder: Path) -> Mapping[str, Output]:
        if self.number == -2:
            os._exit(9)
        if self.number == -1:
            raise ValueError("not a number of mine")
        (folder / "square").write_text(str(self.number**2))
        return {"square": Output(1)}


@dataclass
class Heard(Silence):
    """Remembers what it was told."""

    total: int = 0
    done: int = 0
    ended: bool = False

    def start(self, label: str, total: int, unit: str) -> None:
        self.total = total

    def advance(self, amount: int, detail: str = "") -> None:
        self.done += amount

    def stop(self) -> None:
        self.ended = True


@pytest.mark.parametrize("engine", ["threads", "processes"])
def test_receipts_come_in_the_order_of_the_tasks(tmp_path: Path, engine: str) -> None:
    """Whoever finishes first, and whatever was done before; progress ends where it said it would."""
    Workers("threads", 1).run([Square(5)], tmp_path, Silence(), "before")
    heard = Heard()
    numbers = [7, 5, 3, 9, 1]
    receipts = Workers(engine, 2).run([Square(number) for number in numbers], tmp_path, heard, "square")
    assert [int(receipt.path("square").read_text()) for receipt in receipts] == [number**2 for number in numbers]
    assert [receipt.reused for receipt in receipts] == [False, True, False, False, False]
    assert (heard.total, heard.done, heard.ended) == (5, 5, True)


def test_the_same_task_twice_is_one_unit(tmp_path: Path) -> None:
    """Two tasks of one key both get their receipt."""
    receipts = Workers("threads", 2).run([Square(3), Square(3)], tmp_path, Silence(), "square")
    assert [receipt.path("square").read_text() for receipt in receipts] == ["9", "9"]


@pytest.mark.parametrize("engine", ["threads", "processes"])
def test_a_task_that_fails_is_named_and_the_finished_stay(tmp_path: Path, engine: str) -> None:
    """The first failure ends the run with its name; what was finished before it is found by the next run."""
    Workers("threads", 1).run([Square(2)], tmp_path, Silence(), "square")
    heard = Heard()
    with pytest.raises(EngineError, match="number -1: ValueError: not a number of mine"):
        Workers(engine, 1).run([Square(2), Square(-1)], tmp_path, heard, "square")
    assert heard.ended
    (found,) = Workers("threads", 1).run([Square(2)], tmp_path, Silence(), "square")
    assert found.reused


def test_a_worker_process_that_dies_is_one_clear_error(tmp_path: Path) -> None:
    """As when memory runs out: no hang, no traceback of the pool, and advice."""
    with pytest.raises(EngineError, match=r"a worker process was killed(.|\n)*finished work is kept"):
        Workers("processes", 1).run([Square(-2)], tmp_path, Silence(), "square")


def test_nobody_works_where_nothing_is_left_to_do(tmp_path: Path) -> None:
    """When all is done, no pool is started: a second run takes milliseconds."""
    tasks = [Square(number) for number in range(5)]
    Workers("threads", 2).run(tasks, tmp_path, Silence(), "square")
    before = threading.active_count()
    began = time.process_time()
    Workers("processes", 2).run(tasks, tmp_path, Silence(), "square")
    assert time.process_time() - began < 0.5
    assert threading.active_count() == before


def test_a_work_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file in the way of the work folder."""
    (tmp_path / "work").write_text("a file")
    with pytest.raises(StorageError, match="a file stands where a folder is needed"):
        Workers("threads", 1).run([Square(1)], tmp_path / "work", Silence(), "square")


MISTAKES = [
    ("treads", None, "Did you mean 'threads'"),
    ("threads=4", None, "unknown engine"),
    ("", None, "unknown engine"),
    ("threads", 0, "0 workers"),
    ("processes", -3, "-3 workers"),
]


@pytest.mark.parametrize(("engine", "count", "words"), MISTAKES)
def test_workers_that_cannot_be(engine: str, count: int | None, words: str) -> None:
    """An engine that there is none of, and a number of workers that cannot work."""
    with pytest.raises(RecipeError, match=words):
        Workers(engine, count)


def test_as_many_workers_as_cores() -> None:
    """Unless said otherwise: the cores that this process may use, not those of the machine."""
    assert Workers().number == len(os.sched_getaffinity(0))
    assert Workers(count=3).number == 3
