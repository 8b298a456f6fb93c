"""Keys and envelopes: a key is kept and never replaced, and only what it signed verifies."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from khettara.dataset.signing import (
    Key,
    PublicKey,
    key_home,
    load_key,
    new_key,
    open_envelope,
    own_key_path,
    parse_public,
    pre_authentication,
    render_public,
    seal_envelope,
    strict_base64,
    trusted_keys,
)
from khettara.errors import CertificateError, KeyMissing


def test_a_key_is_kept_and_never_replaced(key: Key) -> None:
    """The key is there for the next command, readable by its owner alone, and a second one is refused."""
    assert load_key().keyid == key.keyid
    assert load_key().name == "Data office of Aïn Zerqa"
    assert own_key_path().stat().st_mode & 0o077 == 0
    kept = own_key_path().read_bytes()
    with pytest.raises(KeyMissing, match="a key already"):
        new_key("somebody else")
    assert own_key_path().read_bytes() == kept
    assert sorted(path.name for path in key_home().iterdir()) == ["key.pem", "key.pub"]


def test_without_a_key_the_command_that_makes_one_is_named() -> None:
    """Nothing to sign with: the message says what to type."""
    with pytest.raises(KeyMissing, match="khettara keys new"):
        load_key()


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", b"\xff\xfe"])
def test_a_damaged_key_is_a_message(key: Key, content: bytes) -> None:
    """A key file that does not read is said to be one, without a traceback, and leaves trust in others as it was."""
    own_key_path().write_bytes(content)
    with pytest.raises(KeyMissing, match="does not read"):
        load_key()
    assert key.keyid in trusted_keys()


def test_ones_own_key_is_trusted_without_its_public_file(key: Key) -> None:
    """Losing key.pub loses the owner's name, not the trust."""
    own_key_path().with_suffix(".pub").unlink()
    assert trusted_keys()[key.keyid].name == "unnamed"


def test_a_new_key_does_not_silently_orphan_what_the_old_one_signed(key: Key) -> None:
    """With the private half moved away, the public half is asked about before another key takes its place."""
    own_key_path().unlink()
    with pytest.raises(KeyMissing, match="go on trusting"):
        new_key("the same office")
    trusted = key_home() / "trusted"
    trusted.mkdir()
    own_key_path().with_suffix(".pub").rename(trusted / "old.pub")
    second = new_key("the same office")
    assert {key.keyid, second.keyid} == set(trusted_keys())


def test_what_does_not_read_is_not_trusted(key: Key) -> None:
    """Rubbish among the trusted keys neither counts nor stops the others."""
    folder = key_home() / "trusted"
    folder.mkdir()
    for name, content in {"a": b"", "b": b"\xff", "c": b"ssh-ed25519 AAAA me", "d": b"khettara-ed25519 AAAA short"}.items():
        (folder / f"{name}.pub").write_bytes(content)
    (folder / "e.pub").mkdir()
    assert set(trusted_keys()) == {key.keyid}


def test_public_keys_survive_the_trip(key: Key) -> None:
    """A public key written for another office reads back as the same key."""
    assert parse_public(render_public(key.public)) == key.public


def test_the_envelope_is_that_of_the_specification(key: Key) -> None:
    """The signed bytes are DSSE's pre-authentication encoding of type and payload."""
    envelope = seal_envelope(b"{}", key)
    assert pre_authentication(envelope["payloadType"], b"{}") == b"DSSEv1 28 application/vnd.in-toto+json 2 {}"
    assert open_envelope(envelope, trusted_keys()) == (b"{}", key.public, None)


def test_only_the_signed_bytes_verify(key: Key) -> None:
    """No flipped bit of message or signature, and no other key, verifies."""
    message, chance = b"what was measured", random.Random(3)
    signature = key.sign(message)
    assert key.public.verifies(signature, message)
    for bit in range(8 * len(signature)):
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        assert not key.public.verifies(bytes(changed), message)
    for bit in range(8 * len(message)):
        changed = bytearray(message)
        changed[bit // 8] ^= 1 << bit % 8
        assert not key.public.verifies(signature, bytes(changed))
    assert not PublicKey("another", chance.randbytes(32)).verifies(signature, message)
    assert not key.public.verifies(signature[:-1], message)


@pytest.mark.parametrize("text", ["QQ=", "QQ", "QR==", "QQ==\n", " QQ==", "Q-==", "QQ==QQ==", "é"])
def test_base64_has_one_spelling(text: str) -> None:
    """`QQ==` is the only way to write the byte A: what decodes to it in another spelling is refused."""
    assert strict_base64("QQ==") == b"A"
    with pytest.raises(CertificateError):
        strict_base64(text)


def envelopes(key: Key) -> list[Any]:
    sound = seal_envelope(b"{}", key)
    (entry,) = sound["signatures"]
    return [
        [],
        "x",
        {},
        sound | {"more": 1},
        sound | {"payload": 5},
        sound | {"payloadType": "text/plain"},
        sound | {"signatures": []},
        sound | {"signatures": [entry, entry]},
        sound | {"signatures": [entry | {"more": 1}]},
        sound | {"signatures": [entry | {"keyid": "\x1b[2J"}]},
        sound | {"signatures": [entry | {"keyid": ["x"]}]},
        sound | {"signatures": [entry | {"sig": entry["sig"][:-1]}]},
    ]


@pytest.mark.parametrize("number", range(12))
def test_what_is_no_envelope_is_refused(key: Key, number: int) -> None:
    """Anything but the three fields and one signature is not an envelope, and is refused before anything in it is shown."""
    with pytest.raises(CertificateError):
        open_envelope(envelopes(key)[number], trusted_keys())


def test_an_unwritable_home_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file where the folder of keys should be: a message, and no half-made key."""
    from khettara.errors import StorageError

    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("KHETTARA_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(StorageError):
        new_key("an office")
