"""The report page of a cleaned dataset: what came in, what each edit changed, what each rule left out, and what stands at its threshold.

    dataset_page(Dataset.open("data/demo/clean"), lang="ar")

One HTML file without script, address or other file, as the page of a run is. It lies beside the dataset, which never changes.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from khettara.dataset import Dataset
from khettara.studio.charts import drawn
from khettara.studio.page import check_language, render
from khettara.studio.words import say

_SIDES = {">=": ("<", "≥"), "<": ("<", "≥"), ">": ("≤", ">"), "<=": ("≤", ">"), "==": ("≤", ">"), "!=": ("≤", ">")}


def dataset_page(dataset: Dataset, *, lang: str = "en", search: tuple[Path, ...] = ()) -> str:
    """Write the page. `lang` is the language of the page's own words: `en`, `ar` or `fr`.

    Raises:
        DatasetError: it was not made by cleaning.
    """
    from khettara.clean.survey import survey  # a run that cleans nothing need not import that room

    check_language(lang)
    found = survey(dataset, search=search)
    thresholds = _thresholds(found["thresholds"])
    took = {loss["rule"] for loss in found["funnel"]["losses"] if loss["records"]}

    def at_work(lines: Sequence[Mapping[str, Any]]) -> bool:
        return any(line["rule"] in took for line in lines)

    charts = [signal for signal in found["signals"] if "edges" in signal]
    return render(
        "dataset.html.j2",
        lang,
        found=found,
        because=lambda loss: say(f"rule_{loss['rule']}", lang, loss.get("because") or loss["rule"].replace("_", " ")),
        funnel=_funnel(found["funnel"]),
        ruled=[drawn(signal) for signal in charts if at_work(signal["lines"])],
        idle=[drawn(signal) for signal in charts if signal["lines"] and not at_work(signal["lines"])],
        unruled=[drawn(signal) for signal in charts if not signal["lines"]],
        constant=[signal for signal in found["signals"] if "same" in signal],
        thresholds=[threshold for threshold in thresholds if at_work([threshold])],
        idle_thresholds=[threshold for threshold in thresholds if not at_work([threshold])],
        commands=_commands(dataset, found),
    )


def page_beside(path: Path) -> Path:
    """Where the page of a dataset lies unless somebody says otherwise."""
    folder = path.resolve()
    return folder.parent / f"report-{folder.name}.html"


def _funnel(funnel: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each loss with the lengths of its two bars: what remains after it, and what it took."""
    whole = funnel["in"] or 1
    return [
        {**loss, "stays": round(100 * loss["remaining"] / whole, 3), "goes": round(100 * loss["records"] / whole, 3)} for loss in funnel["losses"]
    ]


def _thresholds(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each threshold with its two sides and how each is written."""
    return [
        {
            **threshold,
            "sides": [{"sign": sign, "examples": threshold[side]} for side, sign in zip(("below", "above"), _SIDES[threshold["op"]], strict=True)],
        }
        for threshold in found
    ]


def _commands(dataset: Dataset, found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What to type to see more; one record that was left out serves as the example."""
    path = shlex.quote(str(dataset.path))
    commands = [("cmd_rejects", f"khettara rejects {path}")]
    members = [member["id"] for cluster in found["clusters"] for member in cluster["members"]]
    sides = [example["id"] for threshold in found["thresholds"] for side in ("below", "above") for example in threshold[side] if example["reason"]]
    commands += [("cmd_explain", f"khettara rejects {path} {shlex.quote(name)}") for name in (members + sides)[:1]]
    return [*commands, ("cmd_tune", "khettara tune RECIPE"), ("cmd_verify", f"khettara verify {path}")]
