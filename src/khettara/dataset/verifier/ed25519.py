"""Ed25519 signatures checked in plain Python (RFC 8032), for machines that have nothing but Python.

    verifies(public key of 32 bytes, message, signature of 64 bytes) -> True or False

It only verifies: it holds no secret, so it need not run in constant time. As strict as the RFC: a point that is not in its one
encoding, or a number that is not below the order of the group, is no signature. Each check takes some milliseconds.
"""

from __future__ import annotations

import hashlib
from typing import Tuple

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

# A point is (X, Y, Z, T) with x = X/Z, y = Y/Z and T = XY/Z (RFC 8032, section 5.1.4).
Point = Tuple[int, int, int, int]  # as Python 3.8 spells it
NEUTRAL: Point = (0, 1, 1, 0)


def _add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(number: int, point: Point) -> Point:
    total = NEUTRAL
    while number:
        if number & 1:
            total = _add(total, point)
        point = _add(point, point)
        number >>= 1
    return total


def _decode(data: bytes) -> Point | None:
    """The point that 32 bytes stand for; None where they stand for none (RFC 8032, section 5.1.3)."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def _encode(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
BASE_Y = 46316835694926478169428394003475163141307993866256225615783033603165251855960
BASE: Point = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the owner of a public key signed a message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, s = _decode(public), int.from_bytes(signature[32:], "little")
    if key is None or s >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    minus_key = (P - key[0], key[1], 1, P - key[3])
    # R is compared by its bytes, so that it has one encoding: R = sB - hA.
    return _encode(_add(_times(s, BASE), _times(challenge, minus_key))) == signature[:32]
