"""Certifying: every byte re-hashed, every measure taken, the verdict signed. A refusal is signed too, and says why."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from khettara.certify import contamination, examine, memory, poisoning, robustness
from khettara.certify.evidence import Evidence, entry, load_evidence
from khettara.certify.measures import MEASURES, Facts, Measured, Outcome, Seen, standard
from khettara.certify.measures.look import look_at
from khettara.certify.measures.standard import why_absent
from khettara.certify.measures.texts import UNSAID
from khettara.certify.profile import Demand, Profile, load_profile, outcome
from khettara.certify.rights import Rights, check, load_rights
from khettara.dataset import Dataset, canonical_json, sha256_hex
from khettara.dataset.certificate import Certificate
from khettara.dataset.findings import Findings, read_findings
from khettara.dataset.signing import Key
from khettara.engine import verified
from khettara.errors import DatasetError, RecipeError
from khettara.version import __version__

KINDS = ("documents", "table", "clips")
SOURCE_CAP = 0.5
"""A source that is more than half of the data decides what is learnt."""


@dataclass(frozen=True)
class Settings:
    """What a certification is asked to look at beside the data. `evalsets`: None for all that this site registered."""

    rights: Path | None = None
    evidence: Path | None = None
    findings: Findings | None = None
    label: str | None = None
    evalsets: Sequence[str] | None = None


def certify(path: Path, purpose: str, key: Key, now: datetime | None = None, settings: Settings | None = None) -> Certificate:
    """Measure the dataset against the purpose's profile, sign the verdict, and leave it as `certificate.json`.

    Args:
        path: the dataset's folder.
        purpose: a profile's name, or the path of one.
        key: who signs.
        now: the date of issue; the present (or SOURCE_DATE_EPOCH) unless given.
        settings: the statement of rights, attestations, findings on a table that holds none, the label, evaluation sets.

    Raises:
        Tampered: the bytes are not those that were sealed; nothing is certified.
        DatasetError: a kind of dataset that has no measures, or of which the profile demands nothing.
    """
    return _certify(path, purpose, key, now or _now(), settings or Settings(), remember=False)


def recertify(path: Path, purpose: str, key: Key, now: datetime | None = None, settings: Settings | None = None) -> Certificate:
    """As `certify`, with the same result, but records that were seen when the folder was last certified are not looked at again."""
    return _certify(path, purpose, key, now or _now(), settings or Settings(), remember=True)


def _certify(path: Path, purpose: str, key: Key, now: datetime, settings: Settings, *, remember: bool) -> Certificate:
    profile = load_profile(purpose)
    (dataset,) = verified([Dataset.open(path)])
    if dataset.kind not in KINDS:
        raise DatasetError(f"datasets of {dataset.kind} cannot be certified", where=str(path), hint=f"What can: {', '.join(KINDS)}.")
    demands = profile.demands_of(dataset.kind)
    predicate = _measure(dataset, profile, demands, key, now, settings, remember)
    certificate = Certificate.issue(dataset.manifest, predicate, key)
    certificate.write(dataset.path)
    return certificate


def inputs_of(dataset: Dataset, purpose: str, settings: Settings, now: datetime | None = None) -> str:
    """Names what a certificate rests on beside the data: profile, rights, attestations, label, findings given, evaluation sets."""
    sets = contamination.registers(settings.evalsets) if dataset.kind == "documents" else ()
    stated, evidence = load_rights(settings.rights, dataset.path), load_evidence(settings.evidence, (now or _now()).date())
    return _inputs(load_profile(purpose), stated, evidence, settings, sets)


def _inputs(profile: Profile, stated: Rights, evidence: Evidence, settings: Settings, sets: Sequence[contamination.Register]) -> str:
    given = settings.findings.digest if settings.findings is not None else None
    return sha256_hex(canonical_json([profile.digest, stated.digest, evidence.digest, settings.label, given, [each.digest for each in sets]]))


def _measure(
    dataset: Dataset, profile: Profile, demands: Sequence[Demand], key: Key, now: datetime, settings: Settings, remember: bool
) -> dict[str, Any]:
    _check_label(dataset, settings.label)
    found = settings.findings if settings.findings is not None else read_findings(dataset)
    stated = load_rights(settings.rights, dataset.path)
    evidence = load_evidence(settings.evidence, now.date())
    sets = contamination.registers(settings.evalsets) if dataset.kind == "documents" else ()
    plan = look_at(dataset, found, settings.label, [contamination.look_for(sets)] if sets else [])
    name = memory.name_of(dataset, plan, [each.digest for each in sets])
    known = memory.recall(dataset.path, name, key) if remember else None
    facts = plan.see(dataset, known, memory.secrets_of(key))
    if known is None or facts.fresh > memory.OUT_OF_DATE * facts.rows:
        memory.remember(dataset.path, name, facts, key)
    seen = Seen(dataset, facts, found, now, settings.label, profile.window_days)
    seen.cache["licence"] = stated.licence or dataset.manifest.facts.get("licence")
    predicate = _predicate(seen, profile, demands, stated, evidence, sets)
    return predicate | {"inputs": _inputs(profile, stated, evidence, settings, sets)}


def _check_label(dataset: Dataset, label: str | None) -> None:
    known = dataset.schema.names if dataset.files("data") else []
    if label is not None and label not in known:
        raise RecipeError(f"no column {label!r} to learn", where=str(dataset.path), hint=f"There are: {', '.join(known)}.")


def _predicate(
    seen: Seen, profile: Profile, demands: Sequence[Demand], stated: Rights, evidence: Evidence, sets: Sequence[contamination.Register]
) -> dict[str, Any]:
    dataset, facts, now = seen.dataset, seen.facts, seen.now
    seen.cache["contaminated"], contaminated = contamination.block(dataset, facts, sets)
    seen.cache["poison_suspected"], suspects, poisoned = poisoning.block(seen, SOURCE_CAP)
    taken = {name: measure.take(seen) for name, measure in MEASURES.items() if seen.kind in measure.kinds}
    entries = _entries(seen.kind, taken, demands, evidence)
    rights = check(seen, stated, profile.purpose, profile.rights)
    verdict, reasons = _judge(entries, rights["reasons"], dataset.rows)
    found = seen.found if seen.found is not None else examine.findings_of(seen, suspects)
    licences = _tally(facts, "licence") if facts.has("licence") or seen.kind != "table" else {seen.cache["licence"] or "unknown": dataset.rows}
    known = {name: rows for name, rows in licences.items() if name.strip().upper() not in UNSAID}
    return {
        "dataset": {"name": dataset.name, "kind": dataset.kind, "rows": dataset.rows, "digest": dataset.digest},
        "records": {"merkleRoot": facts.root(), "count": facts.rows},
        "purpose": profile.purpose,
        "profile": {"name": profile.name, "version": profile.version, "digest": profile.digest},
        "measures": entries,
        "languages": _tally(facts, "lang"),
        "findings": _findings(found, taken),
        "robustness": robustness.block(seen),
        "contamination": contaminated,
        "poisoning": poisoned,
        "rights": {"licences": known, "unknown": sum(licences.values()) - sum(known.values()), **rights},
        "evidence": evidence.digest if evidence.attestations else None,
        "lineage": {"parents": [vars(parent) for parent in dataset.manifest.parents], "activity": _activity(dataset)},
        "verdict": verdict,
        "reasons": reasons,
        "issued": now.isoformat(timespec="seconds"),
        "expires": _expires(profile, stated, now).isoformat(timespec="seconds"),
        "tool": {"name": "khettara", "version": __version__},
    }


def _activity(dataset: Dataset) -> dict[str, Any]:
    step = dataset.manifest.step
    return {"step": step.name, "version": step.version, "key": step.key}


def _tally(facts: Facts, name: str) -> dict[str, int]:
    """How many records have each word; `unknown` for none."""
    if not facts.has(name):
        return {}
    words, _ = facts.words(name)
    counts = Counter({str(words[code]) if code >= 0 else "unknown": int(n) for code, n in facts.counts(name)})
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _findings(found: Findings, taken: Mapping[str, Outcome]) -> dict[str, Any]:
    """The findings by digest and number, and how many records have each kind of defect."""
    states = Counter(finding.state for finding in found.findings)
    kinds = [
        {"kind": finding.kind, "columns": list(finding.columns), "records": finding.records, "cells": finding.cells, "state": finding.state}
        for finding in found.findings
    ]
    marks = [
        {"kind": kind, "measure": name, "records": int(records)}
        for name in ("encoding_damage", "identifiers_left")
        if isinstance(measured := taken.get(name), Measured)
        for kind, records in sorted(measured.kinds.items())
    ]
    waived = [{"id": finding.id, "kind": finding.kind} for finding in found.findings if finding.state == "waived"]
    return {"digest": found.digest, "open": states["open"], "repaired": states["repaired"], "waived": waived, "found": kinds, "kinds": marks}


def _entries(kind: str, taken: Mapping[str, Outcome], demands: Sequence[Demand], evidence: Evidence) -> list[dict[str, Any]]:
    """What is demanded first, in the profile's order; then our other measures; then what is left of the standard's 66."""
    asked = {_name_of(demand.measure, kind): demand for demand in demands}
    attested = evidence.latest()
    names = [*asked, *(name for name in taken if name not in asked)]
    entries = [_entry(name, kind, taken.get(name), asked.get(name), attested) for name in names]
    said = {each["id"] for each in entries}
    return entries + [_entry(name, kind, None, None, attested) for name in standard() if name not in said]


def _name_of(measure: str, kind: str) -> str:
    """Our measure of the id that a profile names, for this kind of data; the id itself where there is none."""
    if measure in MEASURES:
        return measure
    return next((name for name, each in MEASURES.items() if each.iso == measure and kind in each.kinds), measure)


def _entry(name: str, kind: str, found: Outcome | None, demand: Demand | None, attested: Mapping[str, Any]) -> dict[str, Any]:
    ours = MEASURES.get(name)
    iso = ours.iso if ours is not None else name
    said: dict[str, Any] = {
        "name": name,
        "title": ours.title if ours is not None else standard()[name].titles["en"],
        "id": iso,
        "titles": dict(standard()[iso].titles) if iso is not None else None,
        "by": standard()[iso].by if iso is not None else "A",
        "counts": standard()[iso].counts if iso is not None else None,
        "scope": "dataset",
        "direction": ours.direction if ours is not None else standard()[name].direction,
    }
    said |= _figures(name, kind, found, attested)
    return said | outcome(demand, said["value"])


def _figures(name: str, kind: str, found: Outcome | None, attested: Mapping[str, Any]) -> dict[str, Any]:
    if name in attested:
        return entry(attested[name])
    said: dict[str, Any] = dict.fromkeys(("numerator", "denominator", "value", "interval"))
    if isinstance(found, Measured):
        value = found.value
        figures = {"numerator": found.numerator, "denominator": found.denominator, "value": value}
        status = {"status": "computed" if value is not None else "missing", "why": None if value is not None else "there are no records"}
        kinds = (
            {"kinds": {name: float(count) if isinstance(count, float) else int(count) for name, count in found.kinds.items()}} if found.kinds else {}
        )
        return {**said, **status, **figures, "interval": list(found.interval) if found.interval else None, **kinds}
    if found is not None:
        return {"status": found.status, "why": found.why, **said}
    if name in standard() and standard()[name].by == "H":
        return {"status": "missing", "why": "nobody attested it: --evidence FILE", **said}
    return {"status": "not applicable", "why": why_absent(name, kind), **said}


def _judge(entries: Sequence[Mapping[str, Any]], rights: Sequence[str], rows: int) -> tuple[str, list[str]]:
    """Refused when a required demand fails or cannot be measured, or rights refuse; conditional when another demand fails; else certified."""
    if rows == 0:
        return "refused", ["the dataset holds no records"]
    failed = [entry for entry in entries if entry["because"] is not None and not entry["passed"]]
    reasons = [*(_reason(entry) for entry in failed), *rights]
    states = Counter(bool(entry["required"]) for entry in failed)
    return ("refused" if states[True] or rights else "conditional" if states[False] else "certified"), reasons


def _reason(entry: Mapping[str, Any]) -> str:
    if entry["value"] is None:
        return f"{entry['title']}: not measured, {entry['why']}"
    bound = f"at least {entry['minimum']:.3g}" if entry["minimum"] is not None else f"at most {entry['maximum']:.3g}"
    return f"{entry['title']}: {entry['numerator']:,} of {entry['denominator']:,} ({entry['value']:.6g}), not {bound} ({entry['because']})"


def _expires(profile: Profile, stated: Rights, now: datetime) -> datetime:
    """When the profile's time is over, or earlier: with the CNDP reference or the time of keeping."""
    ends = [day for day in (stated.cndp.expires if stated.cndp else None, stated.keep_until) if day is not None]
    return min([now + timedelta(days=profile.valid_days), *(max(now, _end_of(day)) for day in ends)])


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), UTC)


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
