"""Looking at what is there: `show`, `lineage`."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khettara.cli.options import Artefact, Json
from khettara.cli.output import one_line, print_json, print_table, size

if TYPE_CHECKING:
    from khettara.dataset import Ancestor, Sealed


def show(
    path: Artefact,
    rows: Annotated[int, typer.Option(help="How many sample records.")] = 3,
    as_json: Json = False,
) -> None:
    """Show what a dataset or model is: counts, languages, licences, certificate, sample records.

    Example: khettara show data/demo/clean
    """
    from khettara.dataset import Dataset
    from khettara.house import open_artefact

    opened = open_artefact(path)
    manifest = opened.manifest
    facts: dict[str, Any] = {
        "name": manifest.name,
        "kind": manifest.kind,
        "digest": opened.digest,
        "bytes": sum(entry.bytes for entry in manifest.files),
        "made_by": manifest.step.name,
        "made_from": [f"{parent.role} {parent.name} {parent.digest[:12]}" for parent in manifest.parents],
        "counts": dict(manifest.counts),
        "facts": dict(manifest.facts),
    }
    if isinstance(opened, Dataset):
        facts |= _dataset_facts(opened, rows)
    if as_json:
        print_json(facts)
    else:
        _print_facts(opened, facts)


def _dataset_facts(dataset: Any, rows: int) -> dict[str, Any]:
    from khettara.dataset.certificate import describe
    from khettara.engine import tally

    if dataset.kind == "table":
        return _table_facts(dataset, rows)
    files = dataset.files("data")
    sample = [row for batch in islice(dataset.batches(rows=max(rows, 1)), 1) for row in batch.to_pylist()][:rows]
    return {
        "records": dataset.rows,
        "languages": tally(files, "lang"),
        "licences": tally(files, "licence"),
        "certificate": describe(dataset.path),
        "sample": sample,
    }


def _table_facts(dataset: Any, rows: int) -> dict[str, Any]:
    """A table: what each column holds, which findings are open, and sample records."""
    from khettara.dataset.certificate import describe
    from khettara.dataset.findings import read_findings

    findings = read_findings(dataset)
    facts = dataset.manifest.facts
    types = {field.name: str(field.type) for field in dataset.schema}
    names = facts.get("columns", {})
    columns = [dict(entry) | {"type": types.get(names.get(entry["name"], entry["name"]))} for entry in (findings.columns if findings else ())]
    return {
        "records": dataset.rows,
        "licences": {facts.get("licence") or "unknown": dataset.rows},
        "languages": {},
        "certificate": describe(dataset.path),
        "columns": columns or [{"name": name, "type": kind} for name, kind in types.items()],
        "findings": {state: sum(one.state == state for one in findings.findings) for state in ("open", "repaired", "waived")} if findings else None,
        "sample": [row for batch in islice(dataset.batches(rows=max(rows, 1)), 1) for row in batch.to_pylist()][:rows],
    }


def _print_table(facts: dict[str, Any]) -> None:
    lines = [
        (
            entry["name"],
            entry.get("semantic") or entry.get("kind"),
            entry.get("type"),
            entry.get("unit"),
            (entry.get("missing") or 0) + (entry.get("disguised") or 0),
        )
        for entry in facts["columns"]
    ]
    print_table("", ("column", "holds", "kept as", "unit", "empty"), lines)
    if facts["findings"] is not None:
        typer.echo("findings " + ", ".join(f"{count} {state}" for state, count in facts["findings"].items() if count))
    for row in facts["sample"]:
        typer.echo(
            f"[{row['id']}] " + one_line("; ".join(f"{name}: {value}" for name, value in row.items() if name != "id" and value is not None), 400)
        )


def _print_facts(opened: Sealed, facts: dict[str, Any]) -> None:
    typer.echo(f"{facts['name']}: a {'model' if facts['kind'] == 'model' else 'dataset of ' + facts['kind']}, {size(facts['bytes'])}")
    typer.echo(f"digest   {facts['digest']}")
    typer.echo(f"made by  {facts['made_by']} from {', '.join(facts['made_from']) or 'raw files'}")
    if "records" not in facts:
        for name, value in facts["facts"].items():
            typer.echo(f"{name}: {value}")
        return
    counts = facts["counts"]
    typer.echo(f"records  {facts['records']:,} kept of {counts.get('in', facts['records']):,}; {counts.get('rejected', 0):,} set aside")
    typer.echo(f"certificate: {facts['certificate']}")
    if "columns" in facts:
        _print_table(facts)
        return
    print_table("", ("language", "records"), facts["languages"].items())
    print_table("", ("licence", "records"), facts["licences"].items())
    for row in facts["sample"]:
        source = row.get("source") or {}
        typer.echo(f"[{row['id']}] {source.get('uri', '')}\n  {one_line(row.get('text') or row, 300)}\n")


def lineage(
    path: Artefact,
    files: Annotated[int, typer.Option(help="How many raw files to name; 0 names all.")] = 10,
    search: Annotated[list[Path] | None, typer.Option(help="Folders to look for parents in, besides the neighbours.")] = None,
    as_json: Json = False,
) -> None:
    """Show what a dataset or model was made from, down to the raw files.

    Example: khettara lineage data/demo/model
    """
    from khettara.dataset import lineage as walk

    tree = walk(path, tuple(search or ()))
    if as_json:
        print_json(_as_json(tree))
    else:
        _print_tree(tree, 0, files)


def _as_json(node: Ancestor) -> dict[str, Any]:
    found: dict[str, Any] = {"name": node.name, "digest": node.digest, "role": node.role, "path": str(node.path) if node.path else None}
    found["parents"] = [_as_json(parent) for parent in node.parents]
    raw = _raw(node)
    if raw:
        found["files"] = raw
    return found


def _raw(node: Ancestor) -> list[dict[str, object]]:
    from khettara.dataset import raw_files

    has_sources = node.path is not None and node.manifest is not None and node.manifest.of_role("sources")
    return raw_files(node.path) if has_sources and node.path is not None else []


def _print_tree(node: Ancestor, depth: int, most: int) -> None:
    indent = "   " * depth
    made = f"made by {node.manifest.step.name}" if node.manifest else ("" if node.role == "certificate" else "its folder was not found here")
    place = f" at {node.path}" if node.path else ""
    typer.echo(f"{indent}{'└─ ' if depth else ''}{node.role} {node.name} {node.digest[:12]}{place} {made}".rstrip())
    for parent in node.parents:
        _print_tree(parent, depth + 1, most)
    raw = _raw(node)
    shown = raw if most == 0 else raw[:most]
    for row in shown:
        member = f" » {row['member']}" if row["member"] else ""
        typer.echo(f"{indent}   └─ {row['uri']}{member} {str(row['sha256'])[:12]} ({row['state']}, {row['records']} records)")
    if len(raw) > len(shown):
        typer.echo(f"{indent}   └─ and {len(raw) - len(shown)} more files (--files 0 names all)")
