"""A page as PDF, printed by the browser of the system: it sets Arabic right, and nothing has to be installed twice.

print_pdf(Path("certificate-register.html"), Path("register.pdf"))
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from khettara.errors import MissingExtra, StorageError, storage_errors

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE_S = 120


def browser() -> str | None:
    """The browser that prints, if the system has one."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def print_pdf(page: Path, pdf: Path) -> Path:
    """Print a page on A4. The browser runs without a window and without a network.

    Raises:
        MissingExtra: the system has no such browser.
        StorageError: it could not print.
    """
    program = browser()
    if program is None:
        raise MissingExtra(
            "printing needs a browser", where=str(pdf), hint="Install one: sudo apt-get install chromium. The page itself opens anywhere."
        )
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / "page.pdf"
        command = [program, "--headless", "--disable-gpu", "--no-pdf-header-footer", "--proxy-server=127.0.0.1:9"]
        command += ["--no-sandbox"] if os.geteuid() == 0 else []  # its sandbox refuses to work for root
        command += [f"--user-data-dir={folder}/profile", f"--print-to-pdf={draft}", page.resolve().as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, timeout=PATIENCE_S, check=False)
        except subprocess.TimeoutExpired as error:
            raise StorageError(f"the browser did not print within {PATIENCE_S} s", where=str(page)) from error
        if not draft.is_file():
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise StorageError(f"the browser did not print: {said[-1] if said else f'exit status {done.returncode}'}", where=str(page))
        with storage_errors(pdf):
            shutil.copyfile(draft, pdf)
    return pdf
