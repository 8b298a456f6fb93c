#!/usr/bin/env python3
"""Build register.csv, the register of an invented health centre with planted defects, and its truth.

    python samples/register.py

One row is one visit: `2024-03-12;Fatima Aït Brahim;فاطمة أيت ابراهيم;F;1988-02-11;36;Tizi Ouamane;31.4127;-4.6310;158;61.5;12.5;7.8;0.94;sans suite`
Everything is invented. Each defect has one clerk who makes it, in some months, as in real registers. Two runs give the same bytes.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
VISITS = 900
FIRST = date(2023, 1, 2)
HEADER = (
    "N° / الرقم",
    "Date de visite / تاريخ الزيارة",
    "Nom / الاسم",
    "Sexe / الجنس",
    "Date de naissance / تاريخ الازدياد",
    "Âge / السن",
    "Douar / الدوار",
    "Latitude",
    "Longitude",
    "Taille (cm) / القامة",
    "Poids (kg) / الوزن",
    "Tension max. (cmHg) / الضغط الأقصى",
    "Tension min. (cmHg) / الضغط الأدنى",
    "Glycémie (g/L) / السكر",
    "Orientation / التوجيه",
)
WOMEN = ("Fatima", "Khadija", "Rqia", "Zahra", "Tlaitmas", "Hadda", "Itto", "Malika", "Saadia", "Naima", "Rabha", "Yamna")
MEN = ("Mohamed", "Lahcen", "Brahim", "Hammou", "Moha", "Said", "Ali", "Youssef", "Abdellah", "Driss", "Bassou", "Omar")
FAMILIES = ("El Ferkli", "Aït Brahim", "Oulhaj", "Bouzid", "Amzil", "El Khettar", "Tafrawt", "Ouchrif", "Ben Moha", "Zerqaoui", "Imnayn", "Akhrif")
DOUARS = {
    "Aïn Zerqa centre": (31.412, -4.631, ("AIN ZERQA CENTRE", "عين الزرقا المركز")),
    "Tizi Nouamane": (31.455, -4.702, ("Tizi Nouaman", "تيزي نوامان")),
    "Ksar Lfoqani": (31.388, -4.655, ("Ksar El Foqani", "قصر الفوقاني")),
    "Oued Lmleh": (31.431, -4.571, ("Oued El Maleh", "واد المالح")),
    "Taguelmimt": (31.362, -4.688, ("Tagelmimt", "تاگلميمت")),
}
EMPTY = ("N/A", "-", "غير معروف")


def visit(number: int, draw: random.Random) -> list[str]:
    """One visit as a careful clerk writes it."""
    day = FIRST + timedelta(days=number * 700 // VISITS)
    woman = draw.random() < 0.56
    born = day - timedelta(days=int(draw.triangular(400, 31000, 13000)))
    age = (day - born).days / 365.25
    grown = min(1.0, 0.45 + age / 32)
    height = draw.gauss(161 if woman else 172, 6) * grown
    weight = draw.gauss(24.5, 3.2) * (height / 100) ** 2 * (0.72 + 0.28 * min(1, age / 20))
    pressure = draw.gauss(10.4 + 0.05 * age + 0.06 * (weight / (height / 100) ** 2 - 22), 0.9)
    sugar = max(0.55, draw.gauss(0.88 + 0.002 * age, 0.12)) + (draw.random() < 0.09) * draw.uniform(0.5, 1.4)
    douar = draw.choices(list(DOUARS), (30, 18, 16, 12, 9))[0]
    latitude, longitude, _ = DOUARS[douar]
    risk = (pressure > 14.2) + (sugar > 1.26) + (age > 70) * draw.random()
    outcome = "hôpital" if risk > 1.5 else "suivi" if risk > 0.6 else "sans suite"
    return [
        str(number + 1),
        day.isoformat(),
        f"{draw.choice(WOMEN if woman else MEN)} {draw.choice(FAMILIES)}",
        "F" if woman else "M",
        born.isoformat(),
        str((day.year - born.year) - ((day.month, day.day) < (born.month, born.day))),
        douar,
        f"{latitude + draw.gauss(0, 0.006):.4f}",
        f"{longitude + draw.gauss(0, 0.006):.4f}",
        f"{height:.0f}",
        f"{weight:.1f}",
        f"{pressure:.1f}",
        f"{max(4.5, pressure * 0.58 + draw.gauss(0.6, 0.4)):.1f}",
        f"{sugar:.2f}",
        outcome,
    ]


def plant(rows: list[list[str]], draw: random.Random) -> dict[str, dict[str, list[int]]]:
    """Put the defects in; returns for each class and column the rows that have it."""
    truth: dict[str, dict[str, list[int]]] = {}

    def put(kind: str, column: int, within: range, share: float, change: Callable[[str], str]) -> None:
        for row in within:
            if draw.random() < share and rows[row][column]:
                before = rows[row][column]
                rows[row][column] = change(before)
                if rows[row][column] != before:
                    truth.setdefault(kind, {}).setdefault(HEADER[column], []).append(row)

    def french(text: str) -> str:
        year, month, day = text.split("-")
        return f"{day}/{month}/{year}"

    put("mixed_dates", 4, range(300, 480), 0.85, french)
    put("decimal_marks", 10, range(250, 420), 0.9, lambda text: text.replace(".", ","))
    put("mixed_units", 9, range(520, 600), 0.9, lambda text: f"{int(text) / 100:.2f}")
    put("mixed_units", 13, range(700, 760), 0.95, lambda text: f"{float(text) * 100:.0f}")
    put("disguised_missing", 13, range(250), 0.12, lambda _: draw.choice(EMPTY))
    put("disguised_missing", 5, range(600, 800), 0.08, lambda _: "999")
    put("missing", 11, range(VISITS), 0.03, lambda _: "")
    put("category_spellings", 6, range(VISITS), 0.12, lambda text: draw.choice(DOUARS[text][2]) if text in DOUARS else text)
    put("category_spellings", 3, range(400, 640), 0.5, lambda text: {"F": "أنثى", "M": "ذكر"}.get(text, text))
    put("wrong_encoding", 2, range(620, 860), 0.9, lambda text: text.encode().decode("latin-1"))
    for row in range(150, 230):
        if draw.random() < 0.5:
            rows[row][7], rows[row][8] = rows[row][8], rows[row][7]
            truth.setdefault("swapped_columns", {}).setdefault("Latitude, Longitude", []).append(row)
    for row in sorted(draw.sample(range(820, 890), 5)):
        rows[row][5] = str(int(rows[row][5]) + 40) if rows[row][5] != "999" else "999"
        truth.setdefault("contradiction", {}).setdefault(HEADER[5], []).append(row)
    copies: list[int] = []
    for row in sorted(draw.sample(range(VISITS), 12)):
        for places in (places for columns in truth.values() for places in columns.values() if row in places):
            places.append(len(rows))  # a copy has the defects of its original
        copies.append(len(rows))
        rows.append([str(len(rows) + 1), *rows[row][1:]])
    return truth | {"exact_duplicate": {"": copies}}


def main() -> None:
    """Write register.csv and truth/register.json."""
    draw = random.Random(7)
    rows = [visit(number, draw) for number in range(VISITS)]
    truth = plant(rows, draw)
    with (HERE / "register.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\n").writerows([HEADER, *rows])
    (HERE / "truth" / "register.json").write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
