"""The dataset card: what a dataset holds, what was measured, what is wrong with it and what it may be used for, for a person.

The head is YAML as Hugging Face reads it; the body is drawn from the manifest and the certificate, so that nothing is typed twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import yaml

from khettara.certify.exports.subject import UNKNOWN, Subject

_SPDX_ALIKE = """
apache-2.0 mit cc0-1.0 cc-by-4.0 cc-by-3.0 cc-by-2.0 cc-by-sa-4.0 cc-by-sa-3.0 cc-by-nc-4.0 cc-by-nc-sa-4.0 cc-by-nc-nd-4.0 cc-by-nd-4.0
unlicense bsd-2-clause bsd-3-clause isc mpl-2.0
"""
KNOWN_LICENCES = frozenset(_SPDX_ALIKE.split())
"""Those of Hugging Face's list that SPDX spells alike but for capitals; any other is `other` there, with its name beside it."""

SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10_000_000, "1M<n<10M"), (10**8, "10M<n<100M"))


def card(subject: Subject) -> str:
    """The text of the card."""
    head = yaml.safe_dump(_head(subject), allow_unicode=True, sort_keys=False)
    return f"---\n{head}---\n\n" + "\n".join(_body(subject)) + "\n"


def _head(subject: Subject) -> Mapping[str, object]:
    rows = subject.dataset.rows
    names = [name.lower() for name in subject.licences if name != UNKNOWN]
    licences = sorted({name if name in KNOWN_LICENCES else "other" for name in names}) or ["unknown"]
    head: dict[str, object] = {
        "pretty_name": subject.dataset.name,
        "license": licences[0] if len(licences) == 1 else licences,
        "language": [name for name in subject.languages if re.fullmatch("[a-z]{2,3}", name) and name != "und"],
        "size_categories": [next((word for limit, word in SIZES if rows < limit), "n>100M")],
        "tags": ["khettara", f"sha256:{subject.dataset.digest}"],
        "configs": [{"config_name": "default", "data_files": "data/*.parquet"}],
    }
    if "other" in licences:
        head["license_name"] = ", ".join(name for name in subject.licences if name != UNKNOWN and name.lower() not in KNOWN_LICENCES)
    return {name: value for name, value in head.items() if value}


def _body(subject: Subject) -> Iterator[str]:
    dataset, said = subject.dataset, subject.said
    yield from (f"# {dataset.name}", "", subject.summary, f"Digest (sha256): `{dataset.digest}`.", "")
    if subject.certificate is not None:
        yield from ("## Verdict", "", f"**{said['verdict']}** for {said['purpose']}, signed by {subject.signer}.")
        yield f"It holds from {said['issued'][:10]} to {said['expires'][:10]}; certificate `{subject.certificate.digest}`."
        yield from ("", *(f"- {reason}" for reason in said["reasons"]), "")
        yield from ("## Measures", "", "We use the measures of ISO/IEC 5259-2 where one means the same; we do not claim to conform to it.", "")
        yield from _table(("Id", "Measure", "On", "Value", "95 % interval"), [_measure(measure) for measure in subject.measures])
    if subject.findings is not None and subject.findings.findings:
        yield from ("## Findings", "")
        found = [(f.id, f.kind, f"{f.records:,}", f.cause.get("en", ""), f.state) for f in subject.findings.findings]
        yield from _table(("Id", "Kind", "Records", "Cause", "State"), found)
    for title, column, counts in (("Licences", "Licence", subject.licences), ("Languages", "Language", subject.languages)):
        if counts:
            yield from (f"## {title}", "")
            yield from _table((column, "Records"), [(name, f"{number:,}") for name, number in counts.items()])
    yield from ("## Origin", "", *(f"{number}. {step}" for number, step in enumerate(subject.steps(), 1)), "")
    yield from ("## Checking it", "", "Every byte, the signature and the dates: `khettara verify`, or on a machine without Khettara")
    yield "`python3 verify.py DATASET --key OFFICE.pub` (`khettara verify --write-verifier FOLDER` hands it out)."


def _measure(measure: Mapping[str, object]) -> Sequence[str]:
    interval = measure.get("interval")
    shown = f"{interval[0]:.4g} to {interval[1]:.4g}" if isinstance(interval, list) else ""
    return (
        str(measure.get("id") or ""),
        str(measure.get("title") or measure["name"]),
        str(measure.get("scope", "dataset")),
        f"{measure['value']:.6g}",
        shown,
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in row)} |"
    yield ""
