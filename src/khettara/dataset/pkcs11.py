"""A signing key that never leaves its token: a smart card or a hardware module, by way of PKCS#11.

Which token it is, is `token.toml` beside where the key's file would be:

    module = "/usr/lib/softhsm/libsofthsm2.so"     # the maker's library
    token = "khettara"                             # the token's label
    label = "data office"                          # the key's label on it

The PIN comes from the environment (`KHETTARA_PIN`), or is asked for on the terminal. Signatures are Ed25519, as those of a key in a
file; a token that only has RSA or the NIST curves cannot sign certificates.
"""

from __future__ import annotations

import getpass
import os
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from khettara.dataset.signing import Key, PublicKey, key_home, own_key_path, read_public, render_public
from khettara.errors import KeyMissing, MissingExtra, storage_errors

NAME = "token.toml"
PIN = "KHETTARA_PIN"
_EDWARDS25519 = b"\x13\x0cedwards25519"  # EC_PARAMS of PKCS#11 3.0: the curve's name as a PrintableString
_OCTETS = b"\x04\x20"  # some tokens give the point as an OCTET STRING, others its 32 bytes


@dataclass(frozen=True)
class TokenKey(Key):
    """A key on a token."""

    module: str
    token: str
    label: str

    def sign(self, message: bytes) -> bytes:
        """64 bytes, made on the token."""
        with _session(self.module, self.token) as (library, session):
            key = session.get_key(object_class=library.ObjectClass.PRIVATE_KEY, label=self.label)
            signature: bytes = key.sign(message, mechanism=library.Mechanism.EDDSA)
        return signature


def is_configured() -> bool:
    """Whether this machine signs with a token."""
    return (key_home() / NAME).exists()


def token_key() -> TokenKey:
    """The key that `token.toml` names. Raises `KeyMissing`."""
    path = key_home() / NAME
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        module, token, label = (str(said[name]) for name in ("module", "token", "label"))
    except (OSError, ValueError, KeyError) as error:
        raise KeyMissing(f"does not name a key: {error}", where=str(path), hint="It says module, token and label.") from error
    public = read_public(own_key_path().with_suffix(".pub"))
    if public is None:
        raise KeyMissing("the public half of the token's key is missing", where=str(own_key_path().with_suffix(".pub")))
    return TokenKey(public, module, token, label)


def new_token_key(name: str, module: str, token: str) -> TokenKey:
    """Make a key on a token, and note here which one it is.

    Raises:
        KeyMissing: there is a key on this machine already, or the token refuses.
        MissingExtra: python-pkcs11 is not installed.
    """
    name = " ".join(name.split())
    place, public_path = key_home() / NAME, own_key_path().with_suffix(".pub")
    there = next((path for path in (own_key_path(), place, public_path) if path.exists()), None)
    if there is not None or not name:
        what = "there is a key already" if there else "a key needs its owner's name"
        raise KeyMissing(what, where=str(there or key_home()), hint="`khettara keys show` names it. Move it away to make another.")
    with _session(module, token) as (library, session):
        curve = session.create_domain_parameters(library.KeyType.EC_EDWARDS, {library.Attribute.EC_PARAMS: _EDWARDS25519}, local=True)
        mechanism = library.Mechanism.EC_EDWARDS_KEY_PAIR_GEN
        public, _ = curve.generate_keypair(mechanism=mechanism, store=True, label=name)
        raw = bytes(public[library.Attribute.EC_POINT]).removeprefix(_OCTETS)
    made = TokenKey(PublicKey(name, raw), module, token, name)
    with storage_errors(place):
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        public_path.write_text(render_public(made.public), encoding="utf-8")
        place.write_text("".join(f"{part} = {_quoted(value)}\n" for part, value in (("module", module), ("token", token), ("label", name))), "utf-8")
    return made


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@contextmanager
def _session(module: str, token: str) -> Iterator[tuple[Any, Any]]:
    try:
        import pkcs11
    except ImportError as error:
        raise MissingExtra("signing with a token needs python-pkcs11", hint="Install it: pip install 'khettara[pkcs11]'") from error
    try:
        found = pkcs11.lib(module).get_token(token_label=token)
        with found.open(rw=True, user_pin=_pin(token)) as session:
            yield pkcs11, session
    except (pkcs11.PKCS11Error, RuntimeError) as error:
        what = str(error) or type(error).__name__
        raise KeyMissing(f"the token does not answer: {what}", where=f"{module}, {token}", hint="Is it plugged in, and its PIN right?") from error


def _pin(token: str) -> str:
    pin = os.environ.get(PIN)
    if pin is None and sys.stdin.isatty():
        pin = getpass.getpass(f"PIN of {token}: ")
    if not pin:
        raise KeyMissing("the token's PIN is not given", where=token, hint=f"Set {PIN}, or run the command on a terminal.")
    return pin
