"""An invented register for tests of likeness: persons, and with some of them a copy, a twin, a namesake, a relative or another visit."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from khettara.tables.columns import ColumnType
from khettara.tables.examination import Examination
from khettara.tables.table import Table

FIRST = (
    "Mohamed محمد|Fatima فاطمة|Youssef يوسف|Khadija خديجة|Hassan حسن|Karima كريمة|Rachid رشيد|Amina أمينة"
    "|Omar عمر|Salma سلمى|Hicham هشام|Nadia نادية|Brahim إبراهيم|Zineb زينب"
)
FAMILY = (
    "Alaoui العلوي|Bennani بناني|Tazi التازي|Berrada برادة|Idrissi الإدريسي|Chraibi الشرايبي|Amrani العمراني"
    "|Filali الفيلالي|Sebti السبتي|Ouali والي|Ziani الزياني|Fassi الفاسي"
)
TOWNS = ["Rabat", "Salé", "Fès", "Meknès", "Oujda", "Agadir", "Tanger", "Settat", "Safi", "Nador"]
COLUMNS = ("dossier", "cin", "nom", "prenom", "sexe", "naissance", "commune", "adresse", "telephone", "visite", "tension", "poids")
TYPES = {
    "dossier": ColumnType("identifier", "record_number"),
    "cin": ColumnType("identifier", "cin"),
    "nom": ColumnType("text", "family_name"),
    "prenom": ColumnType("text", "first_name"),
    "sexe": ColumnType("category", "sex"),
    "naissance": ColumnType("date", "birth_date"),
    "commune": ColumnType("category", "commune"),
    "adresse": ColumnType("text", "address"),
    "telephone": ColumnType("identifier", "phone"),
    "visite": ColumnType("date", "visit_date"),
    "tension": ColumnType("number", "systolic_pressure"),
    "poids": ColumnType("number", "weight"),
}
Row = dict[str, str | None]


@dataclass
class Register:
    """Rows, and for each relation the pairs of rows that stand in it."""

    seed: int = 0
    rows: list[Row] = field(default_factory=list)
    pairs: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.names = [[tuple(name.split()) for name in names.split("|")] for names in (FIRST, FAMILY)]

    def person(self) -> Row:
        """Somebody."""
        first, family = (self.chance.choice(names) for names in self.names)
        return {
            "cin": f"{self.chance.choice('ABCDEFGHJK')}{self.chance.randrange(100_000, 999_999)}",
            "nom": family[0],
            "prenom": first[0],
            "sexe": self.chance.choice("HF"),
            "naissance": str(date(1940, 1, 1) + timedelta(self.chance.randrange(28_000))),
            "commune": self.chance.choice(TOWNS),
            "adresse": f"{self.chance.randrange(1, 200)}, rue {self.chance.randrange(1, 300)}",
            "telephone": f"06{self.chance.randrange(10**7, 10**8)}",
            **self.visit(),
        }

    def visit(self) -> Row:
        """What a day measures."""
        return {
            "visite": str(date(2022, 1, 1) + timedelta(self.chance.randrange(900))),
            "tension": str(self.chance.randrange(95, 180)),
            "poids": f"{self.chance.uniform(45, 110):.1f}",
        }

    def equal(self, row: Row) -> Row:
        """The same once more, with a new number."""
        return dict(row)

    def typed_again(self, row: Row) -> Row:
        """The same person and visit, typed by somebody else."""
        script = {name[0]: name[1] for names in self.names for name in names}
        again, slips = dict(row), self.chance.sample(range(6), self.chance.choice((1, 2, 2, 3)))
        if 0 in slips:
            again |= {"nom": script[str(row["nom"])], "prenom": script[str(row["prenom"])]}
        if 1 in slips:
            year, month, day = str(row["naissance"]).split("-")
            again["naissance"] = f"{day}/{month}/{year}"
        if 2 in slips:
            again["telephone"] = f"07{self.chance.randrange(10**7, 10**8)}"
        if 3 in slips:
            again["adresse"] = None
        if 4 in slips:
            number = str(row["cin"])
            again["cin"] = number[:3] + str((int(number[3]) + 4) % 10) + number[4:]
        if 5 in slips and 0 not in slips:
            again["nom"] = str(row["nom"])[:2] + str(row["nom"])[3:]
        return again

    def another(self, row: Row) -> str:
        """A first name that is not this person's."""
        return self.chance.choice([name[0] for name in self.names[0] if name[0] != row["prenom"]])

    def twin(self, row: Row) -> Row:
        """Born on the same day in the same house, seen on the same day."""
        new = self.person()
        return {**row, "prenom": self.another(row), "cin": new["cin"], "tension": new["tension"], "poids": new["poids"]}

    def relative(self, row: Row) -> Row:
        """Of the same house and telephone."""
        return {**self.person(), "nom": row["nom"], "prenom": self.another(row), **{name: row[name] for name in ("commune", "adresse", "telephone")}}

    def namesake(self, row: Row) -> Row:
        """Of the same name and town."""
        return {**self.person(), **{name: row[name] for name in ("nom", "prenom", "commune", "sexe")}}

    def seen_again(self, row: Row) -> Row:
        """The same person on another day."""
        return {**row, **self.visit()}

    def table(self, columns: Sequence[str] = COLUMNS) -> Examination:
        """As a table, numbered from 1."""
        rows = [{"dossier": f"D{number:06d}", **row} for number, row in enumerate(self.rows, 1)]
        return Examination(Table.of("register", {name: [row[name] for row in rows] for name in columns}), {name: TYPES[name] for name in columns})


def register(seed: int = 0, persons: int = 1500, **relations: int) -> Register:
    """So many persons, and so many rows in each relation."""
    made = Register(seed)
    for _ in range(persons):
        made.rows.append(made.person())
    for relation, count in relations.items():
        for _ in range(count):
            at = made.chance.randrange(persons)
            made.pairs.setdefault(relation, []).append((at, len(made.rows)))
            made.rows.append(getattr(made, relation)(made.rows[at]))
    return made
