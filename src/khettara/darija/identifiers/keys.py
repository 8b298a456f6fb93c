"""What proves a number by itself: check keys, numbering plans, issuers.

is_luhn("4111111111111111")  ->  True
"""

from __future__ import annotations

import re


def is_luhn(number: str) -> bool:
    """The key of payment cards.

    >>> is_luhn("4111111111111111"), is_luhn("4111111111111112")
    (True, False)
    """
    return (sum(map(int, number[-2::-2].translate(_DOUBLED))) + sum(map(int, number[-1::-2]))) % 10 == 0


_DOUBLED = str.maketrans("0123456789", "0246813579")

# ISO/IEC 7812: Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay, Maestro; with the lengths they issue.
_ISSUERS = re.compile(
    r"4\d{15}(?:\d{3})?|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}"
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{12,15}"
)


def is_card(number: str) -> bool:
    """A number of an issuer's range and length whose key fits.

    >>> is_card("378282246310005"), is_card("9111111111111110")
    (True, False)
    """
    return _ISSUERS.fullmatch(number) is not None and is_luhn(number)


def is_97(number: str) -> bool:
    """The key of RIB (24 digits) and ICE (15): the whole is a multiple of 97. Nothing but zeros is no number.

    >>> is_97("009900123000064"), is_97("009900123000065"), is_97("000000000000000")
    (True, False, False)
    """
    return int(number) % 97 == 0 and int(number) > 0


# Lengths by the registry of ISO 13616, and of Morocco and Algeria, which use the form without being in it.
_IBAN_LENGTHS = {
    **dict.fromkeys(["NO"], 15),
    **dict.fromkeys(["BE"], 16),
    **dict.fromkeys(["DK", "FI", "FO", "GL", "NL", "SD"], 18),
    **dict.fromkeys(["MK", "SI"], 19),
    **dict.fromkeys(["AT", "BA", "EE", "KZ", "LT", "LU", "MN", "XK"], 20),
    **dict.fromkeys(["CH", "CR", "HR", "LI", "LV"], 21),
    **dict.fromkeys(["BG", "BH", "DE", "GB", "GE", "IE", "ME", "RS", "VA"], 22),
    **dict.fromkeys(["AE", "GI", "IL", "IQ", "OM", "SO", "TL"], 23),
    **dict.fromkeys(["AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"], 24),
    **dict.fromkeys(["LY", "PT", "ST"], 25),
    **dict.fromkeys(["DZ", "IS", "TR"], 26),
    **dict.fromkeys(["BI", "DJ", "FR", "GR", "IT", "MC", "MR", "SM"], 27),
    **dict.fromkeys(["AL", "AZ", "BY", "CY", "DO", "GT", "HU", "LB", "MA", "NI", "PL", "SV"], 28),
    **dict.fromkeys(["BR", "EG", "PS", "QA", "UA"], 29),
    **dict.fromkeys(["JO", "KW", "MU"], 30),
    **dict.fromkeys(["MT", "SC"], 31),
    **dict.fromkeys(["LC"], 32),
    **dict.fromkeys(["RU"], 33),
}


def iban_length(country: str) -> int:
    """How long an IBAN of a country is, 0 if it has none."""
    return _IBAN_LENGTHS.get(country, 0)


def is_iban(iban: str) -> bool:
    """The length of its country, and ISO 7064 mod 97-10 over the whole.

    >>> is_iban("MA64999780000000140200031655"), is_iban("GB82WEST12345698765432"), is_iban("GB82WEST12345698765431")
    (True, True, False)
    """
    if len(iban) != iban_length(iban[:2]) or not iban[2:4].isdigit():
        return False
    turned = iban[4:] + iban[:4]
    if turned[:-4].isdigit():
        return int(f"{turned[:-4]}{int(turned[-4], 36)}{int(turned[-3], 36)}{turned[-2:]}") % 97 == 1
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


# Numbering plan of the regulator (ANRT): 6 and 7 mobile; 52 to 55 and 592 fixed and restricted mobility; 80, 82, 89 special.
_MOROCCO = re.compile(r"[67]\d{8}|5[2-5]\d{7}|592\d{6}|8[029]\d{7}")
# ITU-T E.164: country codes, longest first, and at most 15 digits in all; no national number is shorter than six digits.
_COUNTRY = re.compile(
    r"(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|21[13689]|22\d|23\d|24\d|25[0-8]|26\d|29\d|35\d|37\d|38\d|42\d|50\d|59\d"
    r"|67\d|68\d|69\d|85\d|87\d|88\d|96\d|97\d|99\d)\d{6,12}"
)


def is_moroccan_phone(national: str) -> bool:
    """Nine digits, without the leading 0, of a range that is in use.

    >>> is_moroccan_phone("612345678"), is_moroccan_phone("912345678"), is_moroccan_phone("507201112")
    (True, False, False)
    """
    return _MOROCCO.fullmatch(national) is not None


def is_foreign_phone(international: str) -> bool:
    """The digits after + or 00: a country code, then enough digits for a subscriber.

    >>> is_foreign_phone("33612345678"), is_foreign_phone("999123")
    (True, False)
    """
    return 9 <= len(international) <= 15 and _COUNTRY.fullmatch(international) is not None
