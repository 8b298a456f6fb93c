"""Personal and business identifiers as Morocco writes them: found by shape, proved by key or by a cue word beside them.

    "عيط ليا ف 06 00 00 21 40"  ->  phone, "عيط ليا ف <PHONE_1>"

A number with a check key (RIB, IBAN, ICE, card) is taken at its key's word, or at a cue's; a number without one (CIN,
CNSS, IF, RC) only at a cue's. Names, addresses, plates and numbers spelled out are not found here yet.
No value found here may be logged: count it, or mask it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address, IPv6Address

VERSION = 1

_DIGITS = {0x660 + d: str(d) for d in range(10)} | {0x6F0 + d: str(d) for d in range(10)}


@dataclass(frozen=True)
class Identifier:
    """One identifier, as it stands in `text[start:end]`; `value` is its canonical form. Neither is shown by `repr`."""

    kind: str
    start: int
    end: int
    value: str = field(repr=False)


@dataclass(frozen=True)
class Kind:
    """How identifiers of one kind look, what proves one, and which words announce one."""

    name: str
    shape: re.Pattern[str]
    canonical: Callable[[str], str]
    valid: Callable[[str], bool] | None = None
    cue: re.Pattern[str] | None = None


def _digits(written: str) -> str:
    return re.sub(r"\D", "", written)


def _compact(written: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", written.upper())


def _national(written: str) -> str:
    """A phone number as +212 and nine digits, whichever way it was written."""
    return "+212" + _digits(written)[-9:]


# Numbering plan of the Moroccan regulator: 6 and 7 mobile; 52 to 55 fixed and restricted mobility; 80 and 89 special.
_PLAN = re.compile(r"\+212(?:[67]\d{8}|5[2-5]\d{7}|592\d{6}|8[09]\d{7})")


def _luhn(number: str) -> bool:
    """The key of payment cards.

    >>> _luhn("4111111111111111"), _luhn("4111111111111112")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _iban_key(iban: str) -> bool:
    """ISO 7064 mod 97-10 over the account, then MA (22 10) and the key.

    >>> _iban_key("MA64999780000000140200031655")
    True
    """
    return int(iban[4:] + "2210" + iban[2:4]) % 97 == 1


def _is_address(written: str) -> bool:
    try:
        return bool(IPv6Address(written) if ":" in written else IPv4Address(written))
    except AddressValueError:
        return False


def _is_likely_address(written: str) -> bool:
    """An IPv4 address that is no section number such as 1.2.3.4: two parts of two digits or more."""
    return _is_address(written) and (":" in written or sum(len(part) > 1 for part in written.split(".")) >= 2)


_CUE_GAP = r"[^\d\n<>@]{0,40}\Z"
_NEAR_GAP = r"[^\w\n<>@]{0,6}(?:(?:n[°ºo]?|num[ée]ro|number|no|رقم|عدد|de|du|d|ديال|:)[^\w\n<>@]{0,4}){0,2}\Z"


def _cue(words: str, gap: str = _CUE_GAP, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    """A cue word, then no digit, line end or placeholder up to the identifier."""
    return re.compile(rf"(?<![^\W_])(?:{words}){gap}", flags)


_SEP = r"[ .\-\u00a0\u202f]"
_CIN_WORDS = (
    r"c\.?n?\.?i\.?[en]\.?|carte (?:d['’]identit[ée] )?nationale|carte d['’]identit[ée]|identity card|id card"
    r"|l?a? ?carta?|lacarte|lcarte|(?:ال)?بطاق(?:ة|ت\w*)|للبطاقة|لاكار[طت]|لكار[طت]|ⵜⴰⴽⴰⵕⴹⴰ"
)

_KINDS = (
    Kind(
        "email",
        re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}"),
        lambda written: written.lower(),
        lambda value: True,
    ),
    Kind(
        "phone",
        re.compile(
            rf"(?<![\d])(?<!\d[.,])(?:(?:(?:\+|00){_SEP}?212|212|\(\+?212\))(?:{_SEP}?\(?0\)?)?|0)"
            rf"{_SEP}{{0,2}}[5-8](?:{_SEP}{{0,2}}\d){{8}}(?!\d|[.,]\d)"
        ),
        _national,
        lambda value: _PLAN.fullmatch(value) is not None,
    ),
    Kind(
        "iban",
        re.compile(r"(?<![A-Za-z0-9])MA ?(?:\d[ \-]?){25}\d(?![\dA-Za-z])", re.IGNORECASE),
        _compact,
        _iban_key,
        _cue("iban"),
    ),
    Kind(
        "rib",
        re.compile(r"(?<![\d])(?<!\d[ .-])(?:\d[ .\-]?){23}\d(?![\d])"),
        _digits,
        lambda value: int(value) % 97 == 0,
        _cue(r"r\.?i\.?b\.?|compte|account|(?:ال|لل)?حساب\w*"),
    ),
    Kind(
        "ice",
        re.compile(r"(?<![\d])(?<!\d[ .-])\d{9}[ ]?\d{4}[ ]?\d{2}(?![\d]|[.,]\d)"),
        _digits,
        lambda value: int(value) % 97 == 0 and int(value) > 0,
        _cue(r"i\.?c\.?e\.?|identifiant commun(?: de l['’]entreprise)?|(?:ال|لل)?تعريف الموحد للمقاول(?:ة|ات)"),
    ),
    Kind(
        "card",
        re.compile(r"(?<![\d])(?<!\d[ .-])(?:[3-6]\d{3}(?:[ -]?\d{4}){3}|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})(?![\d]|[ -]\d{4})"),
        _digits,
        _luhn,
    ),
    Kind(
        "cin",
        re.compile(r"(?<![^\W_])[A-Za-z]{1,2}[ ]?\d{5,6}(?![^\W_])"),
        _compact,
        None,
        _cue(_CIN_WORDS),
    ),
    Kind(
        "ip",
        re.compile(r"(?<![\d.:\w])(?:\d{1,3}(?:\.\d{1,3}){3}|(?=[0-9a-fA-F:]*\d)[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){4,7})(?![\d:]|\.\d|\w)"),
        lambda written: written.lower(),
        _is_likely_address,
        _cue(r"ip(?:v4|v6)?"),
    ),
    Kind(
        "cnss",
        re.compile(r"(?<![\d])\d{7,10}(?!\w|[.,]\d)"),
        _digits,
        None,
        _cue(r"c\.?n\.?s\.?s\.?|(?:ال)?صندوق الوطني للضمان الاجتماعي|(?:ال)?ضمان الاجتماعي", _NEAR_GAP),
    ),
    Kind(
        "if",
        re.compile(r"(?<![\d])\d{7,8}(?!\w|[.,]\d)"),
        _digits,
        None,
        _cue(r"IF|I\.F\.?|[Ii]dentifiant [Ff]iscal|IDENTIFIANT FISCAL|(?:ال)?تعريف (?:الضريبي|الجبائي)", _NEAR_GAP, 0),
    ),
    Kind(
        "rc",
        re.compile(r"(?<![\d])\d{1,7}(?!\w|[.,]\d)"),
        _digits,
        None,
        _cue(r"RC|R\.C\.?|[Rr]egistre (?:de|du) [Cc]ommerce|(?:ال)?سجل التجاري", _NEAR_GAP, 0),
    ),
)

KINDS = tuple(kind.name for kind in _KINDS)
"""Every kind there is, in the order of preference between readings of equal length."""

# A glued, capital CIN needs no cue right beside it when the record names the card: a column head, a form's title.
_STRICT_CIN = re.compile(r"[A-Z]{1,2}\d{5,6}")
_CIN_NAMED = re.compile(rf"(?<![^\W_])(?:{_CIN_WORDS})(?![^\W_])", re.IGNORECASE)

_PLACEHOLDER = re.compile(rf"<({'|'.join(kind.upper() for kind in KINDS)})_(\d{{1,6}})>")

# Anything that could be an identifier has one of these. For RE2, which searches whole columns: five digits near each
# other, an @, an address, or a number right after the commercial register.
_ANY_DIGIT = r"[0-9\x{660}-\x{669}\x{6F0}-\x{6F9}]"
SUSPECT = (
    rf"@|(?:{_ANY_DIGIT}[ .\-()\x{{A0}}\x{{202F}}]{{0,3}}){{5}}|:[0-9a-fA-F]{{0,4}}:|(?:{_ANY_DIGIT}\.){{3}}"
    rf"|(?:RC|R\.C|ommerce|التجاري)[^\n]{{0,30}}{_ANY_DIGIT}"
)


def _proved(kind: Kind, written: str, value: str, text: str, start: int) -> bool:
    if kind.valid is not None and kind.valid(value):
        return True
    if kind.name == "cin" and _STRICT_CIN.fullmatch(written) and _CIN_NAMED.search(text):
        return True
    if kind.name == "ip" and not _is_address(written):
        return False
    return kind.cue is not None and kind.cue.search(text[max(0, start - 70) : start]) is not None


def _readings(text: str, kinds: Collection[str]) -> Iterator[tuple[int, Identifier]]:
    """Everything that could be read as an identifier, overlapping or not, with the rank of its kind."""
    taken = [found.span() for found in _PLACEHOLDER.finditer(text)]
    for rank, kind in enumerate(_KINDS):
        if kind.name not in kinds:
            continue
        for found in kind.shape.finditer(text):
            start = found.start() + len(found.group()) - len(found.group().lstrip(" .-\u00a0\u202f"))
            written = text[start : found.end()]
            value = kind.canonical(written)
            inside = any(first < found.end() and start < last for first, last in taken)
            if not inside and _proved(kind, written, value, text, start):
                yield rank, Identifier(kind.name, start, found.end(), value)


def find_identifiers(text: str, kinds: Collection[str] = KINDS) -> list[Identifier]:
    """The identifiers in a text, in order, none overlapping another: of two readings the longer stands.

    >>> [(i.kind, i.value) for i in find_identifiers("عيط ليا ف ٠٦٠٠٠٠٧٧١٢ ولا 07-00-00-24-66")]
    [('phone', '+212600007712'), ('phone', '+212700002466')]
    >>> [i.kind for i in find_identifiers("لاكارط ديالو ZG 120034")], find_identifiers("AB123456")
    (['cin'], [])
    """
    plain = text.translate(_DIGITS)
    readings = sorted(_readings(plain, kinds), key=lambda it: (it[1].start - it[1].end, it[0], it[1].start))
    chosen: list[Identifier] = []
    for _, reading in readings:
        if all(reading.end <= other.start or other.end <= reading.start for other in chosen):
            chosen.append(reading)
    return sorted(chosen, key=lambda found: found.start)


def mask(text: str, kinds: Collection[str] = KINDS) -> tuple[str, Counter[str]]:
    """The text with each identifier replaced by its kind and a number, and how many of each kind there were.

    The same value gets the same placeholder wherever it stands in the text, however it is written there.

    >>> mask("0600002142 awla +212 6 00 00 21 42, mail: a.b@exemple.ma")
    ('<PHONE_1> awla <PHONE_1>, mail: <EMAIL_1>', Counter({'phone': 2, 'email': 1}))
    """
    counts: Counter[str] = Counter()
    last = Counter(dict.fromkeys(KINDS, 0))
    for found in _PLACEHOLDER.finditer(text):
        last[found.group(1).lower()] = max(last[found.group(1).lower()], int(found.group(2)))
    numbers: dict[tuple[str, str], int] = {}
    # Masking one identifier can bring to light another that overlapped it, so look until there is none.
    while found_here := find_identifiers(text, kinds):
        parts, at = [], 0
        for item in found_here:
            number = numbers.get((item.kind, item.value))
            if number is None:
                last[item.kind] += 1
                number = numbers[item.kind, item.value] = last[item.kind]
            parts += [text[at : item.start], f"<{item.kind.upper()}_{number}>"]
            at = item.end
            counts[item.kind] += 1
        text = "".join((*parts, text[at:]))
    return text, counts
