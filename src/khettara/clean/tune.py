"""Other thresholds tried on what is measured already: what each rule would leave out, which records would change side, in seconds.

    tune(stage, context, {"too_short": "n_words >= 8"}, "recipes/demo.yaml")  ->  {"rules": [{"rule": "too_short", "now": 18, "then": 41}, ...], ...}

The decisions are those of a run, rules and copies alike, taken over the units that the last run measured; no dataset is written.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from khettara.clean.measured import Measured, measured_by
from khettara.clean.stage import CleanStage
from khettara.clean.survey import folders_of
from khettara.clean.thresholds import Threshold, thresholds
from khettara.engine import Context, Expression, Join, Rule, nearest
from khettara.engine.decide import decide
from khettara.engine.records import Block
from khettara.engine.rules import seen
from khettara.engine.transform import block_of, blocks_of_others
from khettara.errors import KhettaraError, RecipeError

Fates = list[dict[int, str]]
"""For each unit, the rows that are left out, each with its reason."""

MOST_ROWS = 12
LADDER = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 4.0)


class NotMeasured(KhettaraError):
    """What a stage reads has not been measured with these steps."""


@dataclass(frozen=True)
class _Stage:
    """What was measured for a clean stage, with the records of other datasets that it must hold no copy of."""

    blocks: Sequence[Block]
    joins: Sequence[Join]

    def fates(self, rules: Sequence[Rule]) -> Fates:
        """What a run with these rules would leave out."""
        fates: Fates = [{} for block in self.blocks if block.origin is None]
        with tempfile.TemporaryDirectory(prefix="khettara-tune-") as scratch:
            expressions = [(rule, Expression(rule.keep)) for rule in rules]
            with decide(self.blocks, expressions, self.joins, Path(scratch) / "decided") as decision:
                for number, outcome in decision.outcomes.items():
                    table = outcome.table()
                    gone = table.filter(pc.is_null(table["cut"]))  # a record that only loses a paragraph stays
                    fates[number] = dict(zip(gone["row"].to_pylist(), gone["rule"].to_pylist(), strict=True))
        return fates


def tune(stage: CleanStage, context: Context, changes: Mapping[str, str], recipe: str, *, examples: int = 3) -> dict[str, Any]:
    """Compare the rules of a stage, as its recipe has them, with the same rules after `changes`.

    Args:
        stage: a clean stage of a recipe.
        context: where the recipe works.
        changes: for some rules, other `keep` expressions.
        recipe: how the user calls the recipe, for messages.
        examples: how many records to show that would change side, in each direction.

    Raises:
        NotMeasured: `khettara run` has to measure first.
        RecipeError: a rule that is not there, an expression that does not read or does not fit.
    """
    known = [rule.rule for rule in stage.rules]
    for name in changes:
        if name not in known:
            raise RecipeError(f"no rule {name!r} in the stage that makes {stage.to!r}", where=recipe, hint=nearest(name, known))
    inputs, priorities, what, shards = stage.plan(context)
    record = what.record()
    measured = measured_by(record["steps"], record["fill"], shards, context.work(stage.to))
    if measured is None:
        raise NotMeasured(
            f"{stage.to!r} has not been measured with these steps and inputs", where=recipe, hint=f"Run it first: khettara run {recipe}"
        )
    blocks = [block_of(unit, priorities[shard.input_number]) for unit, shard in zip(measured.units, shards, strict=True)]
    compared, _ = blocks_of_others(stage.others(context, inputs), what, context.work(stage.to), context.workers, context.progress)
    there = _Stage([*blocks, *compared], what.joins)
    rules = [_changed(rule, changes, measured, recipe) for rule in stage.rules]
    now = there.fates(stage.rules)
    then = there.fates(rules) if changes else now
    moved = _Moves(now, then)
    reasons = list(dict.fromkeys([*known, *moved.now, *moved.then]))
    old = {rule.rule: rule.keep for rule in stage.rules}
    new = {rule.rule: rule.keep for rule in rules}
    return {
        "stage": stage.to,
        "records": sum(measured.sizes),
        "rules": [
            {"rule": name, "keep": old.get(name), "new_keep": new.get(name), "now": moved.now[name], "then": moved.then[name]} for name in reasons
        ],
        "left_out": {"now": moved.now.total(), "then": moved.then.total()},
        "lost": _direction(measured, moved.lost, then, rules, examples),
        "saved": _direction(measured, moved.saved, now, stage.rules, examples),
        "other_reason": moved.other_reason,
        "ladders": _ladders(measured, rules),
    }


def _changed(rule: Rule, changes: Mapping[str, str], measured: Measured, recipe: str) -> Rule:
    if rule.rule not in changes:
        return rule
    where = f"{recipe}, rule {rule.rule}"
    try:
        changed = Expression(changes[rule.rule])
    except ValueError as error:
        raise RecipeError(str(error), where=where) from None
    try:
        empty = {field.name: pa.nulls(0, field.type) for field in (*measured.data, *measured.signals)}
        changed.check_columns(empty)
        changed(empty)
    except RecipeError as error:
        raise RecipeError(error.what, where=where, hint=error.hint) from None
    return rule.model_copy(update={"keep": changes[rule.rule]})


class _Moves:
    """Two decisions over the same records, side by side. `lost` and `saved` are (unit, row)."""

    def __init__(self, now: Fates, then: Fates) -> None:
        self.now = Counter(reason for unit in now for reason in unit.values())
        self.then = Counter(reason for unit in then for reason in unit.values())
        self.lost = [sorted(after.keys() - before.keys()) for before, after in zip(now, then, strict=True)]
        self.saved = [sorted(before.keys() - after.keys()) for before, after in zip(now, then, strict=True)]
        self.other_reason = sum(before[row] != after[row] for before, after in zip(now, then, strict=True) for row in before.keys() & after.keys())


def _direction(measured: Measured, rows: Sequence[Sequence[int]], fates: Fates, rules: Sequence[Rule], examples: int) -> dict[str, Any]:
    """The records that would change to one side: how many, of which languages and sources, and a few of them.

    `fates` and `rules` are those that leave them out.
    """
    langs: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    total = sum(map(len, rows))
    every = max(1, total // max(examples, 1))
    shown: list[dict[str, Any]] = []
    passed = 0
    for number, moved in enumerate(rows):
        if not moved:
            continue
        columns = measured.columns(number, {"lang", "source"})
        langs.update(lang or "unknown" for lang in columns["lang"].take(pa.array(moved)).to_pylist())
        uris = pc.struct_field(columns["source"], "uri").take(pa.array(moved))
        for pair in pc.value_counts(folders_of(uris)).to_pylist():
            sources[pair["values"]] += pair["counts"]
        chosen = [row for place, row in enumerate(moved, passed) if place % every == 0][: examples - len(shown)]
        passed += len(moved)
        shown += _examples(measured, number, chosen, fates[number], rules) if chosen else []
    return {"records": total, "by_language": dict(langs.most_common()), "by_source": dict(sources.most_common(MOST_ROWS)), "examples": shown}


def _examples(measured: Measured, number: int, rows: Sequence[int], fates: Mapping[int, str], rules: Sequence[Rule]) -> list[dict[str, Any]]:
    expressions = {rule.rule: Expression(rule.keep) for rule in rules}
    columns = measured.columns(number, {name for expression in expressions.values() for name in expression.columns})
    records = measured.records(number, np.asarray(rows, np.int64), ("id", "text", "lang", "source"))
    shown = []
    for row, record in zip(rows, records, strict=True):
        expression = expressions.get(fates[row])
        here = {name: columns[name].slice(row, 1) for name in expression.columns} if expression is not None else {}
        value = seen(expression, here)[0] if expression is not None else None
        source = record["source"] or {}
        shown.append(
            {"id": record["id"], "reason": fates[row], "value": value, "lang": record["lang"], "uri": source.get("uri"), "text": record["text"]}
        )
    return shown


def _ladders(measured: Measured, rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """For each threshold: at other values, how many records its rule would leave out by itself, and all rules together (copies not counted)."""
    rungs = [
        (number, threshold, value)
        for number, rule in enumerate(rules)
        for threshold in thresholds(rule.keep)
        if threshold.op in ("<", "<=", ">", ">=")
        for value in _rungs(threshold)
    ]
    tried = [Expression(threshold.moved(rules[number].keep, value)) for number, threshold, value in rungs]
    plain = [Expression(rule.keep) for rule in rules]
    names = {name for expression in plain for name in expression.columns}
    alone, together = np.zeros(len(rungs), np.int64), np.zeros(len(rungs), np.int64)
    for unit, size in enumerate(measured.sizes):
        if not size or not rungs:
            continue
        columns = measured.columns(unit, names)
        out = np.stack([_left_out(expression, columns) for expression in plain])
        times = out.sum(axis=0)
        for place, ((number, _, _), expression) in enumerate(zip(rungs, tried, strict=True)):
            mine = _left_out(expression, columns)
            alone[place] += int(mine.sum())
            together[place] += int((mine | (times > out[number])).sum())
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for place, (number, threshold, value) in enumerate(rungs):
        ladder = found.setdefault(
            (number, threshold.start),
            {"rule": rules[number].rule, "signal": threshold.signal, "op": threshold.op, "value": threshold.value, "rungs": []},
        )
        ladder["rungs"].append({"value": value, "alone": int(alone[place]), "together": int(together[place])})
    return list(found.values())


def _left_out(expression: Expression, columns: Mapping[str, pa.Array]) -> npt.NDArray[np.bool_]:
    return ~np.asarray(expression(columns).to_numpy(zero_copy_only=False), bool)


def _rungs(threshold: Threshold) -> list[float]:
    """Values around the threshold, from a quarter of it to four times; whole where it is, a share where it is one."""
    value = threshold.value
    if isinstance(value, int):
        near = {value + step for step in (-1, 0, 1)} if abs(value) < 10 else {value}
        return sorted(near | {round(value * factor) for factor in LADDER} | ({5, 10} if value == 0 else set()))
    found = {float(f"{value * factor:.6g}") for factor in LADDER} if value else {0.0, 0.01, 0.05, 0.1}
    return sorted(rung for rung in found if not (0 < value <= 1) or rung <= 1)
