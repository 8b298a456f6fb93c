"""Other ways of writing the categories of our tables, in the languages of the country.

"Cardiologie"  ->  "CARDIOLOGIE", "Cardio", "قسم القلب", "Cardiology"
"""

from __future__ import annotations

from benchmarks.planted_tables.market import PRODUCTS
from benchmarks.planted_tables.writers import bare

PLACES_OF_CARE = {
    "Médecine interne": ["Medecine interne", "Méd. interne", "الطب الباطني", "MEDECINE INTERNE"],
    "Cardiologie": ["CARDIOLOGIE", "Cardio", "قسم القلب", "Cardiologie "],
    "Pédiatrie": ["Pediatrie", "طب الأطفال", "PEDIATRIE", "Péd."],
    "Maternité": ["Maternite", "الولادة", "MATERNITE", "Gynéco-obstétrique"],
    "Chirurgie générale": ["Chirurgie generale", "الجراحة العامة", "Chir. générale", "CHIRURGIE GENERALE"],
    "Réanimation": ["Reanimation", "الإنعاش", "Réa", "REANIMATION"],
    "Urgences": ["URGENCES", "المستعجلات", "Urgence", "SAU"],
    "Pneumologie": ["PNEUMOLOGIE", "أمراض الرئة", "Pneumo", "pneumologie"],
}
UNITS = {
    "kg": ["KG", "Kg", "kilo", "كيلو", "كغ", "kilogramme"],
    "litre": ["L", "l", "Litre", "لتر"],
    "botte": ["Botte", "ربطة", "rebta"],
    "quintal": ["qx", "Quintal", "قنطار", "qtl"],
    "plateau": ["Plateau", "plato", "طبق"],
    "gramme": ["g", "gr", "غرام", "Gramme"],
}
SELLERS = {
    "Détaillant": ["Detaillant", "DETAILLANT", "بائع بالتقسيط", "détaillant"],
    "Grossiste": ["GROSSISTE", "بائع بالجملة", "grossiste", "Grossiste "],
    "Coopérative": ["Cooperative", "تعاونية", "Coop.", "COOPERATIVE"],
    "Producteur": ["PRODUCTEUR", "منتج", "producteur", "fella7"],
    "Semi-grossiste": ["Semi grossiste", "نصف الجملة", "SEMI-GROSSISTE", "1/2 gros"],
}
WORDS: dict[str, dict[str, list[str]]] = {
    "service": PLACES_OF_CARE,
    "unite": UNITS,
    "vendeur": SELLERS,
    "produit": {fr: [ar, darija, fr.upper(), bare(fr).lower(), f"{fr} "] for fr, ar, darija, _, _ in PRODUCTS},
}
