"""What a table's columns are for: the label, the groups of people, what points at a person; told by an examination or by their names.

Findings.columns [{"name": "CIN", "kind": "identifier", "semantic": "cin", "cells": 100000, ...}]  ->  identifying: CIN; group: sexe, région
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from khettara.dataset import Dataset
from khettara.dataset.findings import Findings

BOOKKEEPING = ("id", "source", "licence", "created", "author", "domain", "meta")
"""Columns that the house adds, where they have the types that it gives them: they are no data of the table's owner."""

IDENTIFYING = frozenset(
    {
        "cin",
        "massar",
        "passport",
        "cnss",
        "rib",
        "iban",
        "phone",
        "email",
        "person_name",
        "first_name",
        "family_name",
        "address",
        "plate",
        "driving_licence",
        "full_name",
        "last_name",
    }
)
"""What points at one person by itself (law 09-08, article 1: directly identifiable)."""
QUASI = frozenset({"age", "birth_date", "birth_year", "sex", "region", "province", "commune", "postal_code", "city", "profession", "nationality"})
"""What points at a person together with other such things (article 1: indirectly, by elements of identity)."""
GROUPS = ("sex", "region", "province", "site", "language")
HEALTH = frozenset(
    {
        "icd10",
        "systolic_pressure",
        "diastolic_pressure",
        "blood_pressure",
        "heart_rate",
        "glucose",
        "creatinine",
        "haemoglobin",
        "hba1c",
        "cholesterol",
        "bmi",
        "blood_group",
    }
)
"""What is health data whoever holds it (article 1, sensitive data)."""

_NAMES: Mapping[str, str] = {
    "label": r"^(label|target|class|classe|étiquette|etiquette|diagnosis|diagnostic|outcome|résultat|resultat|num|y|تشخيص|التشخيص|النتيجة|الصنف)$",
    "sex": r"^(sex|sexe|gender|genre|الجنس)$",
    "region": r"^(region|région|الجهة|جهة)$",
    "province": r"^(province|préfecture|prefecture|الإقليم|الاقليم|العمالة)$",
    "site": r"^(site|hospital|hôpital|hopital|source|centre|المستشفى|المركز)$",
    "language": r"^(lang|language|langue|اللغة)$",
    "age": r"^(age|âge|السن|العمر)$",
    "cin": r"^(cin|cnie|c\.?i\.?n\.?)$",
    "phone": r"^(phone|tel|tél|téléphone|telephone|gsm|الهاتف)$",
    "person_name": r"^(nom|prénom|prenom|name|full.?name|nom complet|الاسم|الاسم الكامل)$",
}
"""What a column is called where nobody examined it."""


@dataclass(frozen=True)
class Column:
    """One column of a table. `facts` is what an examination says of it, empty where there was none."""

    name: str
    kind: str
    meaning: str | None
    facts: Mapping[str, Any]

    def count(self, name: str) -> int:
        """A count of the examination; 0 where it has none."""
        return int(self.facts.get(name) or 0)


@dataclass(frozen=True)
class Roles:
    """The columns of a table and what they are for."""

    columns: tuple[Column, ...]
    label: str | None

    def meaning(self, among: frozenset[str] | Sequence[str]) -> list[Column]:
        """The columns that mean one of these."""
        return [column for column in self.columns if column.meaning in among]

    def of_kind(self, kind: str) -> list[Column]:
        """The columns of a kind: number, date, category, identifier, text."""
        return [column for column in self.columns if column.kind == kind]

    @property
    def groups(self) -> list[str]:
        """Columns by which records are set side by side, other than the label."""
        return [column.name for column in self.meaning(GROUPS) if column.name != self.label]


def roles_of(dataset: Dataset, found: Findings | None, label: str | None = None) -> Roles:
    """What the columns are for. `label` names the label where its name does not."""
    told = {str(column.get("name")): column for column in found.columns} if found is not None else {}
    schema = dataset.schema
    columns = []
    for field in schema:
        if field.name == "id" or (field.name in BOOKKEEPING and field.name not in told):
            continue
        facts = told.get(field.name, {})
        columns.append(Column(field.name, str(facts.get("kind") or _kind(field.type)), facts.get("semantic") or _meaning(field.name), facts))
    names = [column.name for column in columns]
    suspected = next((finding.columns[0] for finding in found.findings if finding.kind == "label_error" and finding.columns), None) if found else None
    stated = label or dataset.manifest.facts.get("label") or suspected
    named = next((name for name in names if re.match(_NAMES["label"], name.strip().lower())), None)
    return Roles(tuple(columns), str(stated) if stated in names else named)


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "number"
    return "date" if pa.types.is_temporal(kind) else "text"


def _meaning(name: str) -> str | None:
    plain = name.strip().lower()
    return next((meaning for meaning, shape in _NAMES.items() if meaning != "label" and re.match(shape, plain)), None)
