"""Ray core tasks do the same work as threads, also when a machine of the cluster dies."""

from __future__ import annotations

import logging
import os
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.builders import document_rows, seal
from tests.engine.toys import Length, Slow, rule, run_transform

import khettara.engine.workers
from khettara.engine import Output, Silence, Transform, Workers, hash_key
from khettara.errors import EngineError

ROOT = Path(__file__).parents[2]
WHAT = Transform((Length(), Slow(seconds=0.2)), (rule("n_chars > 50"),))

pytestmark = [
    # Ray's own processes and sockets end after the test that started them.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Two nodes on this machine; the driver sits on the first, which survives."""
    pytest.importorskip("ray")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import ray
        from ray.cluster_utils import Cluster

        nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
        nodes.add_node(num_cpus=1)
        nodes.wait_for_nodes()
        ray.init(address=nodes.address, logging_level=logging.ERROR, log_to_driver=False)
        yield nodes
        ray.shutdown()
        nodes.shutdown()  # type: ignore[no-untyped-call]  # ray does not annotate it


@dataclass(frozen=True)
class Deadly:
    """Takes every worker with it that takes it."""

    key: str = hash_key("deadly")
    label: str = "a deadly unit"
    weight: int = 1

    def __call__(self, folder: Path) -> Mapping[str, Output]:
        os._exit(9)


def test_a_unit_that_kills_its_workers_is_one_clear_error(cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when it needs more memory than there is: it is tried again a few times, not for ever."""
    monkeypatch.setattr(khettara.engine.workers, "RAY_RETRIES", 1)
    with pytest.raises(EngineError, match=r"died 2 times over(.|\n)*finished work is kept"):
        Workers(f"ray={cluster.address}").run([Deadly()], tmp_path, Silence(), "deadly")


def test_an_address_where_nobody_answers(tmp_path: Path) -> None:
    """Said at once, with the address, and not after Ray's own two minutes."""
    pytest.importorskip("ray")
    with pytest.raises(EngineError, match=r"--engine ray=127\.0\.0\.1:9: no Ray cluster answers"):
        Workers("ray=127.0.0.1:9").run([Deadly()], tmp_path, Silence(), "deadly")


def test_a_node_that_dies_costs_nothing_but_time(cluster: Any, tmp_path: Path) -> None:
    """One of two nodes is killed in the middle of a run: the digest is that of an undisturbed run on threads."""
    source = seal(tmp_path / "in", document_rows(30), parts=30)
    expected, done, _ = run_transform([source], WHAT, tmp_path / "threads" / "out", Workers("threads", 2), 1e-6)
    work = tmp_path / "ray" / ".work" / "out"
    killed_after: list[int] = []

    def kill() -> None:
        while (finished := len(list(work.glob("*/receipt.json")))) < 6:
            time.sleep(0.02)
        killed_after.append(finished)
        cluster.remove_node(next(node for node in cluster.list_all_nodes() if not node.head), allow_graceful=False)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    found, now, earlier = run_transform([source], WHAT, tmp_path / "ray" / "out", Workers(f"ray={cluster.address}", 2), 1e-6)
    killer.join(timeout=30)
    assert killed_after
    assert killed_after[0] < 30, "the node died too late to matter"
    assert found.digest == expected.digest
    assert now + earlier == done, "a unit that its node finished before it died is found, not done again"
