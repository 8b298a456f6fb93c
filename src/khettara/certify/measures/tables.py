"""Measures of tables: counted from the cells, and from what an examination found and nobody mended.

value_completeness: 1,980,112 of 2,000,000 cells have a value, those that say "N/A" or 999 counted as missing  ->  0.990
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources

import numpy as np

from khettara.certify.measures.columns import IDENTIFYING, QUASI
from khettara.certify.measures.facts import Array
from khettara.certify.measures.measured import Measured, Outcome, missing, not_applicable
from khettara.certify.measures.rows import effective
from khettara.certify.measures.seen import Seen

FORMATS = ("mixed_dates", "decimal_marks", "mixed_units", "wrong_encoding")
COPIES = ("exact_duplicate", "near_duplicate")
CROSSED = ("contradiction", "swapped_columns")
MISSING_ALLOWED = 0.05
"""A column with more than one empty cell in twenty does not meet what a task usually asks (Eft-ML-1)."""
SMALLEST_GROUP = 5
"""k of k-anonymity: in a smaller group of like records a person is held to be identifiable (the usual least in health statistics)."""
TIMELY_DAYS = 365
_UNEXAMINED = "the table was not examined: khettara examine, or certify it by the command, which does"


def values(seen: Seen) -> Outcome:
    """Cells with a value; what only stands for a missing one is none."""
    empty = {name: int(mask.sum()) for name, mask in seen.facts.kinds("empty").items()}
    cells = seen.rows * len(empty)
    return Measured(max(0, cells - sum(empty.values()) - seen.cells("disguised_missing")), cells)


def worst_column(seen: Seen) -> Outcome:
    """Values in the column that has the fewest."""
    disguised: dict[str, int] = {}
    for finding in seen.open("disguised_missing"):
        for name in finding.columns:
            disguised[name] = disguised.get(name, 0) + finding.cells // max(1, len(finding.columns))
    filled = {name: max(0, seen.rows - int(mask.sum()) - disguised.get(name, 0)) for name, mask in seen.facts.kinds("empty").items()}
    return Measured(min(filled.values()), seen.rows, filled) if filled else missing("the table has no columns")


def full_records(seen: Seen) -> Outcome:
    """Records without an empty cell; each cell that only stands for a missing value is taken to lie in a record of its own."""
    full = seen.rows - int(seen.facts.any("empty").sum())
    return Measured(max(0, full - seen.records("disguised_missing")), seen.rows)


def labelled(seen: Seen) -> Outcome:
    """Records with a label."""
    if seen.roles.label is None:
        return _no_label()
    return Measured(seen.rows - int(seen.facts[f"empty.{seen.roles.label}"].sum()), seen.rows)


def in_domain(seen: Seen) -> Outcome:
    """Values that their column's domain has: code lists, gazetteers, shapes of identifiers."""
    if seen.found is None:
        return missing(_UNEXAMINED)
    domain = sum(column.count("with_domain") for column in seen.roles.columns)
    if not domain:
        return not_applicable("no column holds things of a known domain")
    return Measured(max(0, domain - seen.cells("invalid_identifier", "category_spellings")), domain)


def in_range(seen: Seen) -> Outcome:
    """Values inside what their column can hold."""
    if seen.found is None:
        return missing(_UNEXAMINED)
    ranged = sum(column.count("with_range") for column in seen.roles.columns)
    return Measured(max(0, ranged - seen.cells("out_of_range")), ranged) if ranged else not_applicable("no column holds a quantity of a known range")


def outliers(seen: Seen) -> Outcome:
    """Values that stand out, given what explains them."""
    numeric = _numeric(seen)
    if seen.found is None:
        return missing(_UNEXAMINED)
    return Measured(min(numeric, seen.cells("outlier")), numeric) if numeric else not_applicable("no column holds numbers")


def sound_labels(seen: Seen) -> Outcome:
    """Labels that nothing casts doubt on."""
    if seen.roles.label is None:
        return _no_label()
    if seen.found is None:
        return missing(_UNEXAMINED)
    return Measured(max(0, _labels(seen) - seen.records("label_error")), _labels(seen))


def repeated(seen: Seen) -> Outcome:
    """Records that repeat another, exactly or nearly."""
    if seen.found is None:
        return missing(_UNEXAMINED)
    kinds = {kind: seen.records(kind) for kind in COPIES}
    return Measured(seen.records(*COPIES), seen.rows, {kind: records for kind, records in kinds.items() if records})


def consistent_labels(seen: Seen) -> Outcome:
    """Records with the label that all records alike in the groups and quasi-identifiers most often have, where at least two are alike."""
    if seen.classes is None:
        return _no_label()
    numbers = [seen.facts[name] for name in seen.facts.table.column_names if name.startswith("number.")]
    groups = [codes for name, (_, codes) in _quasi(seen).items() if name != seen.roles.label]
    if not numbers and not groups:
        return missing("the table has no columns beside the label")
    keys = np.zeros(seen.rows, np.uint64)
    for column in (*numbers, *groups):
        values = np.nan_to_num(np.asarray(column, np.float64), nan=-1.25e300).view(np.uint64)
        keys = (keys ^ values) * np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(29)
    _, codes = seen.classes
    known = codes >= 0
    contents, sizes = np.unique(keys[known], return_inverse=True, return_counts=True)[1:]
    pairs, counts = np.unique(contents.astype(np.int64) * (int(codes.max(initial=0)) + 1) + codes[known], return_counts=True)
    best = np.zeros(len(sizes), np.int64)
    np.maximum.at(best, pairs // (int(codes.max(initial=0)) + 1), counts)
    several = sizes > 1
    if not several.any():
        return not_applicable("no two records are alike but for their label")
    return Measured(int(best[several].sum()), int(sizes[several].sum()))


def one_format(seen: Seen) -> Outcome:
    """Values written as their column is."""
    if seen.found is None:
        return missing(_UNEXAMINED)
    filled = _filled(seen)
    return Measured(max(0, filled - seen.cells(*FORMATS)), filled, {kind: seen.cells(kind) for kind in FORMATS if seen.cells(kind)})


def uncrossed(seen: Seen) -> Outcome:
    """Records whose columns do not contradict one another."""
    if seen.found is None:
        return missing(_UNEXAMINED)
    return Measured(seen.rows - seen.records(*CROSSED), seen.rows)


def unheaped(seen: Seen) -> Outcome:
    """Numeric values outside columns whose figures were found rounded."""
    if seen.found is None:
        return missing(_UNEXAMINED)
    columns = seen.roles.of_kind("number")
    heaped = {name for finding in seen.open("heaping") for name in finding.columns}
    rounded = sum(_held(seen, column.name) for column in columns if column.name in heaped)
    total = _numeric(seen)
    return Measured(total - rounded, total) if total else not_applicable("no column holds numbers")


def useful_columns(seen: Seen) -> Outcome:
    """Columns with few empty cells that are neither constant nor a copy of another."""
    idle = {name for finding in seen.open("constant_column", "copied_column") for name in finding.columns[-1:]}
    names = [column.name for column in seen.roles.columns]
    useful = [name for name in names if name not in idle and _held(seen, name) >= (1 - MISSING_ALLOWED) * seen.rows]
    return Measured(len(useful), len(names), sampled=False) if names else missing("the table has no columns")


def idle_columns(seen: Seen) -> Outcome:
    """Columns that are constant or repeat another."""
    if seen.found is None:
        return missing(_UNEXAMINED)
    names = [column.name for column in seen.roles.columns]
    idle = {name for finding in seen.open("constant_column", "copied_column") for name in finding.columns[-1:]}
    return Measured(len(idle), len(names), sampled=False)


def sure_labels(seen: Seen) -> Outcome:
    """Records with a label that nothing casts doubt on."""
    if seen.roles.label is None:
        return _no_label()
    return Measured(max(0, _labels(seen) - seen.records("label_error")), seen.rows)


def identifiable(seen: Seen) -> Outcome:
    """Records with a direct identifier, or one of fewer than five alike by what points at a person together."""
    direct = [column.name for column in seen.roles.meaning(IDENTIFYING)]
    marked = np.zeros(seen.rows, bool)
    kinds: dict[str, int] = {}
    for name in direct:
        filled = ~seen.facts[f"empty.{name}"]
        kinds[name] = int(filled.sum())
        marked |= filled
    sizes = group_sizes(seen)
    if sizes is not None:
        kinds[f"fewer than {SMALLEST_GROUP} alike"] = int((sizes < SMALLEST_GROUP).sum())
        marked |= sizes < SMALLEST_GROUP
    return Measured(int(marked.sum()), seen.rows, {name: records for name, records in kinds.items() if records})


def group_sizes(seen: Seen) -> Array | None:
    """For each record how many are alike in all quasi-identifiers (itself among them); None where the table has none."""
    quasi = [codes for _, codes in _quasi(seen).values()]
    if not quasi:
        return None
    keys = np.zeros(seen.rows, np.int64)
    for codes in quasi:
        keys = np.unique(keys * (int(codes.max(initial=0)) + 2) + codes + 1, return_inverse=True)[1].astype(np.int64)
    counts: Array = np.bincount(keys, minlength=1)[keys]
    return counts


def regions_there(seen: Seen) -> Outcome:
    """Regions of the country that occur, of twelve."""
    counts = region_counts(seen)
    if counts is None:
        return not_applicable("no column of a known list of values that should all occur (regions)")
    return Measured(len(counts), len(regions()), dict(counts), sampled=False)


def representative(seen: Seen) -> Outcome:
    """Overlap of the regions' shares with the census: 1 where they are the same, 0 where none is shared."""
    counts = region_counts(seen)
    if not counts:
        return not_applicable("no column of regions to set beside the census")
    total, people = sum(counts.values()), sum(population for *_, population in regions().values())
    overlap = sum(min(counts.get(code, 0) / total, population / people) for code, (_, _, population) in regions().items())
    return Measured(
        overlap, 1.0, {code: counts.get(code, 0) / total / (population / people) for code, (*_, population) in regions().items()}, sampled=False
    )


@cache
def regions() -> Mapping[str, tuple[str, str, int]]:
    """The twelve regions by code: names in French and Arabic, population of 2024."""
    lines = resources.files("khettara.certify").joinpath("measures/regions.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")][1:]
    return {code: (fr, ar, int(population)) for code, fr, ar, population in rows}


def region_counts(seen: Seen) -> dict[str, int] | None:
    """Records of each region, by its code; None where no column holds regions."""
    columns = seen.roles.meaning(("region",))
    if not columns:
        return None
    words, codes = seen.facts.words(f"word:{columns[0].name}")
    known = {_plain(name): code for code, (fr, ar, _) in regions().items() for name in (fr, ar, code, str(int(code)))}
    counts = np.bincount(codes[codes >= 0], minlength=len(words))
    found: dict[str, int] = {}
    for word, count in zip(words, counts.tolist(), strict=False):
        code = known.get(_plain(str(word)))
        if code is not None and count:
            found[code] = found.get(code, 0) + count
    return found


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.lower())
    return re.sub(r"[\W_]|[\u064b-\u0652\u0640]", "", "".join(c for c in letters if not unicodedata.combining(c)).translate(_FOLD))


_FOLD = str.maketrans("أإآىة", "اااي" + "ه")


def directions(seen: Seen) -> Outcome:
    """Directions in effect among the numeric columns."""
    eigenvalues = _spread(seen)
    if eigenvalues is None:
        return not_applicable("fewer than two columns of numbers that vary")
    return Measured(effective(eigenvalues), len(eigenvalues), sampled=False)


def components(seen: Seen) -> Outcome:
    """Principal components that explain 95 % of the variance, of as many as there are numeric columns."""
    eigenvalues = _spread(seen)
    if eigenvalues is None:
        return not_applicable("fewer than two columns of numbers that vary")
    return Measured(int(np.searchsorted(np.cumsum(eigenvalues) / eigenvalues.sum(), 0.95) + 1), len(eigenvalues), sampled=False)


def _spread(seen: Seen) -> Array | None:
    """Eigenvalues of the numeric columns' correlations, largest first; an empty cell counts as the column's mean."""
    if "spread" not in seen.cache:
        columns = []
        for values in seen.facts.kinds("number").values():
            known = np.isfinite(values)
            deviation = float(values[known].std()) if known.any() else 0.0
            if deviation > 0 and np.isfinite(deviation):
                columns.append(np.where(known, (values - values[known].mean()) / deviation, 0.0))
        seen.cache["spread"] = None
        if len(columns) > 1:
            matrix = np.stack(columns)
            seen.cache["spread"] = np.maximum(np.linalg.eigvalsh(matrix @ matrix.T / seen.rows)[::-1], 0)
    spread: Array | None = seen.cache["spread"]
    return spread


def current_columns(seen: Seen) -> Outcome:
    """Columns of dates that reach into the window."""
    days = _dates(seen)
    if not days:
        return not_applicable("no column holds dates of events")
    return Measured(sum(bool(len(values)) and bool(values.max() >= _earliest(seen)) for values in days.values()), len(days), sampled=False)


def current_records(seen: Seen) -> Outcome:
    """Records whose latest date of an event lies inside the window."""
    days = _dates(seen)
    if not days:
        return not_applicable("no column holds dates of events")
    columns = [seen.facts[f"date.{name}"].astype("datetime64[D]") for name in days]
    latest = np.fmax.reduce(columns)
    known = ~np.isnat(latest)
    return Measured(int((latest[known] >= _earliest(seen)).sum()), int(known.sum())) if known.any() else missing("no cell reads as a date")


def timely(seen: Seen) -> Outcome:
    """Records whose later date follows the earlier within a year, in the first two columns of dates of events."""
    names = list(_dates(seen))
    if len(names) < 2:
        return not_applicable("no two dates, of an event and of its entry")
    one, other = (seen.facts[f"date.{name}"].astype("datetime64[D]") for name in names[:2])
    both = ~np.isnat(one) & ~np.isnat(other)
    apart = np.abs((other - one)[both].astype(np.int64))
    return Measured(int((apart <= TIMELY_DAYS).sum()), int(both.sum())) if both.any() else missing("no record has both dates")


def findings_open(seen: Seen) -> Outcome:
    """Cells that an open finding casts doubt on; missing values have a measure of their own."""
    if seen.found is None:
        return missing(_UNEXAMINED)
    doubted = [finding for finding in seen.found.findings if finding.state == "open" and finding.kind not in _NO_DOUBT]
    cells = seen.rows * max(1, len(seen.roles.columns))
    kinds: dict[str, int] = {}
    for finding in doubted:
        kinds[finding.kind] = kinds.get(finding.kind, 0) + finding.cells
    return Measured(min(cells, sum(kinds.values())), cells, kinds)


_NO_DOUBT = ("missing", "heaping", "drift", "leakage", "constant_column", "copied_column")
"""Findings that say something of a column and nothing against a cell."""


def leaky(seen: Seen) -> Outcome:
    """Columns that give the label away."""
    if seen.roles.label is None:
        return _no_label()
    if seen.found is None:
        return missing(_UNEXAMINED)
    names = {name for finding in seen.open("leakage") for name in finding.columns if name != seen.roles.label}
    return Measured(len(names), len(seen.roles.columns), dict.fromkeys(sorted(names), 1), sampled=False)


def _no_label() -> Outcome:
    return not_applicable("the table has no label, or none was named (--label COLUMN)")


def _held(seen: Seen, name: str) -> int:
    return seen.rows - int(seen.facts[f"empty.{name}"].sum())


def _labels(seen: Seen) -> int:
    return _held(seen, str(seen.roles.label))


def _filled(seen: Seen) -> int:
    return sum(_held(seen, column.name) for column in seen.roles.columns)


def _numeric(seen: Seen) -> int:
    return sum(_held(seen, column.name) for column in seen.roles.of_kind("number"))


def _quasi(seen: Seen) -> dict[str, tuple[list[object], Array]]:
    return {column.name: seen.facts.words(f"word:{column.name}") for column in seen.roles.meaning(QUASI)}


def _dates(seen: Seen) -> dict[str, Array]:
    """The days in each column of dates, but for dates of birth, which are no events of the record."""
    found = {}
    for column in seen.roles.of_kind("date"):
        if column.meaning != "birth_date" and seen.facts.has(f"date.{column.name}"):
            days = seen.facts[f"date.{column.name}"].astype("datetime64[D]")
            found[column.name] = days[~np.isnat(days)]
    return {name: days for name, days in found.items() if len(days)}


def _earliest(seen: Seen) -> np.datetime64:
    return np.datetime64(seen.now.date(), "D") - np.timedelta64(seen.window_days, "D")


def compliant_rows(seen: Seen) -> Outcome:
    """Rows under an open licence and without a direct identifier. The licence may be each row's or the whole table's."""
    from khettara.certify.measures.texts import open_licences

    if seen.facts.has("licence_open"):
        fits = seen.facts["licence_open"].copy()
    else:
        licence = seen.cache.get("licence") or seen.dataset.manifest.facts.get("licence")
        if licence is None:
            return missing("nobody said under which licence the table is (--rights FILE)")
        fits = np.full(seen.rows, licence in open_licences())
    for column in seen.roles.meaning(IDENTIFYING):
        fits &= seen.facts[f"empty.{column.name}"]
    return Measured(int(fits.sum()), seen.rows)
