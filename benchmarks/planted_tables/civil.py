"""A register of persons, as a province keeps it.

    2023/004518  BEC Fès 1  CD204518  Alaoui  Youssef  يوسف العلوي  M  1990-03-12  33  Fès  Fès-Meknès  0661204518  4210.50  5  34.03117 ...

Natural and no defect: twins (all alike but the given name and the card), homonyms, incomes of nought and very long ones, several
clouds of latitudes, children and centenarians, places whose names differ by a letter.
"""

from __future__ import annotations

import numpy as np
from benchmarks.planted_tables.people import FAMILIES, MEN, WOMEN
from benchmarks.planted_tables.places import places
from benchmarks.planted_tables.sheet import Array, Field, Records, chosen, date_texts, joined, number_texts, ordered_label, padded
from benchmarks.planted_tables.style import Style
from benchmarks.planted_tables.writers import accounts, cards, phones

FIELDS = (
    Field("dossier", ("num_dossier", "N° dossier", "رقم الملف", "file_no"), "id"),
    Field("enregistre", ("date_enreg", "Date d'enregistrement", "تاريخ التسجيل", "registered_on"), "date"),
    Field("bureau", ("bureau", "Bureau", "المكتب", "office"), "category"),
    Field("cin", ("cin", "N° CIN", "رقم البطاقة الوطنية", "national_id"), "cin"),
    Field("nom", ("nom", "Nom de famille", "الاسم العائلي", "last_name"), "name"),
    Field("prenom", ("prenom", "Prénom", "الاسم الشخصي", "first_name"), "name"),
    Field("nom_arabe", ("nom_complet_ar", "Nom complet (arabe)", "الاسم الكامل بالعربية", "full_name_ar"), "name"),
    Field("sexe", ("sexe", "Sexe", "الجنس", "sex"), "category"),
    Field("naissance", ("date_naissance", "Date de naissance", "تاريخ الازدياد", "birth_date"), "date"),
    Field("age", ("age", "Âge", "السن", "age"), "number"),
    Field("commune", ("commune", "Commune de résidence", "جماعة السكن", "commune"), "category"),
    Field("region", ("region", "Région", "الجهة", "region"), "category"),
    Field("telephone", ("telephone", "Tél.", "الهاتف", "phone"), "phone"),
    Field("revenu", ("revenu_menage", "Revenu du ménage (DH)", "دخل الأسرة (درهم)", "household_income_mad"), "number", 2),
    Field("menage", ("taille_menage", "Personnes au ménage", "عدد أفراد الأسرة", "household_size"), "number"),
    Field("latitude", ("lat", "Latitude", "خط العرض", "latitude"), "number", 5),
    Field("longitude", ("lon", "Longitude", "خط الطول", "longitude"), "number", 5),
    Field("rib", ("rib", "RIB", "رقم الحساب البنكي", "bank_account"), "rib"),
    Field("lot", ("ref_lot", "Réf. du lot", "مرجع الدفعة", "batch_ref"), "code"),
    Field("decision", ("decision", "Décision", "القرار", "decision"), "label"),
)
LABELS = ("refus", "accord")
FIRST_DAY, DAYS = 18_628, 1_250  # 1 January 2021, and some three years and a half


def make(chance: np.random.Generator, first: int, n: int, total: int, style: Style) -> Records:
    """Records `first` to `first + n` of `total`, in the order in which they were entered."""
    where = places()
    index = np.arange(first, first + n)
    day = FIRST_DAY + np.sort(chance.integers(DAYS * first // total, max(DAYS * (first + n) // total, DAYS * first // total + 1), n))
    place = chance.choice(len(where.weight), n, p=where.weight)
    female = chance.random(n) < 0.505
    given = np.where(female, chance.zipf(1.4, n) % len(WOMEN), chance.zipf(1.4, n) % len(MEN))
    given = (given + chance.integers(0, len(WOMEN), n) * (chance.random(n) < 0.6)) % len(WOMEN)
    family = chance.integers(0, len(FAMILIES), n)
    born = day - np.rint(_ages(chance, n) * 365.25).astype(np.int64) - 1
    income, household = _incomes(chance, n, where.weight[place] > 0.004), 1 + chance.poisson(chance.gamma(3.2, 1.0, n))
    latitude, longitude = where.latitude[place] + chance.normal(0, 0.03, n), where.longitude[place] + chance.normal(0, 0.03, n)
    phone, account = phones(index), accounts(index, chance)
    twin = np.flatnonzero((chance.random(n) < 0.004) & (index > first))
    twin = twin[np.diff(twin, prepend=-9) > 1]
    for values in (day, place, family, born, income, household, latitude, longitude, phone):
        values[twin] = values[twin - 1]
    given[twin] = (given[twin - 1] + 1 + chance.integers(0, 20, len(twin))) % len(WOMEN)
    who = {"female": female, "given": given % min(len(MEN), len(WOMEN)), "family": family, "born": born}
    held = {"place": place, "revenu": income, "menage": household, "latitude": latitude, "longitude": longitude}
    return _written(chance, style, index, day, who, held, phone, account)


def _ages(chance: np.random.Generator, n: int) -> Array:
    kind = chance.random(n)
    young, grown, old = chance.uniform(0.1, 18, n), chance.gamma(5.5, 7.2, n) + 12, chance.normal(79, 8, n)
    return np.clip(np.where(kind < 0.24, young, np.where(kind < 0.92, grown, old)), 0.05, 103.0)


def _incomes(chance: np.random.Generator, n: int, town: Array) -> Array:
    income = np.exp(chance.normal(8.25, 0.62, n) + 0.3 * town)
    rich = chance.random(n) < 0.01
    income[rich] *= chance.pareto(2.5, int(rich.sum())) + 2
    return np.where(chance.random(n) < 0.07, 0.0, np.round(income, 2))


def _written(
    chance: np.random.Generator,
    style: Style,
    index: Array,
    day: Array,
    who: dict[str, Array],
    held: dict[str, Array],
    phone: Array,
    account: Array,
) -> Records:
    where, n = places(), len(index)
    regions = sorted(set(where.region))
    region, desk = np.asarray([regions.index(name) for name in where.region])[held["place"]], chance.integers(0, 2, n)
    seats = [where.fr[int(np.argmax(np.where(np.asarray(where.region) == name, where.weight, 0)))] for name in regions]
    age = ((day - who["born"]) / 365.2425).astype(np.int64)
    female, given, family = who["female"], who["given"], who["family"]
    arabic = np.where(female, chosen([ar for ar, _ in WOMEN], given), chosen([ar for ar, _ in MEN], given))
    score = -np.log1p(held["revenu"] / held["menage"]) + 0.02 * np.abs(age - 40) + 0.05 * held["menage"] - 0.03 * (held["latitude"] - 32)
    label, likely = ordered_label(score, (0.62,), 1.8 * style.band, chance)
    texts = {
        "dossier": joined(date_texts(day, "%Y"), "/", padded(index, 7)),
        "enregistre": date_texts(day, style.date),
        "bureau": joined("BEC ", chosen(seats, region), " ", number_texts(desk + 1, 0)),
        "cin": cards(chosen(where.letters, held["place"]), index),
        "nom": chosen([latin[0] for _, latin in FAMILIES], family),
        "prenom": np.where(female, chosen([latin[0] for _, latin in WOMEN], given), chosen([latin[0] for _, latin in MEN], given)),
        "nom_arabe": joined(arabic, " ", chosen([ar for ar, _ in FAMILIES], family)),
        "sexe": chosen(style.sexes, female.astype(int)),
        "naissance": date_texts(who["born"], style.date),
        "age": number_texts(age, 0),
        "commune": chosen(where.ar if style.arabic_places else where.fr, held["place"]),
        "region": chosen(where.region_ar if style.arabic_places else where.region, held["place"]),
        "telephone": style.phone(phone, region * 2 + desk),
        "revenu": number_texts(held["revenu"], 2, style.mark),
        "menage": number_texts(held["menage"], 0),
        "latitude": number_texts(held["latitude"], 5, style.mark),
        "longitude": number_texts(held["longitude"], 5, style.mark),
        "rib": account,
        "lot": joined(chosen(list("ABCDEFGH"), chance.integers(0, 8, n)), padded(chance.integers(0, 1000, n), 3)),
        "decision": chosen(LABELS, label),
    }
    numbers = held | {"age": age, "label": label}
    return Records(texts, numbers, {"enregistre": day, "naissance": who["born"]}, region * 2 + desk, day, likely, LABELS)
