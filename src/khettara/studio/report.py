"""The report page of a run: `run.json` in, one HTML file out, which needs no network, no script and no other file.

    report_page(json.loads(Path("data/demo/run.json").read_text()), "The cupboard of a commune", lang="fr")

A stage may be missing or come twice and a fact may be missing: the page then shows less, and stays right. Every figure comes from
the run or, for languages, licences and reasons in words, from the Parquet files of the datasets that it names.
"""

from __future__ import annotations

import base64
import hashlib
import math
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, Template
from markupsafe import Markup

from khettara.engine import tally
from khettara.errors import KhettaraError
from khettara.studio.words import LANGUAGES, RIGHT_TO_LEFT, say

MOST_BARS = 12  # more bars than this are no picture any more; the rest is folded away below them
VERDICTS = ("certified", "conditional", "refused")
_SEPARATORS = {"en": (",", "."), "fr": ("\N{NARROW NO-BREAK SPACE}", ","), "ar": (".", ",")}  # as CLDR has them, for Morocco
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def report_page(run: Mapping[str, Any], description: str, *, lang: str = "en") -> str:
    """Write the page. `lang` is the language of the page's own words: `en`, `ar` or `fr`."""
    if lang not in LANGUAGES:
        raise KhettaraError(f"the report has no words in {lang!r}", hint=f"It speaks {', '.join(LANGUAGES)}.")
    stages = [_mapping(stage) for stage in _list(run.get("stages"))]
    page: str = _template().render(
        run=run,
        description=description,
        lang=lang,
        direction="rtl" if lang in RIGHT_TO_LEFT else "ltr",
        say=lambda key, default=None: say(key, lang, default),
        number=lambda value, percent=False: _number(value, lang, percent),
        flow=[_flow(stage) for stage in stages],
        funnels=[_funnel(stage, lang) for stage in stages if _count(_mapping(stage.get("counts")).get("in")) is not None],
        files=[_files(stage, lang) for stage in stages if "files_by_state" in _mapping(stage.get("facts"))],
        holdings=_holdings(stages, lang),
        certificates=[_certificate(_mapping(s.get("facts"))) for s in stages if s.get("kind") == "certify"],
        models=[_model(_mapping(s.get("facts")), lang) for s in stages if s.get("kind") == "train"],
        answers=[_answer(_mapping(s.get("facts"))) for s in stages if s.get("kind") == "ask"],
        commands=_commands(stages),
    )
    return page


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        bytecode_cache=FileSystemBytecodeCache(),  # compiling the template costs 0.15 s of CPU, a fifth of a small run
        autoescape=True,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["csp_hash"] = _csp_hash
    return environment.get_template("report.html.j2")


def _printable(value: Any) -> Any:
    """Print nothing for None, and a replacement for code points that no page may hold (one for one)."""
    if value is None:
        return ""
    if isinstance(value, Markup):
        return value
    return _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", value if isinstance(value, str) else str(value))


def _csp_hash(css: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[Any]:
    return value if isinstance(value, Sequence) and not isinstance(value, str) else ()


def _count(value: object) -> float | None:
    """Return the value when it is a finite number, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value


def _number(value: object, lang: str, percent: bool = False) -> Markup:
    """Write a number as its readers do, with the exact value beside it for programs; a dash for a missing one."""
    number = _count(value)
    if number is None:
        return Markup("–")
    thousands, point = _SEPARATORS[lang]
    shown = number * 100 if percent else number
    text = f"{shown:,}" if isinstance(shown, int) else f"{shown:,.{_decimals(shown, percent)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    text = text.translate({ord(","): thousands, ord("."): point})
    return Markup('<data value="{}" dir="ltr">{}{}</data>').format(number, text, "\N{NO-BREAK SPACE}%" if percent else "")


def _decimals(value: float, percent: bool) -> int:
    """As many as are needed for a share that is not whole to not look whole, and for a small number to not look like nothing."""
    for digits in range(1 if percent else 4, 9):
        rounded = round(value, digits)
        if value == 0 or (rounded != 0 and not (percent and value < 100 <= rounded)):
            return digits
    return 9


def _flow(stage: Mapping[str, Any]) -> dict[str, Any]:
    counts = _mapping(stage.get("counts"))
    came, kept, aside = (_count(counts.get(name)) for name in ("in", "kept", "rejected"))
    return {
        "kind": str(stage.get("kind", "")),
        "path": str(stage.get("path", "")),
        "name": Path(str(stage.get("path", ""))).name,
        "digest": stage.get("digest"),
        "state": stage.get("state"),
        "counts": [(key, number) for key, number in (("in", came), ("kept", kept), ("aside", aside)) if number is not None],
        "lost": came is not None and kept is not None and aside is not None and came != kept + aside,
        "seconds": _count(stage.get("seconds")),
        "units_done": _count(stage.get("units_done")),
        "units_reused": _count(stage.get("units_reused")),
    }


def _bars(rows: Iterable[tuple[str, object, str]], whole: float | None = None) -> dict[str, Any]:
    """Bars of (label, number, kind), as long as their share of `whole`; those beyond `MOST_BARS` are given as `folded`."""
    counted = [(label, number, kind) for label, value, kind in rows if (number := _count(value)) is not None]
    full = whole or max((number for _, number, _ in counted), default=0)

    def width(number: float) -> float:
        return round(min(100.0, max(0.0, 100 * number / full)), 3) if full else 0

    bars = [{"label": label, "number": number, "kind": kind, "width": width(number)} for label, number, kind in counted]
    return {"shown": bars[:MOST_BARS], "folded": bars[MOST_BARS:]}


def _funnel(stage: Mapping[str, Any], lang: str) -> dict[str, Any]:
    counts = _mapping(stage.get("counts"))
    came = _count(counts.get("in"))
    losses = sorted(_mapping(counts.get("rejected_by")).items(), key=lambda item: (-(_count(item[1]) or 0), item[0]))
    told = _reasons(Path(str(stage.get("path", "")))) if losses else {}
    rows = [(say(f"rule_{rule}", lang, told.get(rule) or rule.replace("_", " ")), number, rule) for rule, number in losses]
    return {
        "stage": _flow(stage),
        "in": _bars([("", came, "in")], came),
        "losses": _bars(rows, came),
        "kept": _bars([("", counts.get("kept"), "kept")], came),
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
    facts = _mapping(stage.get("facts"))
    states = _mapping(facts.get("files_by_state"))
    rows = [(say(f"state_{state}", lang, state), number, "kept" if state == "text" else "aside") for state, number in states.items()]
    return {"name": _flow(stage)["name"], "total": _count(facts.get("files")), "bars": _bars(rows, _count(facts.get("files")))}


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
            spoken = _bars((_language(name, lang), number, "in") for name, number in languages.items())
            granted = _bars((say("licence_unknown", lang) if name == "unknown" else name, n, "in") for name, n in licences.items())
            found.append({"name": Path(path).name, "languages": spoken, "licences": granted})
    return found


def _language(tag: str, lang: str) -> str:
    """Say a tag in words: `ary-Latn` -> `Darija, Latin letters`."""
    if tag == "overall":
        return say("overall", lang)
    language, _, script = tag.partition("-")
    words = say(f"lang_{language}", lang, language)
    comma = "، " if lang == "ar" else ", "
    return f"{words}{comma}{say(f'script_{script}', lang, script)}" if script else words


def _certificate(facts: Mapping[str, Any]) -> dict[str, Any]:
    verdict = facts.get("verdict")
    rights = _mapping(facts.get("rights"))
    licences = rights.get("licences")
    named = licences.items() if isinstance(licences, Mapping) else ((name, None) for name in _list(licences))
    return {
        "verdict": verdict if verdict in VERDICTS else None,
        "said": verdict,
        "facts": {name: facts.get(name) for name in ("purpose", "issued", "expires")},
        "reasons": _lines(facts.get("reasons")),
        "measures": [_measure(_mapping(measure)) for measure in _list(facts.get("measures"))],
        "licences": list(named),
        "unknown": _count(rights.get("unknown")),
        "findings": _lines(facts.get("findings")),
    }


def _lines(value: object) -> list[str]:
    """Whatever was said, a line each."""
    if isinstance(value, Mapping):
        return [f"{key}: {item}" for key, item in value.items()]
    if isinstance(value, str):
        return [value]
    return ["; ".join(_lines(item)) if isinstance(item, Mapping) else str(item) for item in _list(value)]


def _measure(measure: Mapping[str, Any]) -> dict[str, Any]:
    value, low, high = (_count(measure.get(name)) for name in ("value", "minimum", "maximum"))
    interval = [number for number in map(_count, _list(measure.get("interval"))) if number is not None]
    interval = sorted(interval) if len(interval) == 2 else []
    numbers = [number for number in (value, low, high, *interval) if number is not None]
    share = _count(measure.get("denominator")) is not None and bool(numbers) and all(0 <= number <= 1 for number in numbers)
    computed = measure.get("status", "computed") == "computed"
    return {
        **{name: measure.get(name) for name in ("id", "name", "scope", "why", "status", "required")},
        "numerator": _count(measure.get("numerator")),
        "denominator": _count(measure.get("denominator")),
        "value": value,
        "interval": interval,
        "bounds": [(key, bound) for key, bound in (("at_least", low), ("at_most", high)) if bound is not None],
        "share": share,
        "computed": computed,
        "outcome": {True: "passed", False: "not_passed"}.get(measure.get("passed"), "informative") if computed else "not_computed",  # type: ignore[arg-type]
        "axis": _axis(value, interval, [bound for bound in (low, high) if bound is not None], share),
    }


def _axis(value: float | None, interval: Sequence[float], bounds: Sequence[float], share: bool) -> dict[str, Any] | None:
    """Where the interval, the value and the bounds stand on an axis just wide enough for them, in percent of its length."""
    if value is None:
        return None
    numbers = [value, *interval, *bounds]
    margin = 0.2 * (max(numbers) - min(numbers)) or 0.1 * abs(value) or 0.1
    low, high = min(numbers) - margin, max(numbers) + margin
    if min(numbers) >= 0:
        low = max(0.0, low)
    if share:
        high = min(1.0, high)

    def place(number: float) -> float:
        return round(100 * (number - low) / (high - low), 3)

    band = (place(interval[0]), round(place(interval[1]) - place(interval[0]), 3)) if interval else None
    return {"low": low, "high": high, "value": place(value), "band": band, "bounds": [place(bound) for bound in bounds]}


def _model(facts: Mapping[str, Any], lang: str) -> dict[str, Any]:
    before, after = _mapping(facts.get("bits_per_byte_before")), _mapping(facts.get("bits_per_byte_after"))
    names = sorted({*before, *after}, key=lambda name: (name != "overall", name))
    most = max((n for n in map(_count, [*before.values(), *after.values()]) if n is not None), default=0)
    pairs = [
        (_language(name, lang), _bars([("before", before.get(name), "aside"), ("after", after.get(name), "kept")], most)["shown"]) for name in names
    ]
    figures = [(key, number) for key in ("parameters", "steps", "tokens", "seconds") if (number := _count(facts.get(key))) is not None]
    return {"figures": figures, "pairs": pairs, "overrides": _lines(facts.get("overrides"))}


def _answer(facts: Mapping[str, Any]) -> dict[str, Any]:
    answer = str(facts.get("answer") or "")
    spans = [_mapping(span) for span in _list(facts.get("spans"))]
    shown = [{"text": span.get("text"), "documents": [_mapping(document) for document in _list(span.get("documents"))]} for span in spans]
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
    questions = [str(q) for s in stages if s.get("kind") == "ask" and (q := _mapping(s.get("facts")).get("question"))]
    commands = [(f"cmd_{verb}", f"khettara {verb} {shlex.quote(path)}") for path in datasets[-1:] for verb in ("show", "rejects")]
    commands += [(f"cmd_{verb}", f"khettara {verb} {shlex.quote(path)}") for path in (models or datasets)[-1:] for verb in ("verify", "lineage")]
    commands += [("cmd_ask", f"khettara llm ask {shlex.quote(path)} {shlex.quote(question)}") for path in models[-1:] for question in questions[:1]]
    return commands
