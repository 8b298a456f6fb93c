"""The report page of a run: `run.json` in, one HTML file out, which needs no network, no script and no other file.

    report_page(json.loads(Path("data/demo/run.json").read_text()), "The cupboard of a commune", lang="fr")

A stage may be missing or come twice and a fact may be missing: the page then shows less, and stays right. Every figure comes from
the run or, for languages, licences and reasons in words, from the Parquet files of the datasets that it names.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from khettara.engine import tally
from khettara.studio.measures import measure_row
from khettara.studio.page import bars, check_language, count, language, listed, mapping, render
from khettara.studio.words import say

VERDICTS = ("certified", "conditional", "refused")


def report_page(run: Mapping[str, Any], description: str, *, lang: str = "en", pages: Mapping[str, str] | None = None) -> str:
    """Write the page. `lang` is the language of the page's own words: `en`, `ar` or `fr`.

    `pages` gives, for the folder of a dataset, or for its `certificate.json`, the file beside this page that tells more of it.
    """
    check_language(lang)
    stages = [mapping(stage) for stage in listed(run.get("stages"))]
    return render(
        "report.html.j2",
        lang,
        run=run,
        description=description,
        flow=[_flow(stage) for stage in stages],
        funnels=[_funnel(stage, lang, pages or {}) for stage in stages if count(mapping(stage.get("counts")).get("in")) is not None],
        files=[_files(stage, lang) for stage in stages if "files_by_state" in mapping(stage.get("facts"))],
        holdings=_holdings(stages, lang),
        certificates=[_certificate(s, pages or {}) for s in stages if s.get("kind") == "certify"],
        models=[_model(mapping(s.get("facts")), lang) for s in stages if s.get("kind") == "train"],
        answers=[_answer(mapping(s.get("facts"))) for s in stages if s.get("kind") == "ask"],
        commands=_commands(stages),
    )


def _flow(stage: Mapping[str, Any]) -> dict[str, Any]:
    counts = mapping(stage.get("counts"))
    came, kept, aside = (count(counts.get(name)) for name in ("in", "kept", "rejected"))
    return {
        "kind": str(stage.get("kind", "")),
        "path": str(stage.get("path", "")),
        "name": Path(str(stage.get("path", ""))).name,
        "digest": stage.get("digest"),
        "state": stage.get("state"),
        "counts": [(key, number) for key, number in (("in", came), ("kept", kept), ("aside", aside)) if number is not None],
        "lost": came is not None and kept is not None and aside is not None and came != kept + aside,
        "seconds": count(stage.get("seconds")),
        "units_done": count(stage.get("units_done")),
        "units_reused": count(stage.get("units_reused")),
    }


def _funnel(stage: Mapping[str, Any], lang: str, pages: Mapping[str, str]) -> dict[str, Any]:
    counts = mapping(stage.get("counts"))
    came = count(counts.get("in"))
    losses = sorted(mapping(counts.get("rejected_by")).items(), key=lambda item: (-(count(item[1]) or 0), item[0]))
    told = _reasons(Path(str(stage.get("path", "")))) if losses else {}
    rows = [(say(f"rule_{rule}", lang, told.get(rule) or rule.replace("_", " ")), number, rule) for rule, number in losses]
    return {
        "stage": _flow(stage),
        "page": quote(pages.get(str(stage.get("path", "")), "")),
        "in": bars([("", came, "in")], came),
        "losses": bars(rows, came),
        "kept": bars([("", counts.get("kept"), "kept")], came),
    }


def _parquet(folder: Path, role: str) -> list[Path]:
    try:
        return sorted((folder / role).glob("*.parquet"))
    except OSError:
        return []


def _reasons(folder: Path) -> dict[str, str]:
    """Read what each rule gave as its reason from the rejects in `folder`."""
    told: dict[str, str] = {}
    for file in _parquet(folder, "rejects"):
        try:
            with pq.ParquetFile(file) as parquet:
                for batch in parquet.iter_batches(columns=["rule", "because"]):
                    pairs = pa.Table.from_batches([batch]).group_by(["rule", "because"]).aggregate([])
                    told |= {row["rule"]: row["because"] for row in pairs.to_pylist() if row["because"]}
        except (OSError, pa.ArrowException, KeyError):
            continue  # a page is no place to fail: `khettara verify` says what is wrong with the file
    return told


def _files(stage: Mapping[str, Any], lang: str) -> dict[str, Any]:
    facts = mapping(stage.get("facts"))
    states = mapping(facts.get("files_by_state"))
    rows = [(say(f"state_{state}", lang, state), number, "kept" if state == "text" else "aside") for state, number in states.items()]
    return {"name": _flow(stage)["name"], "total": count(facts.get("files")), "bars": bars(rows, count(facts.get("files")))}


def _holdings(stages: Sequence[Mapping[str, Any]], lang: str) -> list[dict[str, Any]]:
    """Languages and licences of the cleaned datasets; of the ingested ones where nothing was cleaned."""
    kinds = {stage.get("kind") for stage in stages}
    paths = {str(s.get("path", "")): None for s in stages if s.get("kind") == ("clean" if "clean" in kinds else "ingest")}
    found = []
    for path in paths:
        files = _parquet(Path(path), "data")
        try:
            languages, licences = tally(files, "lang"), tally(files, "licence")
        except (OSError, pa.ArrowException):
            continue
        if languages or licences:
            spoken = bars((language(name, lang), number, "in") for name, number in languages.items())
            granted = bars((say("licence_unknown", lang) if name == "unknown" else name, n, "in") for name, n in licences.items())
            found.append({"name": Path(path).name, "languages": spoken, "licences": granted})
    return found


def _certificate(stage: Mapping[str, Any], pages: Mapping[str, str]) -> dict[str, Any]:
    facts = mapping(stage.get("facts"))
    verdict = facts.get("verdict")
    measures = [measure_row(mapping(measure)) for measure in listed(facts.get("measures"))]
    rights = mapping(facts.get("rights"))
    licences = rights.get("licences")
    named = licences.items() if isinstance(licences, Mapping) else ((name, None) for name in listed(licences))
    return {
        "name": _flow(stage)["name"],
        "page": quote(pages.get(str(Path(str(stage.get("path", ""))) / "certificate.json"), "")),
        "verdict": verdict if verdict in VERDICTS else None,
        "said": verdict,
        "facts": {name: facts.get(name) for name in ("purpose", "issued", "expires")},
        "reasons": _lines(facts.get("reasons")),
        "demanded": [row for row in measures if row["bounds"]] or measures,
        "others": [row for row in measures if not row["bounds"]] if any(row["bounds"] for row in measures) else [],
        "licences": list(named),
        "unknown": count(rights.get("unknown")),
        "findings": _lines(facts.get("findings")),
    }


def _lines(value: object) -> list[str]:
    """Whatever was said, a line each."""
    if isinstance(value, Mapping):
        return [f"{key}: {item}" for key, item in value.items()]
    if isinstance(value, str):
        return [value]
    return ["; ".join(_lines(item)) if isinstance(item, Mapping) else str(item) for item in listed(value)]


def _model(facts: Mapping[str, Any], lang: str) -> dict[str, Any]:
    before, after = mapping(facts.get("bits_per_byte_before")), mapping(facts.get("bits_per_byte_after"))
    names = sorted({*before, *after}, key=lambda name: (name != "overall", name))
    most = max((n for n in map(count, [*before.values(), *after.values()]) if n is not None), default=0)
    pairs = [
        (language(name, lang), bars([("before", before.get(name), "aside"), ("after", after.get(name), "kept")], most)["shown"]) for name in names
    ]
    figures = [(key, number) for key in ("parameters", "steps", "tokens", "seconds") if (number := count(facts.get(key))) is not None]
    return {"figures": figures, "pairs": pairs, "overrides": _lines(facts.get("overrides"))}


def _answer(facts: Mapping[str, Any]) -> dict[str, Any]:
    answer = str(facts.get("answer") or "")
    spans = [mapping(span) for span in listed(facts.get("spans"))]
    shown = [{"text": span.get("text"), "documents": [mapping(document) for document in listed(span.get("documents"))]} for span in spans]
    return {"question": facts.get("question"), "pieces": _pieces(answer, spans), "answer": answer, "spans": shown}


def _pieces(text: str, spans: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[int]]]:
    """Cut the text where spans begin and end, each piece with the numbers (from 1) of the spans that cover it."""
    ranges = []
    for number, span in enumerate(spans, 1):
        start, end = span.get("start"), span.get("end")
        if isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text):
            ranges.append((start, end, number))
    cuts = sorted({0, len(text), *(start for start, _, _ in ranges), *(end for _, end, _ in ranges)})
    return [(text[a:b], [n for start, end, n in ranges if start <= a and b <= end]) for a, b in pairwise(cuts)]


def _commands(stages: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """List what to type to see more of what this run made."""
    datasets = list(dict.fromkeys(str(s["path"]) for s in stages if s.get("kind") in ("ingest", "clean") and s.get("path")))
    models = list(dict.fromkeys(str(s["path"]) for s in stages if s.get("kind") == "train" and s.get("path")))
    questions = [str(q) for s in stages if s.get("kind") == "ask" and (q := mapping(s.get("facts")).get("question"))]
    commands = [(f"cmd_{verb}", f"khettara {verb} {shlex.quote(path)}") for path in datasets[-1:] for verb in ("show", "rejects")]
    commands += [(f"cmd_{verb}", f"khettara {verb} {shlex.quote(path)}") for path in (models or datasets)[-1:] for verb in ("verify", "lineage")]
    commands += [("cmd_ask", f"khettara llm ask {shlex.quote(path)} {shlex.quote(question)}") for path in models[-1:] for question in questions[:1]]
    return commands
