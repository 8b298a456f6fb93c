"""Prices that enumerators write down at souks.

    R0004518  2023-05-14  Souss-Massa  Tiznit  Enq. 07  Tomates  kg  6.40  4.90  35  224.00  Détaillant  Brahim Aznag  JE204518 ...

Natural and no defect: prices over five orders of magnitude (saffron beside mint), seasons, one seller on many lines,
rare products and units, quantities from a bunch to tonnes.
"""

from __future__ import annotations

import numpy as np
from benchmarks.planted_tables.people import FAMILIES, MEN, WOMEN
from benchmarks.planted_tables.places import places
from benchmarks.planted_tables.sheet import Array, Field, Records, chosen, date_texts, joined, number_texts, ordered_label, padded
from benchmarks.planted_tables.style import Style
from benchmarks.planted_tables.writers import cards, phones

FIELDS = (
    Field("releve", ("id_releve", "N° relevé", "رقم البيان", "record_id"), "id"),
    Field("date", ("date_releve", "Date du relevé", "تاريخ المعاينة", "survey_date"), "date"),
    Field("region", ("region", "Région", "الجهة", "region"), "category"),
    Field("commune", ("commune", "Commune", "الجماعة", "commune"), "category"),
    Field("enqueteur", ("enqueteur", "Enquêteur", "الباحث", "enumerator"), "category"),
    Field("produit", ("produit", "Produit", "المنتوج", "product"), "category"),
    Field("unite", ("unite", "Unité", "الوحدة", "unit"), "category"),
    Field("prix", ("prix_mad", "Prix de détail (MAD)", "ثمن البيع (درهم)", "retail_price_mad"), "number", 2),
    Field("gros", ("prix_gros_mad", "Prix de gros (MAD)", "ثمن الجملة (درهم)", "wholesale_price_mad"), "number", 2),
    Field("quantite", ("quantite", "Quantité", "الكمية", "quantity"), "number", 1),
    Field("montant", ("montant_mad", "Montant (MAD)", "المبلغ (درهم)", "amount_mad"), "number", 2),
    Field("vendeur", ("type_vendeur", "Type de vendeur", "صنف البائع", "seller_type"), "category"),
    Field("nom", ("nom_vendeur", "Nom du vendeur", "اسم البائع", "seller_name"), "name"),
    Field("cin", ("cin_vendeur", "CIN du vendeur", "بطاقة البائع", "seller_id_card"), "cin"),
    Field("telephone", ("gsm", "GSM", "الهاتف المحمول", "seller_phone"), "phone"),
    Field("humidite", ("humidite_pct", "Humidité (%)", "الرطوبة (%)", "humidity_pct"), "number", 1),
    Field("temperature", ("temperature_c", "Température (°C)", "الحرارة (°م)", "temperature_c"), "number", 1),
    Field("calibre", ("calibre_mm", "Calibre (mm)", "القطر (مم)", "size_mm"), "number"),
    Field("sac", ("code_sac", "Code du sac", "رمز الكيس", "bag_code"), "code"),
    Field("qualite", ("qualite", "Qualité", "الجودة", "quality"), "label"),
)
LABELS = ("A", "B", "C")
GOODS = (
    "Tomates,طماطم,maticha,kg,6;Pommes de terre,بطاطس,btata,kg,5;Oignons,بصل,bsla,kg,4;Carottes,جزر,khizzou,kg,4.5;"
    "Menthe,نعناع,na3na3,botte,2;Oranges,برتقال,limoun,kg,6.5;Pommes,تفاح,teffah,kg,14;Bananes,موز,banane,kg,13;"
    "Raisin,عنب,l3neb,kg,16;Pastèque,دلاح,dellah,kg,4;Blé tendre,قمح طري,farina,quintal,310;Blé dur,قمح صلب,zra3,quintal,390;"
    "Orge,شعير,ch3ir,quintal,270;Maïs,ذرة,dra,quintal,330;Lentilles,عدس,l3dess,kg,18;Pois chiches,حمص,l7oummess,kg,20;"
    "Fèves séchées,فول يابس,foul,kg,13;Huile d'olive,زيت الزيتون,zit l3oud,litre,85;Olives vertes,زيتون أخضر,zitoun,kg,22;"
    "Dattes Mejhoul,تمر المجهول,tmer lmejhoul,kg,110;Dattes communes,تمر عادي,tmer,kg,28;Figues sèches,شريحة,chri7a,kg,55;"
    "Amandes,لوز,louz,kg,95;Noix,جوز,gerga3,kg,80;Miel d'euphorbe,عسل الدغموس,3sel deghmous,kg,420;"
    "Safran,زعفران,za3fran lhor,gramme,32;Bœuf,لحم البقر,lhem lbegri,kg,98;Mouton,لحم الغنم,lhem lghenmi,kg,115;"
    "Poulet vivant,دجاج حي,djaj,kg,18;Œufs,بيض,lbid,plateau,38;Sardines,سردين,serdin,kg,20;"
    "Lait de vache,حليب البقر,hlib,litre,8;Beurre rance,سمن,smen,kg,140;Huile d'argan,زيت أركان,zit argan,litre,380;"
    "Henné,حناء,l7enna,kg,45"
)
PRODUCTS = [(fr, ar, darija, unit, float(price)) for fr, ar, darija, unit, price in (entry.split(",") for entry in GOODS.split(";"))]
SELLERS = ("Détaillant", "Grossiste", "Coopérative", "Producteur", "Semi-grossiste")
FIRST_DAY, DAYS = 18_993, 1_000


def make(chance: np.random.Generator, first: int, n: int, total: int, style: Style) -> Records:
    """Lines `first` to `first + n` of `total`, in the order in which they were written."""
    where = places()
    index = np.arange(first, first + n)
    day = FIRST_DAY + np.sort(chance.integers(DAYS * first // total, max(DAYS * (first + n) // total, DAYS * first // total + 1), n))
    towns = where.towns(140)
    seller = first // 8 + chance.integers(0, max(2, n // 8), n)
    fixed = np.random.default_rng(first + 99)  # what a seller is does not depend on the line
    size = int(seller.max()) + 1 - first // 8
    own = {
        "town": towns[fixed.choice(140, size, p=where.weight[towns] / where.weight[towns].sum())],
        "kind": fixed.choice(5, size, p=[0.5, 0.18, 0.08, 0.16, 0.08]),
    }
    own |= {"given": fixed.integers(0, len(MEN), size), "family": fixed.integers(0, len(FAMILIES), size), "woman": fixed.random(size) < 0.2}
    of = {key: values[seller - first // 8] for key, values in own.items()}
    often = 1 / np.arange(1, len(PRODUCTS) + 1) ** 0.6
    product = chance.choice(len(PRODUCTS), n, p=(often / often.sum())[np.random.default_rng(5).permutation(len(PRODUCTS))])
    return _written(chance, style, index, day, seller, of, product)


def _written(chance: np.random.Generator, style: Style, index: Array, day: Array, seller: Array, of: dict[str, Array], product: Array) -> Records:
    where, n = places(), len(index)
    units = np.asarray([unit for *_, unit, _ in PRODUCTS], dtype=object)[product]
    season = np.sin(2 * np.pi * (day / 365.25 + product / len(PRODUCTS)))
    usual = np.asarray([entry[4] for entry in PRODUCTS])[product]
    price = np.round(usual * np.exp(0.12 * season + chance.normal(0, 0.11, n)), 1)
    wholesale = np.minimum(np.round(price * chance.uniform(0.66, 0.9, n), 2), price)
    wholesale_seller = np.isin(of["kind"], (1, 2, 4))
    quantity = np.maximum(0.5, np.round(np.exp(chance.normal(1.6, 0.7, n) + 1.6 * wholesale_seller), 1))
    amount = np.round(np.round(price, 2) * quantity, 2)
    temperature = np.round(20 + 9 * np.sin(2 * np.pi * (day / 365.25 - 0.3)) + chance.normal(0, 3, n) - 0.4 * (where.latitude[of["town"]] - 32), 1)
    humidity = np.round(np.clip(62 - 0.9 * (temperature - 20) + chance.normal(0, 8, n), 8, 98), 1)
    size = np.rint(np.clip(chance.normal(58, 9, n), 18, 110))
    score = 0.11 * (size - 58) - 0.09 * (humidity - 62) - 0.06 * (temperature - 20) + 0.8 * (np.log(price / usual) - 0.12 * season)
    label, likely = ordered_label(score, (0.4, 0.8), 0.9 * style.band, chance)
    regions = sorted(set(where.region))
    region = np.asarray([regions.index(name) for name in where.region])[of["town"]]
    site = region * 3 + seller % 3
    given = np.where(of["woman"], chosen([latin[0] for _, latin in WOMEN], of["given"]), chosen([latin[0] for _, latin in MEN], of["given"]))
    texts = {
        "releve": joined("R", padded(index, 8)),
        "date": date_texts(day, style.date),
        "region": chosen(where.region_ar if style.arabic_places else where.region, of["town"]),
        "commune": chosen(where.ar if style.arabic_places else where.fr, of["town"]),
        "enqueteur": joined("Enq. ", padded(site, 2)),
        "produit": chosen([entry[0] for entry in PRODUCTS], product),
        "unite": units,
        "prix": number_texts(price, 2, style.mark),
        "gros": number_texts(wholesale, 2, style.mark),
        "quantite": number_texts(quantity, 1, style.mark),
        "montant": number_texts(amount, 2, style.mark),
        "vendeur": chosen(SELLERS, of["kind"]),
        "nom": joined(given, " ", chosen([latin[0] for _, latin in FAMILIES], of["family"])),
        "cin": cards(chosen(where.letters, of["town"]), seller),
        "telephone": style.phone(phones(seller), site),
        "humidite": number_texts(humidity, 1, style.mark),
        "temperature": number_texts(temperature, 1, style.mark),
        "calibre": number_texts(size, 0),
        "sac": joined(chosen(list("RSTUVWX"), chance.integers(0, 7, n)), padded(chance.integers(0, 10_000, n), 4)),
        "qualite": chosen(LABELS, label),
    }
    held = {
        "prix": price,
        "gros": wholesale,
        "quantite": quantity,
        "montant": amount,
        "humidite": humidity,
        "temperature": temperature,
        "calibre": size,
    }
    held |= {"place": of["town"], "product": product, "label": label}
    return Records(texts, held, {"date": day}, site, day, likely, LABELS)
