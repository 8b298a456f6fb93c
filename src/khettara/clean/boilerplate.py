"""Litter around a text: markup left over from pages, menus, rights notices, running heads. Careful: better litter than loss.

    "Accueil | Contact | Plan du site\\n<p>Le souk est ouvert.</p>"  ->  "Le souk est ouvert."

What a page is about, its headings and its tables are the reader's work (`ingest`), not this one's.
"""

from __future__ import annotations

import html
import re
from collections import Counter

VERSION = 3

# The elements of HTML; nothing else between angle brackets is markup (<PHONE_1> is not, nor is a < b).
_ELEMENTS = (
    "a|abbr|article|aside|b|blockquote|body|br|center|code|col|dd|div|dl|dt|em|font|footer|form|h[1-6]|head|header|hr|html|i|iframe"
    "|img|input|label|li|link|main|meta|nav|nobr|ol|option|p|pre|s|script|section|select|small|span|strike|strong|style|sub|sup"
    "|table|tbody|td|tfoot|th|thead|title|tr|tt|u|ul"
)
_HIDDEN_ELEMENT = re.compile(r"<(script|style)\b[^<>]*>.*?</\1\s*>|<!--.*?-->|<!DOCTYPE[^<>]*>", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|h[1-6])\s*>(?!\n)", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{_ELEMENTS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(
    r"&(?:nbsp|amp|lt|gt|quot|apos|[lr]aquo|[lr][sd]quo|hellip|[mn]dash|euro|copy|[a-zA-Z](?:acute|grave|circ|uml|cedil)|oelig"
    r"|#\d{2,6}|#x[0-9a-fA-F]{2,5});"
)

# Entries of menus and foot lines, each a whole cell; written by us from what Moroccan sites show.
MENU = frozenset(
    """accueil|contact|contactez-nous|contacts|plan du site|liens utiles|liens|recherche|rechercher|imprimer|imprimer cette page|retour
    |retour en haut|haut de page|page précédente|page suivante|précédent|suivant|lire la suite|en savoir plus|partager|partager sur facebook
    |mentions légales|qui sommes-nous|qui sommes nous|actualités|newsletter|se connecter|s'inscrire|menu|fermer|العربية|français|english
    |partager sur twitter|partager sur whatsapp|tweeter|accepter|accepter tout
    |tout accepter|refuser|tout refuser|gérer les cookies|nous utilisons des cookies
    |home|contact us|sitemap|site map|search|print|print this page|back|back to top|next|previous|read more|share
    |share on facebook|share on twitter|share on whatsapp|tweet|accept|accept all|accept all cookies|reject all|manage cookies
    |log in|sign in|sign up|about us
    |الرئيسية|الصفحة الرئيسية|اتصل بنا|اتصلوا بنا|خريطة الموقع|بحث|ابحث|طباعة|اطبع هذه الصفحة|رجوع|العودة إلى الأعلى|السابق|التالي|اقرأ المزيد
    |المزيد|شارك
    |شارك على فيسبوك|شارك على واتساب|شارك على تويتر|غرد|موافق على الكل|قبول الكل|رفض الكل|إدارة ملفات تعريف الارتباط
    |من نحن|روابط|روابط مفيدة|تسجيل الدخول|القائمة|ⴰⵙⵏⵓⴱⴳ""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)
_CELLS = re.compile(r"\s*[|›»·•>]\s*|\t+")
_RIGHTS = re.compile(
    r"(?:©|copyright|\(c\)|&copy;)?\s*(?:©\s*)?(?:19|20)?\d{0,2}[^.!?؟\n]{0,60}"
    r"(?:tous droits réservés|all rights reserved|جميع الحقوق محفوظة|كل الحقوق محفوظة)[^.!?؟\n]{0,60}\.?",
    re.IGNORECASE,
)
_PAGE_NUMBER = re.compile(r"[\s\-–—]*(?:page|p\.|صفحة|ص\.?)?\s*([0-9٠-٩]{1,4})\s*(?:(?:/|sur|of|من)\s*[0-9٠-٩]{1,4})?[\s\-–—]*", re.IGNORECASE)
_HEAD = re.compile(r"[^\W\d_]{2,}[^\n]*\s[^\n]*[^\W_]")

SUSPECT = (
    r"(?i)<[/!]?[a-z-]|&#?[a-z0-9]{2,8};|©|copyright|droits|rights|الحقوق"
    r"|\n[\s\-–—]*(?:page|p\.|صفحة|ص\.?)?[ ]*[0-9٠-٩]{1,4}[^\n]{0,12}(?:\n|\z)"
)
"""An RE2 pattern that every text with such litter matches, unless menus are all its litter."""


def _menu_cells(line: str) -> tuple[set[str], int]:
    """The menu entries among the cells of a line, and how many cells are none."""
    cells = [cell for cell in _CELLS.split(line.strip().lower().replace("’", "'")) if cell]
    known = {entry for cell in cells if (entry := cell.strip(" []«»")) in MENU}
    return known, sum(cell.strip(" []«»") not in known for cell in cells)


def _drop_markup(text: str) -> tuple[str, int]:
    total = 0
    for pattern, new in ((_HIDDEN_ELEMENT, ""), (_BREAK, "\n"), (_TAG, "")):
        text, times = pattern.subn(new, text)
        total += times
    text, times = _ENTITY.subn(lambda found: html.unescape(found.group()), text)
    return text, total + times


def _drop_lines(text: str) -> tuple[str, int]:
    """Without rights notices, and without menus: one entry alone is no menu."""
    lines = text.split("\n")
    litter = {number for number, line in enumerate(lines) if _RIGHTS.fullmatch(line.strip())}
    menu = {number: known for number, line in enumerate(lines) for known, other in [_menu_cells(line)] if known and not other}
    if len(set().union(*menu.values())) >= 2:
        litter |= menu.keys()
    litter |= _running_heads(lines)
    return "\n".join(line for number, line in enumerate(lines) if number not in litter), len(litter)


def _running_heads(lines: list[str]) -> set[int]:
    """Lines that stand beside a page number wherever they stand, at least three pages running, and those page numbers.

    Ends of sentences, cells of tables and years come three times beside numbers too, in laws above all; so a head has two
    words or more, no full stop, and its pages follow one another.
    """
    everywhere = Counter(line.strip() for line in lines)
    copies: dict[str, list[tuple[int, int, int]]] = {}
    for at, line in enumerate(lines):
        number = _PAGE_NUMBER.fullmatch(line)
        if number is None:
            continue
        for near in (at - 1, at + 1):
            text = lines[near].strip() if 0 <= near < len(lines) else ""
            if _HEAD.fullmatch(text):
                copies.setdefault(text, []).append((int(number.group(1)), at, near))
    litter: set[int] = set()
    for text, found in copies.items():
        pages = [page for page, _, _ in found]
        if len(found) >= 3 and len(found) == everywhere[text] and pages == list(range(pages[0], pages[0] + len(pages))):
            litter |= {place for _, at, near in found for place in (at, near)}
    return litter


def strip_boilerplate(text: str) -> tuple[str, int]:
    """The text without litter, and how many pieces were taken out.

    >>> strip_boilerplate("Accueil | Contact | Plan du site\\n<b>Le souk</b> est ouvert &agrave; 8 h.")
    ('Le souk est ouvert à 8 h.', 4)
    >>> strip_boilerplate("Accueil\\nLa commune vous souhaite la bienvenue. Si a < b, alors b > a.")
    ('Accueil\\nLa commune vous souhaite la bienvenue. Si a < b, alors b > a.', 0)
    """
    total = 0
    # Taking one thing out can uncover another (&lt;br&gt;, a menu behind tags): each round shortens the text.
    while True:
        text, markup = _drop_markup(text)
        text, lines = _drop_lines(text)
        if not markup and not lines:
            return text, total
        total += markup + lines
