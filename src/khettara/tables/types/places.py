"""The gazetteer: regions, provinces and communes of Morocco under each spelling, in three scripts.

"Dar El Beida", "الدار البيضاء", "ⴰⵏⴼⴰ", "CASA"  ->  commune Casablanca, province 06.141, region 06
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

from khettara.tables.types.folding import fold_name
from khettara.tables.types.pack import OURS

PlaceKind = Literal["region", "province", "commune"]


@dataclass(frozen=True)
class Place:
    """A place. `code` is the census's, for regions and provinces; `province` and `region` are the codes of what it lies in."""

    kind: PlaceKind
    code: str
    province: str
    region: str
    french: str
    arabic: str
    spellings: tuple[str, ...]


@dataclass(frozen=True)
class Gazetteer:
    """All places that are known. Communes are not complete: a name that is not here may be one all the same."""

    places: tuple[Place, ...]

    @cached_property
    def by_name(self) -> dict[PlaceKind, dict[str, tuple[Place, ...]]]:
        """For each kind, the places under each folded spelling: some names are those of several."""
        found: dict[PlaceKind, dict[str, dict[Place, None]]] = {"region": {}, "province": {}, "commune": {}}
        for place in self.places:
            for name in (place.french, place.arabic, *place.spellings):
                found[place.kind].setdefault(fold_name(name), {})[place] = None
        return {kind: {name: tuple(those) for name, those in names.items()} for kind, names in found.items()}

    def find(self, kind: PlaceKind, name: str) -> tuple[Place, ...]:
        """The places of a kind that are called so, in any spelling; none where none is known.

        >>> [place.french for place in gazetteer().find("commune", "الدارالبيضاء")]
        ['Casablanca']
        >>> [place.region for place in gazetteer().find("province", "CHTOUKA AIT BAHA")]
        ['09']
        """
        key = fold_name(name)
        for word in _BEFORE[kind]:  # "Région de l'Oriental", "عمالة مراكش"
            if key not in self.by_name[kind] and key.startswith(word) and key[len(word) :] in self.by_name[kind]:
                key = key[len(word) :]
        return self.by_name[kind].get(key, ())


_BEFORE = {
    kind: tuple(map(fold_name, words))
    for kind, words in {
        "region": ("région de", "région", "جهة"),
        "province": ("province de", "province d", "province", "préfecture de", "préfecture d", "préfecture", "إقليم", "عمالة"),
        "commune": ("commune de", "commune d", "commune", "ville de", "ville", "municipalité de", "جماعة", "مدينة", "بلدية"),
    }.items()
}


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer of our packs."""
    places: dict[tuple[str, str, str], Place] = {(place.kind, fold_name(place.french), place.province): place for place in _derived()}
    for kind, french, province, more in rows_of_pack("place_names.tsv"):
        spellings = tuple(more.split("|"))
        name = fold_name(french)
        here = [key for key in places if key[:2] == (kind, name) and province in ("", key[2])]
        for key in here:
            known = places[key]
            places[key] = Place(known.kind, known.code, known.province, known.region, known.french, known.arabic, (*known.spellings, *spellings))
        if not here:
            region = next(place.region for place in places.values() if place.code == province)
            arabic = next((name for name in spellings if "\u0600" <= name[0] <= "\u06ff"), "")
            places[kind, name, province] = Place("commune", "", province, region, french, arabic, spellings)
    return Gazetteer(tuple(places.values()))


def _derived() -> Iterator[Place]:
    kinds: dict[str, PlaceKind] = {"region": "region", "province": "province", "commune": "commune"}
    for kind, code, province, region, french, arabic, more in rows_of_pack("places.tsv"):
        yield Place(kinds[kind], code, province, region, french, arabic, tuple(name for name in more.split("|") if name))


def rows_of_pack(name: str) -> Iterator[list[str]]:
    """The lines of a data file of our packs, without its comments."""
    for line in (OURS / name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield line.split("\t")
