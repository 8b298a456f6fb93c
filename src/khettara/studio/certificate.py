"""The page of a certificate, for whoever has to decide on it: verdict, what to do next, measures, findings, pictures.

    certificate_page(Dataset.open("data/register"), lang="ar")

One HTML file without script, address or other file, as the other pages are; it prints on A4.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from khettara.dataset import Dataset
from khettara.dataset.certificate import Certificate, verify
from khettara.dataset.defects import defect_name
from khettara.dataset.findings import Finding, Findings, read_findings
from khettara.dataset.signing import trusted_keys
from khettara.studio.map import region_map
from khettara.studio.measures import measure_row
from khettara.studio.page import bars, check_language, count, language, listed, mapping, render
from khettara.studio.portrait import portrait
from khettara.studio.reasons import article, said_why
from khettara.studio.words import say

CHARACTERISTICS = (
    *("Acc", "Com", "Con", "Cre", "Cur", "Acs", "Cmp", "Eff", "Pre", "Tra", "Und", "Ava"),
    *("Por", "Rec", "Aud", "Bal", "Div", "Eft", "Idn", "Rel", "Rep", "Sim", "Tml"),
)
"""The families of measures of ISO/IEC 5259-2, in its order; ours without an id come last."""
STATUSES = ("computed", "evidenced", "missing", "not applicable")
EXAMPLES = 3
REGIONS = "Rep-ML-1"
DRAWN = ("checks", "slices", "reasons")
"""What of the blocks of a certificate has a table of its own."""


def certificate_page(dataset: Dataset, *, lang: str = "en", findings: Findings | None = None) -> str:
    """Write the page. `findings`: those of documents and clips, which do not keep them; a table's lie with it.

    Raises:
        CertificateError: the dataset has no certificate, or one that does not read.
    """
    check_language(lang)
    certificate = Certificate.read(dataset.path)
    said = certificate.predicate
    held = read_findings(dataset)
    told = held if held is not None else findings
    rows = [_row(mapping(measure), lang) for measure in listed(said.get("measures"))]
    return render(
        "certificate.html.j2",
        lang,
        dataset=dataset,
        said=said,
        digest=certificate.digest,
        wrong=verify(certificate, dataset.manifest, trusted_keys()),
        signers=_signers(certificate),
        demanded=[row for row in rows if row["bounds"]],
        families=_families([row for row in rows if not row["bounds"]]),
        statuses=bars((say(f"status_{name}", lang, name), sum(row["status"] == name for row in rows), "in") for name in STATUSES)["shown"],
        findings=[_finding(finding, lang) for finding in _by_weight(told.findings)] if told is not None else [],
        steps=_steps(dataset, said, rows, told, lang),
        picture=portrait(dataset, held) if held is not None and dataset.kind == "table" else None,
        regions=_regions(said, lang),
        languages=bars((language(name, lang), number, "in") for name, number in mapping(said.get("languages")).items()),
        checks=[_check(mapping(check), lang) for check in listed(mapping(said.get("rights")).get("checks"))],
        slices=[found for entry in listed(mapping(said.get("robustness")).get("slices")) if (found := _slice(mapping(entry)))["disparity"]],
        blocks=[
            (name, said_why(_unmeasured(mapping(said.get(name))), lang), _told(mapping(said.get(name)), DRAWN))
            for name in ("robustness", "contamination", "poisoning", "rights")
        ],
        commands=_commands(dataset),
    )


def certificate_beside(path: Path) -> Path:
    """Where the page of a dataset's certificate lies unless somebody says otherwise."""
    folder = path.resolve()
    return folder.parent / f"certificate-{folder.name}.html"


def _signers(certificate: Certificate) -> list[tuple[str, str]]:
    """Who signed: the name under which this machine trusts the key, or nothing, and the key's id."""
    trusted = trusted_keys()
    return [
        (trusted[key].name if key in trusted else "", key)
        for entry in listed(certificate.envelope.get("signatures"))
        if (key := str(mapping(entry).get("keyid")))
    ]


def _row(measure: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """A measure with its name in the page's language."""
    row = measure_row(measure)
    names = mapping(measure.get("titles"))
    title = say(f"measure_{row['name']}", lang, str(names.get(lang) or measure.get("title") or row["name"] or row["id"]))
    return {
        **row,
        "why": said_why(row["why"], lang),
        "title": title,
        "counts": measure.get("counts") or measure.get("title"),
        "by": measure.get("by"),
    }


def _families(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The measures that nothing is demanded of, by characteristic."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        family = str(row["id"] or "")[:3]
        found.setdefault(family if family in CHARACTERISTICS else "own", []).append(row)
    return [(family, found[family]) for family in (*CHARACTERISTICS, "own") if family in found]


def _by_weight(findings: Sequence[Finding]) -> list[Finding]:
    """Open ones first, and those that concern most records."""
    return sorted(findings, key=lambda finding: (finding.state != "open", -finding.cells * finding.confidence))


def _finding(finding: Finding, lang: str) -> dict[str, Any]:
    examples = [_example(example) for example in finding.examples[:EXAMPLES]]
    return {
        **vars(finding),
        "name": defect_name(finding.kind, lang),
        "cause": finding.cause.get(lang) or finding.cause["en"],
        "remedy": finding.remedy.get(lang, ""),
        "examples": [example for example in examples if example["cells"]],
    }


def _example(example: Mapping[str, Any]) -> dict[str, Any]:
    before, after = mapping(example.get("before")), mapping(example.get("after"))
    cells = [(name, text, after.get(name), name in after and after[name] != text) for name, text in before.items()]
    return {"row": example.get("row"), "cells": cells}


def _steps(dataset: Dataset, said: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], told: Findings | None, lang: str) -> list[dict[str, Any]]:
    """What to do next, the weightiest first: what made the verdict, then open findings, each with the command where there is one."""
    failed = [row for row in rows if row["bounds"] and row["passed"] is not True]
    steps: list[dict[str, Any]] = [{"kind": "step_measure", "text": row["title"], "id": row["id"], "row": row, "command": None} for row in failed]
    for check in (_check(mapping(each), lang) for each in listed(mapping(said.get("rights")).get("checks"))):
        if check["outcome"] == "not_passed" and check["required"]:
            steps.append(
                {
                    "kind": "step_right",
                    "text": str(check["words"])[:1].upper() + str(check["words"])[1:],
                    "id": None,
                    "article": check["article"],
                    "command": None,
                }
            )
    for finding in _by_weight(told.findings) if told is not None else ():
        if finding.state == "open" and finding.confidence >= 0.5 and finding.cells:
            text = finding.cause.get(lang) or finding.cause["en"]
            remedy = finding.remedy.get(lang) or say("at_the_source", lang)
            steps.append({"kind": "step_finding", "text": text, "id": finding.id, "remedy": remedy, "command": None})
    if said.get("verdict") != "certified" or steps:
        again = f"khettara certify {shlex.quote(str(dataset.path))} --for {shlex.quote(str(said.get('purpose')))}"
        steps.append({"kind": "step_again", "text": say("step_again", lang), "id": None, "command": again})
    return steps


def _regions(said: Mapping[str, Any], lang: str) -> dict[str, Any] | None:
    """The share of records of each region, out of its share of the population, on the map; None where no column names regions."""
    entry = next((mapping(measure) for measure in listed(said.get("measures")) if mapping(measure).get("id") == REGIONS), {})
    ratios = {str(code): number for code, value in mapping(entry.get("kinds")).items() if (number := count(value)) is not None}
    if not ratios or entry.get("scope") == "languages" or not all(code.isdigit() for code in ratios):
        return None
    from khettara.certify import regions

    names = {code: (arabic if lang == "ar" else french) for code, (french, arabic, _) in regions().items()}
    return {"map": region_map(ratios, names), "entry": measure_row(entry)}


def _check(check: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """A check of rights: whether it passed, in words, with the article that it comes from."""
    words = mapping(check.get("words"))
    outcome = {True: "passed", False: "not_passed"}.get(check.get("passed"), "not_stated")  # type: ignore[arg-type]  # a bool or nothing
    return {
        "outcome": outcome,
        "words": words.get(lang) or words.get("en"),
        "article": article(check.get("article"), lang),
        "required": check.get("required"),
    }


def _slice(found: Mapping[str, Any]) -> dict[str, Any]:
    """One measure in the group where it is highest and in that where it is lowest."""
    ends = [{"group": end.get("group"), "value": count(end.get("value"))} for end in map(mapping, (found.get("lowest"), found.get("highest")))]
    return {"by": found.get("by"), "measure": found.get("measure"), "ends": ends, "disparity": count(found.get("disparity"))}


def _unmeasured(block: Mapping[str, Any]) -> str | None:
    """Why nothing was looked for, where nothing was."""
    return str(block["why"]) if block.get("why") and block.get("status") in ("missing", "not applicable") else None


def _told(block: Mapping[str, Any], apart: Collection[str]) -> list[tuple[str, str]]:
    """A block of a certificate as pairs of a path and what is said there, for whoever wants every figure; less what is shown apart."""
    return _walked("", {name: value for name, value in block.items() if name not in apart})


def _walked(path: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [line for name, item in value.items() for line in _walked(f"{path}.{name}" if path else str(name), item)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        if all(isinstance(item, int | float | str) for item in value):
            return [(path, ", ".join(_figure(item) for item in value))] if value else []
        return [line for number, item in enumerate(value, 1) for line in _walked(f"{path}.{number}", item)]
    return [] if value is None else [(path, _figure(value))]


def _figure(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _commands(dataset: Dataset) -> list[tuple[str, str]]:
    path = shlex.quote(str(dataset.path))
    commands = [("cmd_verify", f"khettara verify {path}"), ("cmd_lineage", f"khettara lineage {path}")]
    return [*commands, ("cmd_rejects", f"khettara rejects {path}")]
