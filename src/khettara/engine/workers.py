"""Who does the work: threads here, processes here, or Ray core tasks here and elsewhere. All run the very same function.

--engine threads            the default: kernels and Arrow release the interpreter lock
--engine processes          for readers that spend their time in Python
--engine ray[=ADDRESS]      when one machine is outgrown; the work folder must be on a file system that all nodes see
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from khettara.engine.rules import nearest
from khettara.engine.units import Receipt, Task, hold_little, read_receipt, run_unit
from khettara.errors import EngineError, MissingExtra, RecipeError, storage_errors

ENGINES = ("threads", "processes", "ray")
RAY_RETRIES = 8
"""So many machines may die under one unit; a unit that kills each worker that takes it must end in an error, not go on for ever."""


class Progress(Protocol):
    """Where progress is shown. All methods may be called from one thread only."""

    def start(self, label: str, total: int, unit: str) -> None:
        """A new piece of long work begins, `total` units long."""

    def advance(self, amount: int, detail: str = "") -> None:
        """Some of it is done."""

    def note(self, text: str) -> None:
        """Something to say in passing."""

    def stop(self) -> None:
        """The piece of work has ended."""


class Silence:
    """Progress that nobody looks at."""

    def start(self, label: str, total: int, unit: str) -> None:
        """See `Progress`."""

    def advance(self, amount: int, detail: str = "") -> None:
        """See `Progress`."""

    def note(self, text: str) -> None:
        """See `Progress`."""

    def stop(self) -> None:
        """See `Progress`."""


@dataclass(frozen=True)
class Workers:
    """How many workers of which kind. `count` None: one for each core this process may use."""

    engine: str = "threads"
    count: int | None = None

    def __post_init__(self) -> None:
        name = self.engine.split("=", 1)[0]
        if name not in ENGINES or ("=" in self.engine and name != "ray"):
            raise RecipeError(f"unknown engine {self.engine!r}", hint=nearest(name, ENGINES))
        if self.count is not None and self.count < 1:
            raise RecipeError(f"{self.count} workers cannot work", hint="Give --workers 1 or more.")

    @property
    def number(self) -> int:
        """The number of workers on this machine."""
        return self.count or len(os.sched_getaffinity(0))

    def run(self, tasks: Sequence[Task], root: Path, progress: Progress, label: str) -> list[Receipt]:
        """Run every task that is not already done, and return the receipts in the order of `tasks`.

        Raises:
            KhettaraError: the first failure; tasks not yet begun are dropped, finished ones stay finished.
        """
        receipts: dict[str, Receipt] = {}
        hold_little()  # before there are threads
        with storage_errors(root):
            root.mkdir(parents=True, exist_ok=True)
        progress.start(label, sum(task.weight for task in tasks), "B")
        try:
            waiting = []
            for task in tasks:
                found = read_receipt(task.key, root)
                if found is None:
                    waiting.append(task)
                else:
                    receipts[task.key] = found
                    progress.advance(task.weight, task.label)
            by_key = {task.key: task for task in waiting}
            for receipt in self._finish(waiting, root):
                receipts[receipt.key] = receipt
                progress.advance(by_key[receipt.key].weight, by_key[receipt.key].label)
        finally:
            progress.stop()
        return [receipts[task.key] for task in tasks]

    def _finish(self, tasks: list[Task], root: Path) -> Iterator[Receipt]:
        if not tasks:
            return iter(())
        if self.engine == "threads":
            return _on_executor(ThreadPoolExecutor(self.number), tasks, root)
        if self.engine == "processes":
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            # Forking a process that holds Arrow's threads may deadlock; a fresh interpreter does not.
            return _on_executor(ProcessPoolExecutor(self.number, mp_context=get_context("spawn")), tasks, root)
        return _on_ray(tasks, root, self.engine.partition("=")[2] or None, self.number)


def _on_executor(executor: Executor, tasks: list[Task], root: Path) -> Iterator[Receipt]:
    futures: list[Future[Receipt]] = [executor.submit(run_unit, task, root) for task in tasks]
    try:
        for future in as_completed(futures):
            yield future.result()
    except BrokenExecutor as error:
        raise EngineError(
            "a worker process was killed (out of memory?)",
            where=str(root),
            hint="Run the same command again: finished work is kept. Fewer --workers need less memory.",
        ) from error
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _on_ray(tasks: list[Task], root: Path, address: str | None, count: int) -> Iterator[Receipt]:
    ray = _import_ray()
    began = not ray.is_initialized()
    if began:
        local = {} if address else {"num_cpus": count, "include_dashboard": False}
        _check_reachable(address)
        try:
            ray.init(address=address, logging_level="ERROR", log_to_driver=False, **local)
        except ConnectionError as error:
            raise _no_cluster(address) from error
    remote = ray.remote(max_retries=RAY_RETRIES)(_run_on_ray)
    try:
        waiting = [remote.remote(task, str(root.resolve())) for task in tasks]
        while waiting:
            done, waiting = ray.wait(waiting)
            yield from ray.get(done)
    except ray.exceptions.RayTaskError as error:
        raise (error.cause if isinstance(error.cause, Exception) else error) from error
    except ray.exceptions.RayError as error:
        raise EngineError(
            f"the workers of a unit died {RAY_RETRIES + 1} times over (out of memory?)",
            where=str(root),
            hint="Run the same command again: finished work is kept. Smaller shards need less memory.",
        ) from error
    finally:
        if began:
            ray.shutdown()


def _check_reachable(address: str | None) -> None:
    """Ask for a connection first: Ray itself waits for minutes before it says that nobody is there."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
        except OSError as error:
            raise _no_cluster(address) from error


def _no_cluster(address: str | None) -> EngineError:
    return EngineError(
        "no Ray cluster answers", where=f"--engine ray={address}", hint="Check the address (`ray status` shows it), or use --engine threads."
    )


def _run_on_ray(task: Task, root: str) -> Receipt:
    return run_unit(task, Path(root))


def _import_ray() -> Any:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
        import ray.exceptions
    except ImportError as error:
        raise MissingExtra(
            "the ray engine needs the library ray, which is not installed",
            hint="Install it with `pip install 'khettara[ray]'`, or use --engine threads.",
        ) from error
    return ray
