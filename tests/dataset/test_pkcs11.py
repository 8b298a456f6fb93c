"""Keys on tokens, tried on SoftHSM: what the token signs verifies like any other signature."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from tests.builders import document_rows, seal

from khettara.certify import certify
from khettara.dataset.gate import Certified
from khettara.dataset.pkcs11 import NAME, PIN, new_token_key, token_key
from khettara.dataset.signing import key_home, load_key, new_key, trusted_keys
from khettara.errors import KeyMissing

MODULES = [Path(folder) / "softhsm/libsofthsm2.so" for folder in ("/usr/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/local/lib")]


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The library of a token in software, with one fresh token."""
    pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed (pip install 'khettara[pkcs11]')")
    found = next((path for path in MODULES if path.exists()), None)
    if found is None or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM is not installed (apt install softhsm2)")
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nlog.level = ERROR\n", encoding="utf-8")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    monkeypatch.setenv(PIN, "5678")
    command = ["softhsm2-util", "--init-token", "--free", "--label", "khettara", "--so-pin", "1234", "--pin", "5678"]
    subprocess.run(command, check=True, capture_output=True)
    return str(found)


def test_a_token_signs_certificates(module: str, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key is made on the token, found again, signs; the gate opens without a PIN, since the public half is enough to check.

    One test for all of it: the library opens its tokens once in a process, and would not see another's.
    """
    made = new_token_key("Data office of Aïn Zerqa", module, "khettara")
    assert token_key() == made
    assert set(trusted_keys()) == {made.keyid}
    path = seal(tmp_path / "clean", document_rows(20))
    certify(path, "pretraining", load_key(), now)
    monkeypatch.delenv(PIN)
    assert Certified.open(path, "pretraining", now=now).certificate_digest
    assert not (key_home() / "key.pem").exists()
    with pytest.raises(KeyMissing, match="PIN is not given"):
        load_key().sign(b"x")
    monkeypatch.setenv(PIN, "0000")
    with pytest.raises(KeyMissing, match="does not answer"):
        load_key().sign(b"x")
    with pytest.raises(KeyMissing, match="a key already"):
        new_token_key("another", module, "khettara")


def test_a_token_that_is_not_named_is_an_error(tmp_path: Path) -> None:
    """A settings file that names no key is a message; a key in a file is not replaced by one on a token."""
    key_home().mkdir()
    (key_home() / NAME).write_text("module = 5\n", encoding="utf-8")
    with pytest.raises(KeyMissing, match="does not name a key"):
        load_key()
    (key_home() / NAME).unlink()
    new_key("an office")
    with pytest.raises(KeyMissing, match="a key already"):
        new_token_key("an office", "nowhere.so", "khettara")
