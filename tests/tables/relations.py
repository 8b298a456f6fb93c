"""A small register of a ward whose columns hold together, and ways to spoil it: what tests of relations look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from khettara.tables import ColumnType, Examination, Found, Table

Detect = Callable[[Examination], Iterator[Found]]
TYPES: Mapping[str, ColumnType] = {
    "commune": ColumnType("category", "commune"),
    "region": ColumnType("category", "region"),
    "naissance": ColumnType("date", "birth_date"),
    "entree": ColumnType("date"),
    "sortie": ColumnType("date"),
    "age": ColumnType("number", "age"),
    "taille": ColumnType("number", "height"),
    "poids": ColumnType("number", "weight"),
    "latitude": ColumnType("number", "latitude"),
    "longitude": ColumnType("number", "longitude"),
    "produit": ColumnType("category"),
    "prix": ColumnType("number"),
    "quantite": ColumnType("number"),
    "montant": ColumnType("number"),
    "dossier": ColumnType("identifier"),
    "decision": ColumnType("category"),
}
PLACES = {
    "Agadir": ("Souss-Massa", 30.42, -9.60),
    "Tiznit": ("Souss-Massa", 29.70, -9.73),
    "Fès": ("Fès-Meknès", 34.03, -5.00),
    "Meknès": ("Fès-Meknès", 33.89, -5.55),
    "Oujda": ("Oriental", 34.68, -1.91),
    "Nador": ("Oriental", 35.17, -2.93),
}
PRODUCTS = {"Tomates": 6.0, "Amandes": 90.0, "Dattes": 35.0}
Cells = dict[str, list[str | None]]


def register(rows: int = 3000, seed: int = 7) -> Cells:
    """A sound table; the same for the same seed."""
    draw = np.random.default_rng(seed)
    communes = draw.choice(list(PLACES), rows)
    entered = np.datetime64("2022-01-01") + draw.integers(0, 900, rows)
    left = entered + draw.geometric(0.2, rows)
    born = np.datetime64("1930-01-01") + draw.integers(0, 30_000, rows)
    age = np.floor((entered - born).astype(float) / 365.25)
    height = draw.normal(168, 9, rows).round()
    weight = (draw.normal(25, 3, rows) * (height / 100) ** 2).round(1)
    products = draw.choice(list(PRODUCTS), rows)
    price = (np.array([PRODUCTS[product] for product in products]) * draw.lognormal(0, 0.1, rows)).round(2)
    amount = draw.integers(1, 40, rows)
    chance = 1 / (1 + np.exp(-(age - 45) / 6 - (weight - 70) / 3 - (height - 168) / 3))
    decision = np.where(draw.random(rows) < chance, "oui", "non")
    columns: dict[str, list[object]] = {
        "commune": communes.tolist(),
        "region": [PLACES[commune][0] for commune in communes],
        "naissance": born.astype(str).tolist(),
        "entree": entered.astype(str).tolist(),
        "sortie": left.astype(str).tolist(),
        "age": age.astype(int).tolist(),
        "taille": height.astype(int).tolist(),
        "poids": weight.tolist(),
        "latitude": [round(PLACES[commune][1] + step, 4) for commune, step in zip(communes, draw.normal(0, 0.03, rows), strict=True)],
        "longitude": [round(PLACES[commune][2] + step, 4) for commune, step in zip(communes, draw.normal(0, 0.03, rows), strict=True)],
        "produit": products.tolist(),
        "prix": price.tolist(),
        "quantite": amount.tolist(),
        "montant": [f"{value:.2f}" for value in (price * amount).round(2)],
        "dossier": [f"{draw.integers(10_000, 99_999)}" for _ in range(rows)],
        "decision": decision.tolist(),
    }
    return {name: [str(cell) for cell in cells] for name, cells in columns.items()}


def looked(cells: Cells, *detectors: Detect) -> Examination:
    """What detectors find in it, one after the other."""
    seen = Examination(Table.of("registre", cells), {name: TYPES[name] for name in cells})
    for number, detect in enumerate(detectors):
        for found in detect(seen):
            seen.take(found, number)
    return seen


def rows_named(seen: Examination, kind: str, *columns: str) -> set[int]:
    """The rows of all findings of a kind that name at least one of these columns (any, where none is asked for)."""
    return {row for found in seen.found if found.kind == kind and (not columns or set(columns) & set(found.columns)) for row in found.rows.tolist()}
