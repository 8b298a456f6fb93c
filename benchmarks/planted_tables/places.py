"""Where people live: communes with province, region, coordinates and a weight, from the census of 2024 and the list of communes.

    Place("Sefrou", "صفرو", "Fès-Meknès", "فاس-مكناس", 33.83, -4.83, 0.0041, prefix "CB")

Populations: Haut-Commissariat au Plan, RGPH 2024 (CC BY 4.0). Names of communes: moroccan-administrative-division-data (MIT).
Neither is in the project: `KHETTARA_DATA` says where they lie. Coordinates of provinces are ours, to a tenth of a degree.
"""

from __future__ import annotations

import csv
import json
import os
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

CENTRES = (
    "Tanger-Assilah 35.8 -5.8 K;M'diq-Fnideq 35.7 -5.3 LF;Tétouan 35.6 -5.4 L;Fahs-Anjra 35.8 -5.6 KA;Larache 35.2 -6.2 LA;"
    "Al Hoceima 35.2 -3.9 R;Chefchaouen 35.2 -5.3 LC;Ouezzane 34.8 -5.6 GM;Oujda-Angad 34.7 -1.9 F;Nador 35.2 -2.9 S;"
    "Driouch 35.0 -3.4 SH;Jerada 34.3 -2.2 FG;Berkane 34.9 -2.3 FA;Taourirt 34.4 -2.9 FB;Guercif 34.2 -3.4 ZG;"
    "Figuig 32.1 -1.2 FH;Fès 34.0 -5.0 C;Meknès 33.9 -5.5 D;El Hajeb 33.7 -5.4 DA;Ifrane 33.5 -5.1 DB;"
    "Moulay Yacoub 34.1 -5.2 CN;Sefrou 33.8 -4.8 CB;Boulemane 33.4 -4.7 CD;Taounate 34.5 -4.6 CM;Taza 34.2 -4.0 Z;"
    "Rabat 34.0 -6.8 A;Salé 34.0 -6.8 AB;Skhirate-Témara 33.9 -6.9 AD;Kénitra 34.3 -6.6 G;Khémisset 33.8 -6.1 X;"
    "Sidi Kacem 34.2 -5.7 GK;Sidi Slimane 34.3 -5.9 GN;Béni Mellal 32.3 -6.4 I;Azilal 32.0 -6.6 IC;"
    "Fquih Ben Salah 32.5 -6.7 IB;Khénifra 32.9 -5.7 V;Khouribga 32.9 -6.9 Q;Casablanca 33.6 -7.6 B;Mohammadia 33.7 -7.4 T;"
    "El Jadida 33.2 -8.5 M;Nouaceur 33.4 -7.6 BB;Médiouna 33.5 -7.5 BJ;Benslimane 33.6 -7.1 TA;Berrechid 33.3 -7.6 WA;"
    "Settat 33.0 -7.6 W;Sidi Bennour 32.6 -8.4 MC;Marrakech 31.6 -8.0 E;Chichaoua 31.5 -8.8 EA;Al Haouz 31.3 -7.9 EE;"
    "El Kelâa Des-Sraghna 32.1 -7.4 Y;Essaouira 31.5 -9.8 N;Rehamna 32.2 -7.9 YA;Safi 32.3 -9.2 H;Youssoufia 32.2 -8.5 HA;"
    "Errachidia 31.9 -4.4 U;Ouarzazate 30.9 -6.9 P;Midelt 32.7 -4.7 VA;Tinghir 31.5 -5.5 PB;Zagora 30.3 -5.8 PA;"
    "Agadir-Ida-Ou-Tanane 30.4 -9.6 J;Inezgane-Aït Melloul 30.3 -9.5 JB;Chtouka-Aït Baha 30.1 -9.2 JC;"
    "Taroudannt 30.5 -8.9 JT;Tiznit 29.7 -9.7 JE;Tata 29.7 -8.0 JF;Guelmim 29.0 -10.1 JA;Assa-Zag 28.6 -9.4 JZ;"
    "Tan-Tan 28.4 -11.1 JK;Sidi Ifni 29.4 -10.2 JH;Laâyoune 27.1 -13.2 SL;Boujdour 26.1 -14.5 SK;Tarfaya 27.9 -12.9 JY;"
    "Es-Semara 26.7 -11.7 SM;Oued Ed-Dahab 23.7 -15.9 OD;Aousserd 22.6 -14.3 OA"
)
"""Province, latitude, longitude, and the letters that its identity cards begin with (ours for the younger provinces)."""


class NoPlaces(Exception):
    """The shared data that tables are shaped by is not there."""


@dataclass(frozen=True)
class Places:
    """Communes, one an index: names in two languages, their region, coordinates, weights that add up to 1."""

    fr: list[str]
    ar: list[str]
    province: list[str]
    region: list[str]
    region_ar: list[str]
    letters: list[str]
    latitude: np.ndarray
    longitude: np.ndarray
    weight: np.ndarray

    def towns(self, n: int) -> np.ndarray:
        """The `n` most populous places."""
        return np.argsort(-self.weight, kind="stable")[:n]


def data_folder() -> Path:
    """Where the shared data lies."""
    return Path(os.environ.get("KHETTARA_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))


def plain(text: str) -> str:
    """Latin letters without accents, lower case, nothing else: what two spellings of a place have in common."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if c.isalnum() and not unicodedata.combining(c))


@cache
def places() -> Places:
    """All communes known. Raises `NoPlaces` where the data is missing."""
    census, communes = data_folder() / "morocco-rgph2024", data_folder() / "morocco-places"
    if not (census / "provinces.csv").is_file() or not (communes / "communes.json").is_file():
        raise NoPlaces(f"no census and places under {data_folder()}: set KHETTARA_DATA to the folder of the shared data")
    return _read(census, communes)


def _read(census: Path, communes: Path) -> Places:
    centres = {name: (float(lat), float(lon), letters) for name, lat, lon, letters in (entry.rsplit(" ", 3) for entry in CENTRES.split(";"))}
    with (census / "regions.csv").open(encoding="utf-8") as file:
        regions = {row["code"]: (row["name_fr"], row["name_ar"]) for row in csv.DictReader(file)}
    with (census / "provinces.csv").open(encoding="utf-8") as file:
        provinces = [row for row in csv.DictReader(file) if row["name_fr"] in centres]
    divisions = {
        entry["id"]: plain(entry["name"]["fr"]) for entry in json.loads((communes / "region-divisions.json").read_text("utf-8"))["region_divisions"]
    }
    listed: dict[str, list[tuple[str, str, bool]]] = {}
    for entry in json.loads((communes / "communes.json").read_text("utf-8"))["communes"]:
        names = (entry["name"]["fr"].strip(), entry["name"]["ar"].strip(), entry["type"] == "urbain")
        listed.setdefault(divisions[entry["region_division_id"]], []).append(names)
    rows: list[tuple[str, str, str, str, str, str, float, float, float]] = []
    chance = np.random.default_rng(2024)
    for province in provinces:
        latitude, longitude, letters = centres[province["name_fr"]]
        for (fr, ar), share in _communes(province, listed):
            shift = chance.normal(0, 0.12, 2)
            weight = share * int(province["population_2024"])
            region_fr, region_ar = regions[province["region_code"]]
            rows.append((fr, ar, province["name_fr"], region_fr, region_ar, letters, latitude + shift[0], longitude + shift[1], weight))
    fr_, ar_, province_, region_, region_ar_, letters_, lat, lon, weights = map(list, zip(*rows, strict=True))
    total = np.asarray(weights)
    return Places(fr_, ar_, province_, region_, region_ar_, letters_, np.asarray(lat), np.asarray(lon), total / total.sum())


def _communes(province: dict[str, str], listed: dict[str, list[tuple[str, str, bool]]]) -> list[tuple[tuple[str, str], float]]:
    """The communes of a province with their shares: the chief town first, towns before villages, ever smaller."""
    name = plain(province["name_fr"])
    here = next((found for key, found in listed.items() if key[:9] == name[:9]), [])
    chief = (
        province["name_fr"].split("-")[0] if name.startswith(("tanger", "oujda", "agadir")) else province["name_fr"],
        province["name_ar"].split("-")[0],
    )
    ordered = dict.fromkeys([chief, *((fr, ar) for fr, ar, town in here if town), *((fr, ar) for fr, ar, town in here if not town)])
    seen: dict[str, tuple[str, str]] = {}
    for fr, ar in ordered:
        seen.setdefault(plain(fr), (fr, ar))
    share = 1 / np.arange(1, len(seen) + 1)
    return list(zip(seen.values(), (share / share.sum()).tolist(), strict=True))
