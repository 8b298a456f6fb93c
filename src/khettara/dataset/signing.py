"""Keys and signatures: Ed25519, in DSSE envelopes, with no key server and no network.

One's own key lies in `~/.config/khettara` (or `$KHETTARA_HOME`), readable by its owner alone. Whose signatures this machine
trusts is the folder `trusted/` beside it: one `.pub` file for each office, and always one's own.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785

from khettara.dataset.manifest import canonical_json, sha256_hex
from khettara.errors import CertificateError, KeyMissing, storage_errors

PAYLOAD_TYPE = "application/vnd.in-toto+json"
MOST_BYTES = 16 << 20
"""No certificate, list or override is larger: 66 measures on each of 3,000 columns are 7 MB."""

DIGEST = re.compile("[0-9a-f]{64}")
"""A sha256 in hexadecimal: it names keys, certificates and datasets."""

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e]")
"""What must not be written to somebody's terminal: control characters, and those that override the direction of a line."""


def key_home() -> Path:
    """Where keys are kept on this machine."""
    home = os.environ.get("KHETTARA_HOME")
    config = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(home) if home else Path(config).expanduser() / "khettara"


def own_key_path() -> Path:
    """The file of one's own private key."""
    return key_home() / "key.pem"


@dataclass(frozen=True)
class PublicKey:
    """Whose signature can be checked. `keyid` is the sha256 of the key's 32 bytes: nobody can claim another's."""

    name: str
    raw: bytes

    @property
    def keyid(self) -> str:
        """Names the key."""
        return sha256_hex(self.raw)

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the owner of this key signed `message`."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Key(ABC):
    """Whatever signs: a key in a file, or one that never leaves its token (`pkcs11.py`). `public` is the half that others check with."""

    public: PublicKey

    @property
    def keyid(self) -> str:
        """Names the key."""
        return self.public.keyid

    @property
    def name(self) -> str:
        """Whose it is."""
        return self.public.name

    @abstractmethod
    def sign(self, message: bytes) -> bytes:
        """64 bytes: an Ed25519 signature (RFC 8032)."""


@dataclass(frozen=True)
class FileKey(Key):
    """A key in a file. `private` is never shown, stored elsewhere or sent."""

    private: Any

    def sign(self, message: bytes) -> bytes:
        """64 bytes; the same message gives the same signature."""
        signature: bytes = self.private.sign(message)
        return signature


def new_key(name: str) -> FileKey:
    """Make and keep a key. Raises `KeyMissing` when there is one already: replacing it would orphan what it signed."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    name = " ".join(name.split())
    if not name:
        raise KeyMissing("a key needs its owner's name", hint='For example: khettara keys new "Data office of Ain Zerqa"')
    path = own_key_path()
    public_path = path.with_suffix(".pub")
    if public_path.exists() and not path.exists():
        raise KeyMissing(
            "the public half of an earlier key is still here",
            where=str(public_path),
            hint=f"Move it into {key_home() / 'trusted'} to go on trusting what it signed, or away to stop.",
        )
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        private = Ed25519PrivateKey.generate()
        _keep(private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()), path)
        key = FileKey(PublicKey(name, private.public_key().public_bytes_raw()), private)
        public_path.write_text(render_public(key.public), encoding="utf-8")
    return key


def _keep(pem: bytes, path: Path) -> None:
    """Put a private key in its place whole or not at all: a full disk must not leave half a key that blocks the next."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # unlike a rename, it never replaces a key that is there
    except FileExistsError as error:
        raise KeyMissing("there is a key already", where=str(path), hint="`khettara keys show` names it. Move it away to make another.") from error
    finally:
        draft.unlink(missing_ok=True)


def can_sign() -> bool:
    """Whether this machine has a key, in a file or on a token."""
    from khettara.dataset import pkcs11

    return own_key_path().exists() or pkcs11.is_configured()


def load_key() -> Key:
    """One's own key, in its file or on its token. Raises `KeyMissing` with the command that makes one."""
    from khettara.dataset import pkcs11

    return pkcs11.token_key() if pkcs11.is_configured() else _file_key()


def _file_key() -> FileKey:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    path = own_key_path()
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), None)
    except FileNotFoundError as error:
        raise KeyMissing("this machine has no signing key", where=str(path), hint='Make one: khettara keys new "NAME OF YOUR OFFICE"') from error
    except (ValueError, TypeError, OSError) as error:
        raise KeyMissing(f"the signing key does not read: {error}", where=str(path), hint="Restore it from its copy, or make another.") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyMissing("the signing key is not an Ed25519 key", where=str(path))
    raw = private.public_key().public_bytes_raw()
    public = read_public(path.with_suffix(".pub"))
    return FileKey(public if public is not None and public.raw == raw else PublicKey("unnamed", raw), private)


def trusted_keys() -> Mapping[str, PublicKey]:
    """Whom this machine trusts, by keyid: one's own key, and every readable `.pub` file in `trusted/`."""
    files = [own_key_path().with_suffix(".pub"), *sorted((key_home() / "trusted").glob("*.pub"))]
    keys = [key for key in map(read_public, files) if key is not None]  # what does not read is not trusted
    with suppress(KeyMissing):
        keys.append(_file_key().public)  # its .pub file may be lost; whoever holds the private half is oneself
    return {key.keyid: key for key in keys}


def own_keyid() -> str | None:
    """Whose machine this is, by the public half: it needs no password of a token. None before there is a key."""
    public = read_public(own_key_path().with_suffix(".pub"))
    if public is not None:
        return public.keyid
    with suppress(KeyMissing):
        return _file_key().keyid
    return None


def read_public(path: Path) -> PublicKey | None:
    """The public key in a file; None where there is none that reads."""
    try:
        return parse_public(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, CertificateError):
        return None


def render_public(key: PublicKey) -> str:
    """A public key as one line of text: `khettara-ed25519 BASE64 NAME`."""
    return f"khettara-ed25519 {base64.b64encode(key.raw).decode()} {key.name}\n"


def parse_public(text: str) -> PublicKey:
    """Read a public key back. Raises `CertificateError`."""
    parts = text.strip().split(" ", 2)
    if len(parts) != 3 or parts[0] != "khettara-ed25519":
        raise CertificateError("not a public key of ours", hint="It is one line: khettara-ed25519 BASE64 NAME")
    raw = strict_base64(parts[1])
    if len(raw) != 32:
        raise CertificateError("a public key has 32 bytes")
    return PublicKey(parts[2], raw)


def pre_authentication(payload_type: str, payload: bytes) -> bytes:
    """What DSSE signs (its specification, "PAE"): the type and the payload, each with its length.

    >>> pre_authentication("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def seal_envelope(payload: bytes, key: Key, payload_type: str = PAYLOAD_TYPE) -> dict[str, Any]:
    """A DSSE envelope with one signature."""
    signature = key.sign(pre_authentication(payload_type, payload))
    return {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": payload_type,
        "signatures": [{"keyid": key.keyid, "sig": base64.b64encode(signature).decode()}],
    }


def open_envelope(
    envelope: Mapping[str, Any], trusted: Mapping[str, PublicKey], payload_type: str = PAYLOAD_TYPE
) -> tuple[bytes, PublicKey | None, str | None]:
    """The payload of an envelope, who signed it, and what is wrong with it, if anything.

    Raises:
        CertificateError: it is not an envelope at all, or one of another type.
    """
    try:
        payload = strict_base64(envelope["payload"])
        (entry,) = envelope["signatures"]
        keyid, signature = entry["keyid"], strict_base64(entry["sig"])
        fits = set(envelope) == {"payload", "payloadType", "signatures"} and set(entry) == {"keyid", "sig"} and DIGEST.fullmatch(keyid)
    except (KeyError, TypeError, ValueError) as error:
        raise CertificateError("not a signed envelope") from error
    if not fits or envelope["payloadType"] != payload_type:
        raise CertificateError("not an envelope of ours")
    key = trusted.get(keyid)
    if key is None:
        return payload, None, f"signed by a key that this machine does not trust ({keyid[:16]})"
    if not key.verifies(signature, pre_authentication(payload_type, payload)):
        return payload, None, "the signature does not fit: what was signed was changed"
    return payload, key, None


def read_signed(path: Path, payload_type: str = PAYLOAD_TYPE) -> tuple[dict[str, Any], Any]:
    """The envelope in a file, and what it says; whose word that is, `open_envelope` tells.

    Raises:
        CertificateError: the bytes are not such as `write_signed` leaves, down to the last one.
        OSError: it cannot be read.
    """
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:  # a pipe laid there must not make us wait
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise CertificateError(f"larger than {MOST_BYTES >> 20} MB", where=str(path))
    return parse_signed(data, str(path), payload_type)


def parse_signed(data: bytes, where: str, payload_type: str = PAYLOAD_TYPE) -> tuple[dict[str, Any], Any]:
    """As `read_signed`, from bytes."""
    try:
        envelope = json.loads(data)
        if canonical_json(envelope) + b"\n" != data:
            raise ValueError("not canonical")
        payload, _, _ = open_envelope(envelope, {}, payload_type)
        said = json.loads(payload)
        if canonical_json(said) != payload:
            raise ValueError("not canonical")
    except (ValueError, KeyError, TypeError, RecursionError, rfc8785.CanonicalizationError, CertificateError) as error:
        raise CertificateError("it does not read: it was changed, or is something else", where=where) from error
    return envelope, said


def write_signed(envelope: Mapping[str, Any], path: Path, draft: Path) -> None:
    """Write an envelope in one rename, by way of `draft`."""
    with storage_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("wb") as file:
                file.write(canonical_json(envelope) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)


def strict_base64(text: str) -> bytes:
    """Decode base64 that is written in the one canonical way; raises `CertificateError` for any other spelling of it."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise CertificateError("not base64") from error
    if base64.b64encode(data).decode() != text:
        raise CertificateError("not canonical base64")
    return data
