"""Write the gazetteer of Moroccan regions, provinces and communes from its two public sources.

    python scripts/gazetteer.py --data ../shared/data

Sources and licences stand beside the result, in `src/khettara/tables/packs/SOURCES.md`. Names from general knowledge (Tifinagh,
short names, towns that the sources lack) are not here: they are in `place_names.tsv`, written by hand.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import Any

from khettara.tables.types.folding import fold_name

OUT = Path(__file__).parent.parent / "src" / "khettara" / "tables" / "packs" / "places.tsv"
HEAD = "# Derived by scripts/gazetteer.py; attribution in SOURCES.md. kind, code, province code, region code, French, Arabic, other spellings"
LANGUAGES = ("fr", "ar", "en", "es")


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=OUT)
    asked = parser.parse_args()
    data: Path = asked.data
    regions = _census(data / "morocco-rgph2024" / "regions.csv")
    provinces = _census(data / "morocco-rgph2024" / "provinces.csv")
    places = data / "morocco-places"
    lines = [HEAD]
    others = _others(places / "regions.json", "regions", regions)
    lines += [_line("region", row["code"], "", row["code"], row, others) for row in regions]
    others = _others(places / "region-divisions.json", "region_divisions", provinces)
    lines += [_line("province", row["code"], row["code"], row["region_code"], row, others) for row in provinces]
    lines += _communes(places, provinces)
    asked.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{asked.out}: {len(lines) - 1} places")


def _census(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _named(path: Path, key: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))[key]
    return rows


def _codes(rows: list[dict[str, str]]) -> dict[str, str]:
    """The code of each name, under its folded spelling."""
    return {fold_name(row[name]): row["code"] for row in rows for name in ("name_fr", "name_ar")}


def _code(name: dict[str, str], codes: dict[str, str]) -> str:
    return next(codes[fold_name(name[language])] for language in LANGUAGES if fold_name(name[language]) in codes)


def _others(path: Path, key: str, census: list[dict[str, str]]) -> dict[str, list[str]]:
    codes = _codes(census)
    return {_code(row["name"], codes): [row["name"][language] for language in LANGUAGES] for row in _named(path, key)}


def _line(kind: str, code: str, province: str, region: str, row: dict[str, str], others: dict[str, list[str]]) -> str:
    known = {fold_name(row["name_fr"]), fold_name(row["name_ar"])}
    extra = [name for name in dict.fromkeys(others.get(code, [])) if fold_name(name) not in known]
    return "\t".join((kind, code, province, region, row["name_fr"], row["name_ar"], "|".join(extra)))


def _communes(places: Path, provinces: list[dict[str, str]]) -> list[str]:
    codes, region_of = _codes(provinces), {row["code"]: row["region_code"] for row in provinces}
    divisions = {row["id"]: _code(row["name"], codes) for row in _named(places / "region-divisions.json", "region_divisions")}
    lines: dict[tuple[str, str], str] = {}
    for row in _named(places / "communes.json", "communes"):
        province, name = divisions[row["region_division_id"]], row["name"]
        entry = {"name_fr": name["fr"], "name_ar": name["ar"]}
        line = _line("commune", "", province, region_of[province], entry, {"": [name[language] for language in LANGUAGES]})
        lines.setdefault((fold_name(name["fr"]), province), line)  # four are named twice in their province
    return sorted(lines.values())


if __name__ == "__main__":
    main()
