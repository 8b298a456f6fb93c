"""`khettara examine`: what is wrong with a table or a dataset, why, and what to do about it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from khettara.cli.options import Json, Label
from khettara.cli.output import one_line, print_json, print_table, progress

if TYPE_CHECKING:
    from khettara.dataset.findings import Finding, Findings

_LANGUAGES = ("en", "fr", "ar")
_SAID = {
    "found": (
        "{name}: {records:record|records}, {columns:column|columns}; {count:finding|findings}",
        "{name} : {records:enregistrement|enregistrements}, {columns:colonne|colonnes} ; {count:constat|constats}",
        "{name}: {records:سجل واحد|سجلان|سجلات|سجلًا}، {columns:عمود واحد|عمودان|أعمدة|عمودًا}؛ {count:ملاحظة واحدة|ملاحظتان|ملاحظات|ملاحظة}",
    ),
    "nothing": ("Nothing was found wrong.", "Rien d'anormal n'a été trouvé.", "لم يُعثر على أي خلل."),
    "propose": ("Proposed:", "Proposition :", "المقترح:"),
    "row": ("row", "ligne", "الصف"),
    "next": ("Next:", "Ensuite :", "التالي:"),
    "more": ("{count} more of this kind", "encore {count} de ce genre", "{count} أخرى من هذا النوع"),
}
_FINDINGS_OF_A_KIND = 12


def examine(
    path: Annotated[Path, typer.Argument(metavar="TABLE|DS", help="A table's file, or the folder of a dataset.", show_default=False)],
    rows: Annotated[int, typer.Option(help="How many example rows of a finding.", min=0)] = 3,
    only: Annotated[list[str] | None, typer.Option(help="Only findings of this kind; may be given again.", show_default=False)] = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet of a workbook, by name or number.", show_default=False)] = None,
    label: Label = None,
    pack: Annotated[list[Path] | None, typer.Option(help="A file or folder of types of columns; may be given again.", show_default=False)] = None,
    lang: Annotated[str, typer.Option(help="The language of the findings: en, fr or ar.")] = "en",
    as_json: Json = False,
) -> None:
    """Find what is wrong with a table or a dataset: the cause, rows that show it, and a repair that can be undone. Nothing is changed.

    Example: khettara examine register.csv
    """
    from khettara.dataset.findings import Findings
    from khettara.house import examine as look
    from khettara.tables.types import use_packs

    _check(lang)
    use_packs(pack or ())
    bar = progress()
    try:
        found = look(path, sheet=sheet, only=tuple(only or ()), label=label, watch=Watching(bar))
    finally:
        bar.stop()
    if as_json:
        print_json(found.as_json())
    elif isinstance(found, Findings):
        _print(path, found, [finding.id for finding in found.findings], (), lang)
    else:
        _print(path, found.findings(rows), found.worst_first(), found.notes, lang)


class Watching:
    """Shows on a progress bar which detector looks."""

    def __init__(self, bar: Any) -> None:
        self._bar = bar
        self._began = False

    def __call__(self, what: str, done: int, of: int) -> None:
        """The next detector looks; with `done` 0, at the table or the next part of it."""
        if not self._began or done == 0:
            self._bar.stop()
            self._bar.start("examine", of, "detectors")
            self._began = True
            self._bar.advance(0, what)
        else:
            self._bar.advance(1, what)


def _check(lang: str) -> None:
    from khettara.errors import RecipeError

    if lang not in _LANGUAGES:
        raise RecipeError(f"no language {lang!r}", hint=f"There are: {', '.join(_LANGUAGES)}.")


def _print(path: Path, findings: Findings, order: Iterable[str], notes: Iterable[Mapping[str, Any]], lang: str) -> None:
    name = path.name or str(path)
    typer.echo(_say("found", lang, name=name, records=findings.records, columns=len(findings.columns), count=len(findings.findings)))
    for entry in notes:
        typer.echo(f"  · {entry['words'][lang]}")
    by_id = {finding.id: finding for finding in findings.findings}
    ranked = [by_id[name] for name in order]
    kinds = list(dict.fromkeys(finding.kind for finding in ranked))
    ranked.sort(key=lambda finding: kinds.index(finding.kind))
    for kind, group in groupby(ranked, key=lambda finding: finding.kind):
        _print_kind(kind, list(group), lang)
    if not ranked:
        typer.echo(_say("nothing", lang))
    elif any(finding.action for finding in ranked):
        target = path.with_suffix("").name if path.is_file() else f"{path.name}-repaired"
        typer.echo(f"\n{_say('next', lang)} khettara repair {shlex.quote(str(path))} --apply all -o {shlex.quote(target)}")


def _print_kind(kind: str, group: list[Finding], lang: str) -> None:
    from khettara.dataset.defects import defect_name

    typer.echo(f"\n{defect_name(kind, lang)} ({kind})")
    for number, finding in enumerate(group[:_FINDINGS_OF_A_KIND]):
        typer.echo(f"  {finding.id:<4} {finding.cause[lang]}")
        if number == 0 and kind != "missing":
            _print_rows(finding, lang)
        if finding.remedy:
            typer.echo(f"       {_say('propose', lang)} {finding.remedy[lang]}")
    if len(group) > _FINDINGS_OF_A_KIND:
        typer.echo(f"       {_say('more', lang, count=len(group) - _FINDINGS_OF_A_KIND)}")


def _print_rows(finding: Finding, lang: str) -> None:
    """Example rows, each with the cells as they are and, beside them, as they would be."""
    if not finding.examples:
        return
    names = list(finding.examples[0]["before"])[:6]
    header = [_say("row", lang), *names]
    lines = [
        (example["row"], *(_cell(example["before"].get(name), example["after"].get(name), name in example["after"]) for name in names))
        for example in finding.examples
    ]
    print_table("", header, lines)


def _cell(before: str | None, after: str | None, changed: bool) -> str:
    old = one_line(before, 40) or "∅"
    return f"{old} → {one_line(after, 40) or '∅'}" if changed and after != before else old


def _say(what: str, lang: str, **parts: float | str) -> str:
    from khettara.tables.phrases import say

    en, fr, ar = _SAID[what]
    return say(en=en, fr=fr, ar=ar, **parts)[lang]
