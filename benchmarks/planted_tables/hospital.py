"""Admissions at seven hospitals.

    IP0004518  CHU Hassan II, Fès  Cardiologie  2022-11-03  2022-11-09  Youssef Alaoui  CD204518  M  54  Sefrou  0661204518  174  81.5 ...

Blood pressure, heart rate, age and sex are drawn around real patients (UCI heart disease, four hospitals, CC BY 4.0).
Natural and no defect: patients who come again (same person, another stay), infants of 70 cm and 9 kg, stays of one day and of months,
rare codes, very high sugar in few.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from benchmarks.planted_tables.people import FAMILIES, MEN, WOMEN
from benchmarks.planted_tables.places import NoPlaces, data_folder, places
from benchmarks.planted_tables.sheet import Array, Field, Records, chosen, date_texts, joined, number_texts, ordered_label, padded
from benchmarks.planted_tables.style import Style
from benchmarks.planted_tables.writers import cards, phones

FIELDS = (
    Field("ipp", ("ipp", "N° patient (IPP)", "رقم المريض", "patient_no"), "id"),
    Field("hopital", ("hopital", "Hôpital", "المستشفى", "hospital"), "category"),
    Field("service", ("service", "Service", "المصلحة", "ward"), "category"),
    Field("entree", ("date_entree", "Date d'admission", "تاريخ الدخول", "admitted_on"), "date"),
    Field("sortie", ("date_sortie", "Date de sortie", "تاريخ الخروج", "discharged_on"), "date"),
    Field("nom", ("nom_prenom", "Nom et prénom", "الاسم الكامل", "patient_name"), "name"),
    Field("cin", ("cin_patient", "CIN", "رقم بطاقة التعريف", "national_id"), "cin"),
    Field("sexe", ("sexe", "Sexe", "الجنس", "sex"), "category"),
    Field("age", ("age_annees", "Âge (ans)", "العمر (سنة)", "age_years"), "number"),
    Field("ville", ("ville", "Ville de provenance", "المدينة", "city"), "category"),
    Field("telephone", ("tel", "Téléphone", "الهاتف", "mobile"), "phone"),
    Field("taille", ("taille_cm", "Taille (cm)", "الطول (سم)", "height_cm"), "number"),
    Field("poids", ("poids_kg", "Poids (kg)", "الوزن (كغ)", "weight_kg"), "number", 1),
    Field("pas", ("pas_mmhg", "PA systolique (mmHg)", "الضغط الانقباضي", "systolic_mmhg"), "number"),
    Field("pad", ("pad_mmhg", "PA diastolique (mmHg)", "الضغط الانبساطي", "diastolic_mmhg"), "number"),
    Field("glycemie", ("glycemie_g_l", "Glycémie (g/L)", "سكر الدم (غ/ل)", "glucose_g_l"), "number", 2),
    Field("pouls", ("freq_cardiaque", "Fréquence cardiaque", "نبض القلب", "heart_rate"), "number"),
    Field("cim", ("cim10", "Code CIM-10", "رمز المرض", "icd10"), "code"),
    Field("fiche", ("ref_fiche", "Réf. fiche", "مرجع الجذاذة", "sheet_ref"), "code"),
    Field("risque", ("classe_risque", "Classe de risque", "درجة الخطر", "risk_class"), "label"),
)
LABELS = ("faible", "modéré", "élevé")
_HOSPITALS = (
    "CHU Ibn Rochd, Casablanca;CHU Ibn Sina, Rabat;CHU Hassan II, Fès;CHU Mohammed VI, Marrakech;Hôpital Moulay Ismaïl, Meknès;"
    "Hôpital provincial, Béni Mellal;Centre hospitalier régional, Agadir"
)
HOSPITALS = _HOSPITALS.split(";")
WARDS = ("Médecine interne", "Cardiologie", "Pédiatrie", "Maternité", "Chirurgie générale", "Réanimation", "Urgences", "Pneumologie")
_CODES = (
    "I10 I20.0 I21.9 I25.1 I48 I50.0 E10.9 E11.9 E11.5 E78.0 J18.9 J44.1 J45.9 K35.8 K80.2 N18.5 N39.0 A09 A15.0 B18.2 "
    "S72.0 S52.5 G40.9 I63.9 D50.9 C34.9 C50.9 M54.5 R07.4 T14.9"
)
CODES = _CODES.split()
BIRTHS = ("O80", "O82", "O14.1", "O20.0")
FIRST_DAY, DAYS = 18_993, 900


@cache
def real_patients() -> Array:
    """Age, sex (1 male), systolic pressure, highest heart rate of patients of four hospitals. Raises `NoPlaces` without the data."""
    folder = data_folder() / "heart-disease-sites"
    if not folder.is_dir():
        raise NoPlaces(f"no heart disease data under {data_folder()}: set KHETTARA_DATA to the folder of the shared data")
    rows = []
    for path in sorted(folder.glob("processed.*.data")):
        for line in path.read_text(encoding="utf-8").splitlines():
            cells = line.split(",")
            if "?" not in (cells[3], cells[7]) and float(cells[3]) >= 80:
                rows.append([float(cells[0]), float(cells[1]), float(cells[3]), float(cells[7])])
    return np.asarray(rows)


def make(chance: np.random.Generator, first: int, n: int, total: int, style: Style) -> Records:
    """Admissions `first` to `first + n` of `total`, in the order in which they were entered."""
    where = places()
    index = np.arange(first, first + n)
    day = FIRST_DAY + np.sort(chance.integers(DAYS * first // total, max(DAYS * (first + n) // total, DAYS * first // total + 1), n))
    site = chance.choice(len(HOSPITALS), n, p=[0.25, 0.2, 0.15, 0.15, 0.1, 0.08, 0.07])
    real = real_patients()[chance.integers(0, len(real_patients()), n)]
    male, kind = (real[:, 1] > 0) & (chance.random(n) < 0.75), chance.random(n)
    age = np.clip(np.rint(real[:, 0] + chance.normal(0, 6, n)), 17, 97)
    age = np.where(kind < 0.07, np.floor(chance.beta(0.8, 1.6, n) * 16), np.where(kind < 0.16, np.floor(chance.uniform(18, 44, n)), age)).astype(
        np.int64
    )
    mother = (kind > 0.07) & (kind < 0.12)
    male &= ~mother
    towns = where.towns(60)
    person = index.copy()
    town = towns[chance.choice(60, n, p=where.weight[towns] / where.weight[towns].sum())]
    given, family = chance.integers(0, len(MEN), n), chance.integers(0, len(FAMILIES), n)
    again = np.flatnonzero((chance.random(n) < 0.06) & (np.arange(n) > 400))
    earlier = again - chance.integers(50, 400, len(again))
    for values in (person, town, given, family, age, male, mother, real, site):
        values[again] = values[earlier]
    stay = np.minimum(1 + np.rint(chance.gamma(1.1, 4.5, n)).astype(np.int64), 180)
    body = _bodies(chance, age, male, real)
    return _written(chance, style, index, (day, stay, site), (person, town, given, family), (age, male, mother), body)


def _bodies(chance: np.random.Generator, age: Array, male: Array, real: Array) -> dict[str, Array]:
    """Height, weight, blood pressure, sugar and pulse that go together."""
    n, child = len(age), age < 16
    grown = np.where(male, 173.5, 160.5) + chance.normal(0, 6.3, n)
    height = np.rint(np.where(child, 72 + 6.1 * age + chance.normal(0, 3.5, n), grown))
    bmi = np.exp(np.where(child, np.log(15.8 + 0.25 * age), np.log(26.8)) + chance.normal(0, 0.13, n))
    systolic = np.rint(np.where(child, 84 + 2 * age + chance.normal(0, 7, n), real[:, 2] + chance.normal(0, 4, n)))
    diastolic = np.rint(0.48 * systolic + 16 + chance.normal(0, 5, n))
    sugar = np.exp(np.log(0.93) + 0.002 * (age - 50) + chance.normal(0, 0.1, n) + (chance.random(n) < 0.16) * ~child * chance.gamma(4, 0.12, n))
    pulse = np.rint(np.where(child, 112 - 1.8 * age + chance.normal(0, 8, n), real[:, 3] * 0.62 + chance.normal(0, 4, n)))
    return {
        "taille": height,
        "poids": np.round(bmi * (height / 100) ** 2, 1),
        "pas": systolic,
        "pad": diastolic,
        "glycemie": np.round(sugar, 2),
        "pouls": pulse,
    }


def _written(
    chance: np.random.Generator,
    style: Style,
    index: Array,
    stays: tuple[Array, Array, Array],
    persons: tuple[Array, Array, Array, Array],
    who: tuple[Array, Array, Array],
    body: dict[str, Array],
) -> Records:
    where, n = places(), len(index)
    (day, stay, site), (person, town, given, family), (age, male, mother) = stays, persons, who
    usual = 1 / np.arange(1, len(CODES) + 1) ** 0.7
    codes = np.where(
        mother, chosen(BIRTHS, chance.choice(4, n, p=[0.6, 0.25, 0.1, 0.05])), chosen(CODES, chance.choice(len(CODES), n, p=usual / usual.sum()))
    )
    ward = np.where(mother, 3, np.where(age < 16, 2, chance.choice([0, 1, 4, 5, 6, 7], n, p=[0.25, 0.25, 0.2, 0.05, 0.2, 0.05])))
    score = 0.05 * (age - 50) + 0.5 * male + 0.03 * (body["pas"] - 130) + 2.2 * np.log(body["glycemie"]) + 0.035 * (body["pouls"] - 85)
    label, likely = ordered_label(score, (0.45, 0.8), style.band, chance)
    given_names = np.where(male, chosen([latin[0] for _, latin in MEN], given), chosen([latin[0] for _, latin in WOMEN], given))
    texts = {
        "ipp": joined("IP", padded(person, 8)),
        "hopital": chosen(HOSPITALS, site),
        "service": chosen(WARDS, ward),
        "entree": date_texts(day, style.date),
        "sortie": date_texts(day + stay, style.date),
        "nom": joined(given_names, " ", chosen([latin[0] for _, latin in FAMILIES], family)),
        "cin": cards(chosen(where.letters, town), person),
        "sexe": chosen(style.sexes, (~male).astype(int)),
        "age": number_texts(age, 0),
        "ville": chosen(where.ar if style.arabic_places else where.fr, town),
        "telephone": style.phone(phones(person), site),
        "taille": number_texts(body["taille"], 0),
        "poids": number_texts(body["poids"], 1, style.mark),
        "pas": number_texts(body["pas"], 0),
        "pad": number_texts(body["pad"], 0),
        "glycemie": number_texts(body["glycemie"], 2, style.mark),
        "pouls": number_texts(body["pouls"], 0),
        "cim": codes,
        "fiche": joined(chosen(list("KLMNPQ"), chance.integers(0, 6, n)), "-", padded(chance.integers(0, 100_000, n), 5)),
        "risque": chosen(LABELS, label),
    }
    held = {"age": age, **body, "place": town, "male": male.astype(int), "label": label}
    return Records(texts, held, {"entree": day, "sortie": day + stay}, site * 4 + ward % 4, day, likely, LABELS)
