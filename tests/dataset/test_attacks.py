"""Each kind of attack on the gate, a few times, as the benchmark makes them a thousand times: none gets the data."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from benchmarks.attacks import FURTHER, races
from benchmarks.certificates import ATTACKS, SMALL_ROWS, _attack, _mutate, certified_dataset, is_open

EVERY = ATTACKS | FURTHER


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certified dataset, and the home of the key that signed it."""
    folder = tmp_path_factory.mktemp("attacks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KHETTARA_HOME", str(folder / "house"))
        return certified_dataset(folder, SMALL_ROWS), folder / "house"


@pytest.fixture
def victim(place: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The dataset, on the machine of its own key."""
    monkeypatch.setenv("KHETTARA_HOME", str(place[1]))
    return place[0]


@pytest.mark.parametrize("name", sorted(EVERY))
def test_an_attack_gets_nothing(victim: Path, tmp_path: Path, name: str) -> None:
    """Whatever is drawn by chance, the gate stays shut, with one of our errors; the untouched dataset opens before and after."""
    assert is_open(victim)
    for seed in range(3):
        assert not _attack(victim, tmp_path, name, EVERY[name], random.Random(seed))
    assert is_open(victim)


def test_no_mutation_gets_through(victim: Path) -> None:
    """Bytes changed and records exchanged, in all files, some with manifests made right: none is opened."""
    assert set(_mutate(victim, random.Random(11), 400).values()) == {0}
    assert is_open(victim)


def test_a_race_is_not_won(victim: Path, tmp_path: Path) -> None:
    """A file replaced over and over while it is read: the sound records, or a refusal."""
    refused, sound, other = races(victim, tmp_path, 40)
    assert (other, refused + sound) == (0, 40)
    assert os.listdir(tmp_path)
