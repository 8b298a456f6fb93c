"""Whatever is done to a sealed dataset, `verify` finds it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.builders import document_rows, seal
from tests.engine.toys import Length, Upper, rule, run_transform

from khettara.dataset import Dataset, Fault
from khettara.engine import Transform
from khettara.errors import DatasetError

N_FLIPS = 1000
N_MOVES = 1000
WHAT = Transform((Length(), Upper()), (rule("not matches(text, '7$')"),))
ALL_OF_IT = {"data", "signals", "rejects", "journal.jsonl", "README.md", "dataset.json"}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset as a stage leaves it, with data, signals, rejects, journal and card; its data large enough for several chunks."""
    rows = document_rows(600)
    chance = random.Random(5)
    for row in rows[:200]:  # text that does not compress
        row["text"] = "".join(chance.choices("ابتثجحخدذرزسشصضطظعغفقكلمنهوي abcdefgh0123456789", k=3000))
    base = tmp_path_factory.mktemp("sound")
    run_transform([seal(base / "in", rows, parts=4)], WHAT, base / "ds", shard_mb=1e-6)
    assert {path.relative_to(base / "ds").parts[0] for path in (base / "ds").rglob("*")} == ALL_OF_IT
    return base / "ds"


def faults(path: Path) -> list[Fault] | None:
    """What `verify` finds; None when the dataset does not even open."""
    try:
        return Dataset.open(path).verify()
    except DatasetError:
        return None


def test_a_sound_dataset_has_no_faults(sound: Path) -> None:
    """Nothing is reported where nothing is wrong; a check that always complains would prove nothing."""
    assert faults(sound) == []


def test_every_flipped_byte_is_found(sound: Path) -> None:
    """A thousand random bytes of random files changed, one at a time: each is found, and the range named holds it."""
    chance = random.Random(1)
    files = sorted(path for path in sound.rglob("*") if path.is_file())
    assert len(files) >= 6
    for _ in range(N_FLIPS):
        file = chance.choice(files)
        place, change = chance.randrange(file.stat().st_size), chance.randrange(1, 256)
        with file.open("r+b") as handle:
            handle.seek(place)
            byte = handle.read(1)[0]
            handle.seek(place)
            handle.write(bytes([byte ^ change]))
        found = faults(sound)
        with file.open("r+b") as handle:
            handle.seek(place)
            handle.write(bytes([byte]))
        if found is None:
            assert file.name == "dataset.json"
            continue
        (fault,) = found
        assert fault.path == file.relative_to(sound).as_posix()
        assert fault.start is not None
        assert fault.end is not None
        assert fault.start <= place < fault.end
    assert faults(sound) == []


def swap(path: Path, chance: random.Random) -> None:
    one, other = chance.sample(sorted((path / "data").iterdir()), 2)
    middle = path.parent / "middle"
    one.rename(middle)
    other.rename(one)
    middle.rename(other)


def drop(path: Path, chance: random.Random) -> None:
    chance.choice([file for file in sorted(path.rglob("*")) if file.is_file()]).unlink()


def add(path: Path, chance: random.Random) -> None:
    target = path / chance.choice(["data", "signals", "rejects", "sources", "."]) / f"part-9{chance.randrange(9999):04d}.parquet"
    target.parent.mkdir(exist_ok=True)
    shutil.copy(chance.choice(sorted((path / "data").iterdir())), target)


def rename(path: Path, chance: random.Random) -> None:
    file = chance.choice(sorted((path / "data").iterdir()))
    file.rename(file.with_name(f"part-1{chance.randrange(9999):04d}.parquet"))


def cut(path: Path, chance: random.Random) -> None:
    file = chance.choice([file for file in sorted(path.rglob("*")) if file.is_file()])
    data = file.read_bytes()
    file.write_bytes(data[: chance.randrange(len(data))])


def extend(path: Path, chance: random.Random) -> None:
    file = chance.choice([file for file in sorted(path.rglob("*")) if file.is_file()])
    file.write_bytes(file.read_bytes() + b"\0" * chance.randrange(1, 99))


def overwrite(path: Path, chance: random.Random) -> None:
    one, other = chance.sample(sorted((path / "data").iterdir()), 2)
    shutil.copy(one, other)


def link(path: Path, chance: random.Random) -> None:
    file = chance.choice(sorted((path / "data").iterdir()))
    target = path.parent / f"elsewhere{chance.randrange(10**9)}"
    file.rename(target)
    file.symlink_to(target)


MOVES: list[Callable[[Path, random.Random], None]] = [swap, drop, add, rename, cut, extend, overwrite, link]


def test_every_swapped_dropped_or_added_part_is_found(tmp_path: Path) -> None:
    """A thousand times something is done to the files of a sealed dataset: each time it is found."""
    chance = random.Random(2)
    source = tmp_path / "ds"
    run_transform([seal(tmp_path / "in", document_rows(40), parts=4)], WHAT, source, shard_mb=1e-6)
    assert faults(source) == []
    for number in range(N_MOVES):
        path = tmp_path / "copy"
        shutil.copytree(source, path)
        move = MOVES[number % len(MOVES)]
        move(path, chance)
        assert faults(path) != [], move.__name__
        shutil.rmtree(path)
