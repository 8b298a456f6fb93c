"""How values are written: identity numbers with right keys, telephone numbers, spellings of places. Of nobody.

cards(letters, numbers)   BB 204518 -> "BB204518";   accounts(...) -> 24 digits whose last two are the key
"""

from __future__ import annotations

import unicodedata

import numpy as np
from benchmarks.planted_tables.sheet import Array, chosen, joined, padded

KNOWN = {
    "Casablanca": ("Casa", "Dar El Beida", "الدار البيضاء", "CASABLANCA", "Casa-Blanca", "D.Beida"),
    "Fès": ("Fes", "Fez", "فاس", "FES"),
    "Marrakech": ("Marrakesh", "مراكش", "MARRAKECH", "Mrakch", "Marakech"),
    "Tanger": ("Tanja", "Tangier", "طنجة", "TANGER"),
    "Rabat": ("Rbat", "الرباط", "RABAT", "Ribat"),
    "Salé": ("Sale", "Sla", "سلا", "SALE"),
    "Meknès": ("Meknes", "مكناس", "MEKNES", "Meknas"),
    "Oujda": ("Wejda", "وجدة", "OUJDA", "Wajda"),
    "Kénitra": ("Kenitra", "القنيطرة", "KENITRA", "Qnitra"),
    "Agadir": ("أكادير", "AGADIR", "Agadeer"),
    "Tétouan": ("Tetouan", "تطوان", "TETOUAN", "Tetuan"),
    "Mohammadia": ("Mohammedia", "المحمدية", "Mouhammadia"),
}


def spread(index: Array, step: int, modulus: int) -> Array:
    """A number of its own for each index, far from its neighbours' (until the modulus is used up)."""
    return (index.astype(np.int64) * step + 12345) % modulus


def cards(letters: Array, index: Array) -> Array:
    """Identity cards: the letters of the province, then six digits."""
    return joined(letters, padded(100000 + spread(index, 577_213, 899_981), 6))


def phones(index: Array) -> Array:
    """Mobile numbers, ten digits."""
    return joined("0", chosen(["6", "6", "7"], spread(index, 7_919, 104_729) % 3), padded(spread(index, 61_803_399, 10**8), 8))


def accounts(index: Array, chance: np.random.Generator) -> Array:
    """Bank accounts (RIB): bank, town, account, and the key by 97."""
    banks = chosen(["007", "011", "013", "021", "022", "145", "190", "225", "230", "310"], chance.integers(0, 10, len(index)))
    towns = padded(chance.integers(1, 899, len(index)), 3)
    body = joined(banks, towns, padded(chance.integers(0, 10**15, len(index)) + 10**14, 16))
    return np.asarray([f"{text}{97 - int(text) * 100 % 97:02d}" for text in body], dtype=object)


def bare(text: str) -> str:
    """Without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def place_spellings(fr: str, ar: str, base: str) -> list[str]:
    """Other ways of writing a place, seen from the way that the table uses."""
    ways = [*KNOWN.get(fr, ()), ar, fr, fr.upper(), bare(fr), bare(fr).upper(), bare(fr).lower(), fr.replace("-", " "), _respelt(fr), f"{fr} "]
    return [way for way in dict.fromkeys(ways) if way != base]


def _respelt(name: str) -> str:
    for old, new in (
        ("El ", "Al "),
        ("Al ", "El "),
        ("Oulad", "Ouled"),
        ("Ouled", "Oulad"),
        ("Aït", "Ait"),
        ("ou", "u"),
        ("ss", "s"),
        ("q", "k"),
        ("ch", "sh"),
        ("i", "y"),
    ):
        if old in name:
            return name.replace(old, new, 1)
    return name + "e"
