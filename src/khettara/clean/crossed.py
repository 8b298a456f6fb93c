"""The Arabic page read as the Western one, and the Western page read as the Arabic one.

    "ÇáÓæÞ"  ->  "السوق"      "ةcole primaire"  ->  "École primaire"

No byte is lost in these, but nothing proves them either as UTF-8 does; so words are judged by what they would be made of.
"""

from __future__ import annotations

import re

from khettara.clean.pages import TO_ARABIC, TO_WESTERN

_ARABIC = "\u0621-\u063a\u0641-\u0652\u067e\u0679\u0686\u0688\u0691\u0698\u06a9\u06af\u06ba\u06be\u06c1\u06d2"
LETTERS = "".join(western for western, arabic in TO_ARABIC.items() if re.match(f"[{_ARABIC}\u0640\u200c\u200d]", arabic))
_LETTER_CLASS = f"[{re.escape(LETTERS)}]"
_ASCII = "A-Za-z"
# é, è, à, ç and their like are the same in both pages; a word with one of them is Western.
_SAME = "àâçèéêëîïôùûü"
_SAME_LETTERS = frozenset(_SAME)
_WORD = re.compile(f"(?<![{_ASCII}{_SAME}]){_LETTER_CLASS}+(?![{_ASCII}{_SAME}])")
_HIGH_WORD = re.compile(f"(?<![{_ASCII}])(?:{_LETTER_CLASS}|[{_SAME}]){{2,}}(?![{_ASCII}])")
# Of ten letters of Arabic text, eight or nine are one of these.
_COMMON = frozenset("اليمنورتهبعةكدسفقح")
# Marks follow a letter, ة and ى end a word (but for marks).
_SPELLED = re.compile("(?:[\u0621-\u0628\u062a-\u063a\u0640-\u0648\u064a\u067e-\u06d2][\u064b-\u0652]{0,2})*(?:[\u0629\u0649][\u064b-\u0652]{0,2})?")
_ALPHABET = "".join(map(chr, range(0xC0, 0x100)))
_SOUND_ARABIC = re.compile(f"[{_ARABIC}]")
_LATIN_LETTER = re.compile(f"[{_ASCII}]")


def _is_arabic(text: str) -> bool:
    """Whether the misread words of a text, read as Arabic, are spelled as Arabic is, in the letters that Arabic is made of.

    Lists of letters (ÀÁÂ, æøå), Icelandic and misread Cyrillic are not.
    """
    western = _WORD.findall(text)
    joined = " ".join(western).translate(_MAP)
    words = joined.split(" ")
    n_letters, n_characters = len(joined) - sum(map(joined.count, _NO_LETTERS)), len(joined) - joined.count(" ")
    among_arabic = len(_SOUND_ARABIC.findall(text)) > len(_LATIN_LETTER.findall(text))
    enough = n_letters >= 2 if among_arabic else n_letters >= 4 and max(map(len, words)) >= 3
    if not enough or all(word in _ALPHABET for word in western if len(word) > 1):
        return False
    spelled = sum(map(len, filter(_SPELLED.fullmatch, words))) / n_characters
    if among_arabic:
        return spelled >= 0.8
    others = sum(1 for word in _HIGH_WORD.findall(text) if not _SAME_LETTERS.isdisjoint(word))
    share = sum(map(joined.count, _COMMON)) / n_letters
    return share >= 0.5 and spelled >= (1 if n_letters < 12 else 0.8) and others <= 0.1 * len(words)


_MAP = str.maketrans(TO_ARABIC)
# Marks, joiners, and the blanks between words.
_NO_LETTERS = " " + "".join(arabic for arabic in map(TO_ARABIC.__getitem__, LETTERS) if not arabic.isalpha())


def to_arabic(text: str) -> tuple[str, int]:
    """The text with words that are cp1256 read as a Western page put right, and in how many lines there were any.

    >>> to_arabic("Le marché ÇáÓæÞ ouvre")
    ('Le marché السوق ouvre', 1)
    """
    if not _WORD.search(text) or not _is_arabic(text):
        return text, 0
    lines, total = [], 0
    for line in text.split("\n"):
        repaired = _OPENS_NOTHING.sub(lambda found: found.group().translate(_MAP), _line_to_arabic(line))
        lines.append(repaired)
        total += repaired != line
    return "\n".join(lines), total


def _line_to_arabic(line: str) -> str:
    """Misread words, and the signs between and beside them: ¡ is the Arabic comma.

    A lone letter is misread only beside a misread word: À and É are words and initials of French.
    """
    if not _OTHER_LETTER.search(line):
        first = _WORD.search(line)
        return line if first is None else _opening(line[: first.start()]) + line[first.start() :].translate(_MAP)
    words = list(_WORD.finditer(line))
    edges = [0, *(place for found in words for place in found.span()), len(line)]
    clear = [_is_gap(line[start:end]) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    parts, at = [], 0
    for number, found in enumerate(words):
        if len(found.group()) == 1 and not (clear[number] and clear[number + 1]):
            continue
        gap = line[at : found.start()]
        if at and _is_gap(gap):
            parts.append(gap.translate(_MAP))
        else:
            parts.append(_opening(gap, at > 0))
        parts.append(found.group().translate(_MAP))
        at = found.end()
    return "".join((*parts, _behind(line[at:], at > 0)))


# Spanish puts its turned signs before a word.
_OPENS_NOTHING = re.compile(f"[¡¿](?![{_ASCII}\u00c0-\u00ff])")
_A_LETTER = re.compile(f"[{_ASCII}\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]")
_OTHER_LETTER = re.compile(f"(?!{_LETTER_CLASS}){_A_LETTER.pattern}")
_SIGNS_BEFORE = re.compile(r"(?:(?<!\S)|(?<=[0-9]))[^\sA-Za-z0-9\u00c0-\u00ff]+ *\Z")
_SIGNS_BEHIND = re.compile(r"[^\sA-Za-z0-9\u00c0-\u00ff]+(?: +[¡¿](?=\s))?| +[¡¿](?=\s)")


def _opening(gap: str, after_word: bool = False) -> str:
    """The signs before a misread word belong to it."""
    before = _SIGNS_BEFORE.search(gap)
    return _behind(gap[: before.start()], after_word) + before.group().translate(_MAP) if before else _behind(gap, after_word)


def _is_gap(gap: str) -> bool:
    return not _A_LETTER.search(gap)


def _behind(gap: str, after_word: bool) -> str:
    """The signs that follow a misread word belong to it; all of them, where the line has no more letters."""
    if not after_word:
        return gap
    if _is_gap(gap):
        return gap.translate(_MAP)
    signs = _SIGNS_BEHIND.match(gap)
    return gap if signs is None else signs.group().translate(_MAP) + gap[signs.end() :]


_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ffŒœ"
LONE = {arabic: western for arabic, western in TO_WESTERN.items() if western.isalpha() and arabic.isprintable()}
_ANY_ARABIC = "\u0620-\u06ff"
_ARABIC_WORD = re.compile(f"(?<![{_LATIN}])[{_ANY_ARABIC}]{{2,}}(?![{_LATIN}])")
# A lone letter that touches a Latin one, or the Farsi he that À becomes.
_STRAY = re.compile(
    f"(?<=[{_LATIN}])[{''.join(LONE)}]{{1,2}}(?=[{_LATIN}])"
    f"|(?<![{_ANY_ARABIC}{_LATIN}])[{''.join(LONE)}](?=['’]?[{_LATIN}])"
    f"|(?<=[{_LATIN}])[{''.join(LONE)}](?![{_ANY_ARABIC}{_LATIN}])"
    f"|(?<![{_ANY_ARABIC}{_LATIN}])ہ(?![{_ANY_ARABIC}{_LATIN}])"
)
# What Arabic and Darija write before a word in Latin letters too: with, and, for, in, like, of, this, from; prefixes of verbs.
PREFIXES = frozenset("بولفكدهمتني")
# être, êtes: Darija puts ت before French verbs too, but not before what is left of these.
_ETRE = re.compile("تt(?:re|es)(?![a-z])")
_SPANISH = re.compile(f'(?<![^\\s(«"])[؟،](?=[{_LATIN}])')


def to_western(text: str) -> tuple[str, int]:
    """The text with lone Arabic letters in its Latin words put right, and how many there were.

    >>> to_western("ةcole et mosquée : DةJہ, ہ la carte")
    ('École et mosquée : DÉJÀ, À la carte', 4)
    >>> to_western("دخلت لFacebook وYouTube")
    ('دخلت لFacebook وYouTube', 0)
    """
    latin_only = not _ARABIC_WORD.search(text)
    strays = [found for found in _STRAY.finditer(text) if _is_certain(text, found, latin_only)]
    certain = [found for found in strays if not (found.group() in PREFIXES and _begins_word(text, found)) or _ETRE.match(text, found.start())]
    if not certain:
        return text, 0
    parts, at = [], 0
    for found in strays:
        parts += [text[at : found.start()], found.group().translate(_TO_WESTERN)]
        at = found.end()
    repaired = "".join((*parts, text[at:]))
    if latin_only:
        repaired = _SPANISH.sub(lambda found: found.group().translate(_TO_WESTERN), repaired)
    return repaired, len(strays)


_TO_WESTERN = str.maketrans(TO_WESTERN)


def _begins_word(text: str, found: re.Match[str]) -> bool:
    return not text[found.start() - 1 : found.start()].isalpha() if found.start() else True


def _is_certain(text: str, found: re.Match[str], latin_only: bool) -> bool:
    """Whether a lone letter is no Arabic: it makes a letter of the same case as its neighbours.

    Beside Arabic words only what Arabic never writes there: ة, alef and the Farsi he before or inside a word, vowel marks.
    """
    before, after = text[found.start() - 1 : found.start()] if found.start() else "", text[found.end() : found.end() + 1]
    made = found.group().translate(_TO_WESTERN)
    inside = before in _LATIN_LETTERS
    if inside and len(_SOUND_ARABIC.findall(text[max(found.start() - 3, 0) : found.start() - 1])) == 2:
        return False
    if inside and made.isupper() != before.isupper():
        return False
    if not inside and made.islower() and found.group() != "ہ":
        return latin_only and after.islower()
    if latin_only:
        return True
    if found.group() == "ا":
        return not inside and after.islower()
    return all(letter in _NEVER_SINGLE for letter in found.group()) and (
        inside or after.strip() != "" or text[found.end() :].lstrip()[:1] in _LATIN_LETTERS
    )


_NEVER_SINGLE = frozenset("ةہآ\u064b\u064c\u064d\u064e\u064f\u0650\u0652")
_LATIN_LETTERS = frozenset(chr(point) for point in range(0x250) if chr(point).isalpha())
