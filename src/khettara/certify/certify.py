"""Certifying: every byte re-hashed, every measure taken, the verdict signed. A refusal is signed too, and says why."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from khettara.certify.measures import COLUMNS, MEASURES, UNSAID, Measured, measure
from khettara.certify.profile import Demand, Profile, load_profile, outcome
from khettara.dataset import Dataset
from khettara.dataset.certificate import Certificate
from khettara.dataset.signing import Key
from khettara.engine import tally, verified
from khettara.errors import DatasetError, RecipeError
from khettara.version import __version__

VALID_DAYS = 365


def certify(path: Path, purpose: str, key: Key, now: datetime | None = None) -> Certificate:
    """Measure the dataset against the purpose's profile, sign the verdict, and leave it as `certificate.json`.

    Args:
        path: the dataset's folder.
        purpose: a profile's name, or the path of one.
        key: who signs.
        now: the date of issue; the present (or SOURCE_DATE_EPOCH) unless given.

    Raises:
        Tampered: the bytes are not those that were sealed; nothing is certified.
        DatasetError: a kind of dataset that has no measures yet.
    """
    profile = load_profile(purpose)
    (dataset,) = verified([Dataset.open(path)])
    if dataset.kind != "documents":
        raise DatasetError(f"datasets of {dataset.kind} cannot be certified yet", where=str(path), hint="Only documents can.")
    certificate = Certificate.issue(dataset.manifest, _predicate(dataset, profile, now or _now()), key)
    certificate.write(dataset.path)
    return certificate


def _predicate(dataset: Dataset, profile: Profile, now: datetime) -> dict[str, Any]:
    columns = [name for name in COLUMNS if name in dataset.schema.names] if dataset.files("data") else []
    taken = measure(dataset.batches(columns), [demand.measure for demand in profile.demands], columns)
    entries = [_entry(demand, taken[demand.measure]) for demand in profile.demands]
    verdict, reasons = _judge(entries, dataset.rows)
    licences = tally(dataset.files("data"), "licence")
    known = {name: rows for name, rows in licences.items() if name.strip().upper() not in UNSAID}
    return {
        "dataset": {"name": dataset.name, "kind": dataset.kind, "rows": dataset.rows, "digest": dataset.digest},
        "purpose": profile.purpose,
        "profile": {"name": profile.name, "version": profile.version, "digest": profile.digest},
        "measures": entries,
        "languages": tally(dataset.files("data"), "lang"),
        "findings": _findings(taken),
        "rights": {"licences": known, "unknown": sum(licences.values()) - sum(known.values())},
        "verdict": verdict,
        "reasons": reasons,
        "issued": now.isoformat(timespec="seconds"),
        "expires": (now + timedelta(days=VALID_DAYS)).isoformat(timespec="seconds"),
        "tool": {"name": "khettara", "version": __version__},
    }


def _findings(taken: Mapping[str, Measured | None]) -> list[dict[str, Any]]:
    """How many records have each kind of defect, where a measure tells kinds apart."""
    return [
        {"kind": kind, "measure": name, "records": records}
        for name, found in sorted(taken.items())
        for kind, records in (sorted(found.kinds.items()) if found is not None else ())
    ]


def _entry(demand: Demand, found: Measured | None) -> dict[str, Any]:
    kind = MEASURES[demand.measure]
    value = found.value if found is not None else None
    entry: dict[str, Any] = {
        "name": demand.measure,
        "title": kind.title,
        "id": kind.iso,
        "scope": "dataset",
        "direction": kind.direction,
        "status": "computed" if value is not None else "missing",
        "why": None if value is not None else ("there are no records" if found is not None else f"the dataset has no column {kind.column}"),
        "numerator": found.numerator if found is not None else None,
        "denominator": found.denominator if found is not None else None,
        "value": value,
        "interval": list(found.interval) if found is not None and found.interval else None,
    }
    return entry | outcome(demand, value)


def _judge(entries: list[dict[str, Any]], rows: int) -> tuple[str, list[str]]:
    """Refused when a required demand fails or cannot be measured, conditional when another fails, else certified."""
    if rows == 0:
        return "refused", ["the dataset holds no records"]
    failed = [entry for entry in entries if not entry["passed"]]
    reasons = [_reason(entry) for entry in failed]
    states = Counter(bool(entry["required"]) for entry in failed)
    return ("refused" if states[True] else "conditional" if states[False] else "certified"), reasons


def _reason(entry: dict[str, Any]) -> str:
    if entry["value"] is None:
        return f"{entry['title']}: not measured, {entry['why']}"
    bound = f"at least {entry['minimum']:.3g}" if entry["minimum"] is not None else f"at most {entry['maximum']:.3g}"
    return f"{entry['title']}: {entry['numerator']:,} of {entry['denominator']:,} ({entry['value']:.6g}), not {bound} ({entry['because']})"


def _now() -> datetime:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise RecipeError(
            "not a number of seconds since 1970", where=f"SOURCE_DATE_EPOCH={epoch}", hint="Unset it, or give a whole number."
        ) from error
