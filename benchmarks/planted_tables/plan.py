"""What one seed plants where: for every class the columns, the share of the records, the ways. Drawn once for a table of any size.

    Planting("mixed_units", ("taille",), share=0.031, apply=other_units(... 0.01, "m"))

All seventeen classes are in every table; heaping, drift, constant and copied columns and accounts with a wrong key in some.
A class with several columns has a share of its own, and clerks of its own, for each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from benchmarks.planted_tables import mistakes as m
from benchmarks.planted_tables.sheet import Array, Field, Records
from benchmarks.planted_tables.style import Style
from benchmarks.planted_tables.words import WORDS

CLASSES = (
    "missing",
    "disguised_missing",
    "mixed_dates",
    "mixed_units",
    "decimal_marks",
    "swapped_columns",
    "out_of_range",
    "contradiction",
    "category_spellings",
    "wrong_encoding",
    "outlier",
    "invalid_cin",
    "invalid_phone",
    "label_error",
    "near_duplicate",
    "exact_duplicate",
    "leakage",
)
FURTHER = ("invalid_rib", "heaping", "drift", "constant_column", "copied_column")

NOTHING = ("N/A", "néant", "-", "غير معروف", "inconnu", "?", "NULL", "لا يوجد", "XXX", "n.d.", "--", "non renseigné", "بدون")
NO_DATE = {
    "%Y-%m-%d": ("1900-01-01", "9999-12-31", "0000-00-00"),
    "%d/%m/%Y": ("01/01/1900", "31/12/9999", "00/00/0000"),
    "%d-%m-%Y": ("01-01-1900", "31-12-9999", "00-00-0000"),
}
NO_PHONE = ("0000000000", "0600000000", "N/A", "-", "néant", "0000")
NO_CARD = ("XX000000", "AA000000", "000000", "N/A", "-", "néant", "لا يوجد")
NO_CODE = ("N/A", "-", "XXX", "0000", "néant", "غير معروف")
NO_NUMBER = {
    "age": ("999", "-1", "N/A"),
    "revenu": ("999999", "-1", "N/A", "-", "néant"),
    "menage": ("99", "999", "-", "غير معروف"),
    "taille": ("999", "0", "-", "N/A"),
    "poids": ("999", "0", "N/A", "?"),
    "pas": ("999", "0", "-"),
    "glycemie": ("99", "0", "N/A", "غير معروف"),
    "pouls": ("999", "0", "-", "ND"),
    "gros": ("9999", "-1", "N/A", "-"),
    "quantite": ("9999", "-1", "?", "N/A"),
    "humidite": ("999", "-1", "N/A", "-"),
    "temperature": ("-99", "999", "N/A", "غير معروف"),
    "calibre": ("999", "0", "-", "néant"),
}
IMPOSSIBLE = {
    "age": ("150", "-4", "187", "212", "-12", "135", "243", "301"),
    "menage": ("-2", "-5", "412", "230", "-1", "655"),
    "taille": ("12", "412", "-170", "387", "7", "503"),
    "pas": ("-120", "612", "4", "735", "520", "9"),
    "pouls": ("-80", "640", "512", "-65", "3", "715"),
    "humidite": ("132", "-20", "148.5", "210", "-7.5", "171"),
    "temperature": ("-71", "185", "210", "168", "-64.5", "240"),
    "calibre": ("-50", "1900", "-12", "2450", "1375", "-64"),
    "latitude": ("91.4", "-120.2", "133.04", "-97.31", "214.9"),
}


@dataclass(frozen=True)
class Planting:
    """One class in some columns: the share of the records, who may be hit, what is done."""

    name: str
    columns: tuple[str, ...]
    share: float
    apply: m.Plant
    related: tuple[str, ...]
    allowed: Callable[[Records], Array] | None
    scattered: bool


@dataclass(frozen=True)
class Leak:
    """A column that knows the label: for so many records, its first letter follows the class.

    `recorded`: it was filled in from the label as it stands, wrong or right; otherwise from what is true, and it betrays wrong labels.
    """

    column: str
    share: float
    recorded: bool


@dataclass
class Plan:
    """Everything that is planted in the table of one seed."""

    style: Style
    cells: list[Planting]
    edits: dict[str, str]
    near: float
    exact: float
    leak: Leak
    drift: tuple[str, float, float] | None = None
    constant: tuple[str, str] | None = None
    copied: tuple[str, str] | None = None


@dataclass(frozen=True)
class Menu:
    """What can be planted in the tables of one domain; `Draw` picks from it."""

    units: tuple[tuple[str, float, int, str], ...]  # column, factor, decimals, name
    decimals: tuple[str, ...]
    swaps: tuple[tuple[str, str], ...]
    out_of_range: tuple[str, ...]
    disguised: tuple[str, ...]
    missing: tuple[str, ...]
    dates: tuple[str, ...]
    spelled: tuple[str, ...]
    misread: tuple[str, ...]
    heaps: tuple[tuple[str, float, int], ...]
    drifts: tuple[str, ...]
    edits: dict[str, str]
    leak: str
    extra: tuple[tuple[str, str], ...] = (("pays", "Maroc"), ("source", "saisie v2"), ("campagne", "2023"))


MENUS = {
    "civil": Menu(
        units=(("revenu", 100, 0, "centimes"), ("revenu", 20, 0, "ryals")),
        decimals=("revenu", "latitude", "longitude"),
        swaps=(("latitude", "longitude"), ("commune", "region")),
        out_of_range=("age", "menage", "latitude"),
        disguised=("cin", "telephone", "prenom", "commune", "naissance", "revenu", "menage", "lot", "nom_arabe"),
        missing=("telephone", "revenu", "commune", "rib", "menage", "nom_arabe", "naissance"),
        dates=("naissance", "enregistre"),
        spelled=("commune", "sexe", "region"),
        misread=("nom_arabe", "region", "commune"),
        heaps=(("revenu", 500, 2), ("revenu", 1000, 2)),
        drifts=("revenu", "menage"),
        edits={"nom": "name", "prenom": "name", "cin": "digits", "telephone": "digits", "naissance": "date", "commune": "text"},
        leak="lot",
    ),
    "hospital": Menu(
        units=(
            ("taille", 0.01, 2, "m"),
            ("poids", 2.20462, 1, "lb"),
            ("glycemie", 100, 0, "mg/dL"),
            ("glycemie", 5.551, 1, "mmol/L"),
            ("pas", 0.1, 1, "cmHg"),
        ),
        decimals=("poids", "glycemie"),
        swaps=(("taille", "poids"), ("pas", "pad"), ("hopital", "service")),
        out_of_range=("age", "taille", "pas", "pouls"),
        disguised=("cin", "telephone", "nom", "ville", "taille", "poids", "glycemie", "pouls", "cim", "fiche"),
        missing=("telephone", "glycemie", "poids", "cim", "ville", "sortie", "pouls"),
        dates=("entree", "sortie"),
        spelled=("ville", "sexe", "service"),
        misread=("hopital", "service", "ville"),
        heaps=(("poids", 5, 1), ("pas", 10, 0), ("taille", 5, 0)),
        drifts=("glycemie", "pouls", "pas"),
        edits={"nom": "name", "cin": "digits", "telephone": "digits", "ville": "text", "entree": "date"},
        leak="fiche",
    ),
    "market": Menu(
        units=(("prix", 100, 0, "centimes"), ("gros", 100, 0, "centimes"), ("quantite", 1000, 0, "g"), ("temperature", m.FAHRENHEIT, 1, "°F")),
        decimals=("prix", "gros", "quantite", "montant", "humidite", "temperature"),
        swaps=(("commune", "region"), ("produit", "unite"), ("vendeur", "nom")),
        out_of_range=("humidite", "temperature", "calibre"),
        disguised=("cin", "telephone", "nom", "produit", "gros", "humidite", "temperature", "calibre", "date", "sac"),
        missing=("telephone", "gros", "humidite", "calibre", "cin", "commune", "vendeur"),
        dates=("date",),
        spelled=("produit", "commune", "unite", "vendeur"),
        misread=("commune", "region", "produit", "vendeur"),
        heaps=(("quantite", 10, 1), ("calibre", 5, 0)),
        drifts=("calibre", "temperature"),
        edits={"nom": "name", "cin": "digits", "telephone": "digits", "commune": "text", "date": "date"},
        leak="sac",
    ),
}


def doing(function: Callable[..., None], *options: object) -> m.Plant:
    """A mistake with its options."""
    return lambda sheet, chance, rows: function(sheet, chance, rows, *options)


class Draw:
    """Picks from a menu; a column taken for one thing is not offered for what would be confused with it."""

    def __init__(self, domain: str, fields: Sequence[Field], chance: np.random.Generator, style: Style) -> None:
        self.domain, self.menu, self.chance, self.style = domain, MENUS[domain], chance, style
        self.fields = {f.key: f for f in fields}
        self.seeded = chance.spawn(1)[0]
        self.cells: list[Planting] = []

    def some(self, values: Sequence[str], least: int, most: int, without: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
        """Between `least` and `most` of these columns."""
        offered = [value for value in values if value not in without]
        n = min(len(offered), int(self.chance.integers(least, most + 1)))
        return [offered[i] for i in sorted(self.chance.choice(len(offered), n, replace=False))]

    def share(self, usual: float) -> float:
        """A share around the usual one."""
        return float(usual * np.exp(self.chance.normal(0, 0.35)))

    def add(
        self,
        name: str,
        columns: tuple[str, ...],
        usual: float,
        apply: m.Plant,
        related: tuple[str, ...] = (),
        allowed: Callable[[Records], Array] | None = None,
    ) -> None:
        """One planting more."""
        self.cells.append(Planting(name, columns, self.share(usual), apply, related, allowed, bool(self.chance.random() < 0.2)))

    def number(self, text: str) -> str:
        """A number in the table's own decimal mark."""
        return text.replace(".", self.style.mark)

    def plan(self) -> Plan:
        """Everything, in an order that does not favour a class: rare ones first."""
        menu, chance, style = self.menu, self.chance, self.style
        swap = menu.swaps[int(chance.integers(0, len(menu.swaps)))]
        impossible = self.some(menu.out_of_range, 1, 2, set(swap))
        self._relations(swap, impossible)
        for key in impossible:
            values = tuple(self.number(text) for text in IMPOSSIBLE[key])
            self.add("out_of_range", (key,), 0.004, doing(m.impossible, key, values))
        self.add("invalid_cin", ("cin",), 0.015, doing(m.bad_cards, "cin"))
        self.add("invalid_phone", ("telephone",), 0.015, doing(m.bad_phones, "telephone"))
        if self.domain == "civil" and chance.random() < 0.6:
            self.add("invalid_rib", ("rib",), 0.01, doing(m.bad_accounts, "rib"))
        hidden = self.some(menu.disguised, 3, 6, set(impossible))
        for key in hidden:
            self.add("disguised_missing", (key,), 0.015, doing(m.placeholders, key, self._placeholders(key)))
        for key in self.some(menu.missing, 2, 4):
            self.add("missing", (key,), 0.02, doing(m.blanks, key))
        self._writing()
        label = self.fields_with("label")[0]
        self.add("label_error", (label,), 0.04, doing(m.wrong_labels, label))
        if chance.random() < 0.6:
            key, step, decimals = menu.heaps[int(chance.integers(0, len(menu.heaps)))]
            self.add("heaping", (key,), 0.2, doing(m.rounded, key, step, decimals, style))
        leak = Leak(menu.leak, float(chance.uniform(0.92, 0.98)), bool(self.seeded.random() < 0.5))
        plan = Plan(
            style,
            self.cells,
            menu.edits,
            self.share(0.015),
            self.share(0.003),
            leak,
        )
        if chance.random() < 0.6:
            plan.drift = (str(chance.choice(menu.drifts)), float(chance.uniform(1.15, 1.3)), float(chance.uniform(0.4, 0.7)))
        if chance.random() < 0.6:
            plan.constant = menu.extra[int(chance.integers(0, len(menu.extra)))]
        if chance.random() < 0.6:
            key = str(chance.choice([name for name in self.fields if self.fields[name].meaning in ("category", "number", "cin")]))
            plan.copied = (key, f"{style.header(self.fields[key])}_2")
        return plan

    def fields_with(self, meaning: str) -> list[str]:
        """The columns that hold this."""
        return [key for key, f in self.fields.items() if f.meaning == meaning]

    def _placeholders(self, key: str) -> tuple[str, ...]:
        meaning = self.fields[key].meaning
        offered = {"date": NO_DATE[self.style.date], "phone": NO_PHONE, "cin": NO_CARD, "code": NO_CODE, "number": NO_NUMBER.get(key, ())}.get(
            meaning, NOTHING
        )
        n = min(len(offered), int(self.chance.integers(1, 4)))
        return tuple(offered[i] for i in self.chance.choice(len(offered), n, replace=False))

    def _relations(self, swap: tuple[str, str], impossible: list[str]) -> None:
        """What only other columns show: exchanged cells, contradictions, implausible values."""
        style, chance = self.style, self.chance
        self.add("swapped_columns", swap, 0.015, doing(m.exchanged, *swap), swap)
        options: list[tuple[str, tuple[str, ...], m.Plant]] = []
        if "region" in self.fields and "region" not in swap:
            options.append(("region", ("region", "commune"), doing(m.wrong_region)))
        if self.domain == "civil":
            options.append(("age", ("age", "naissance", "enregistre"), doing(m.wrong_age)))
            self.add("outlier", ("latitude", "longitude"), 0.005, doing(m.elsewhere, style), ("latitude", "longitude", "commune", "region"))
        elif self.domain == "hospital":
            options.append(("sortie", ("sortie", "entree"), doing(m.left_before, style)))
            if "pas" in swap or "pas" in impossible or chance.random() < 0.5:
                self.add("outlier", ("poids",), 0.005, doing(m.wasted, style), ("poids", "taille", "age", "sexe"), _tall)
            else:
                self.add("outlier", ("pad",), 0.005, doing(m.no_pulse_pressure), ("pad", "pas"), _low_pressure)
        else:
            options.append(("montant", ("montant", "prix", "quantite"), doing(m.wrong_amount, style)))
            self.add("outlier", ("prix",), 0.005, doing(m.odd_price, style), ("prix", "produit", "unite", "gros"))
        key, related, apply = options[int(chance.integers(0, len(options)))]
        self.add("contradiction", (key,), 0.01, apply, related)

    def _writing(self) -> None:
        """What is right and written otherwise."""
        menu, chance, style = self.menu, self.chance, self.style
        for key in self.some(menu.misread, 1, 2):
            pages = [str(page) for page in chance.permutation(["cp1252", "latin-1", "cp1256", "arabic"])[: int(chance.integers(1, 4))]]
            self.add("wrong_encoding", (key,), 0.02, doing(m.misread, key, pages), (), partial(_beyond_ascii, key))
        quantities = {entry[0] for entry in menu.units}
        for key in self.some(sorted(quantities), min(2, len(quantities)), 3):
            ways = [entry for entry in menu.units if entry[0] == key]
            _, factor, decimals, unit = ways[int(chance.integers(0, len(ways)))]
            self.add("mixed_units", (key,), 0.03, doing(m.other_units, key, factor, decimals, unit, style, bool(chance.random() < 0.2)))
        for key in self.some(menu.dates, 1, 2):
            offered = [name for name in m.DATE_WAYS if not _is_way(name, style)]
            ways_of_dates = [offered[i] for i in chance.choice(len(offered), int(chance.integers(1, 4)), replace=False)]
            self.add("mixed_dates", (key,), 0.12, doing(m.other_dates, key, ways_of_dates))
        apart = "," if style.mark == "," else "."  # 4.210,50 in a column of points, 4,210.50 in one of commas
        thousands = str(chance.choice([" ", "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}", "", apart]))
        for key in self.some(menu.decimals, 1, 2):
            self.add("decimal_marks", (key,), 0.12, doing(m.other_marks, key, thousands, style))
        for key in self.some(menu.spelled, 2, 3):
            self.add("category_spellings", (key,), 0.12, doing(m.spelled, key, self._ways(key)))

    def _ways(self, key: str) -> dict[str, list[str]]:
        if key in ("commune", "ville"):
            return m.place_ways(self.style)
        if key == "region":
            return m.region_ways(self.style)
        if key == "sexe":
            male, female = self.style.sexes
            men, women = ("M", "Masculin", "Homme", "ذكر", "H", "masc.", "MASCULIN"), ("F", "Féminin", "Femme", "أنثى", "femelle", "fém.", "FEMININ")
            return {male: [way for way in men if way != male], female: [way for way in women if way != female]}
        return {value: [way for way in ways if way != value] for value, ways in WORDS[key].items()}


def _tall(records: Records) -> Array:
    return np.asarray(records.numbers["taille"] >= 172)


def _low_pressure(records: Records) -> Array:
    return np.asarray((records.numbers["pas"] <= 118) & (records.numbers["age"] >= 18))


def _beyond_ascii(key: str, records: Records) -> Array:
    return np.asarray([not text.isascii() for text in records.texts[key]])


def _is_way(name: str, style: Style) -> bool:
    return (name, style.date) in (("slashes", "%d/%m/%Y"), ("iso", "%Y-%m-%d"))
