"""How well languages are told apart in corpora that the table at hand did not learn from; the figures of docs/darija.md.

    python -m benchmarks.darija            prints the tables
    python -m benchmarks.darija --write    puts them into docs/darija.md, and the matrix beside it

For each corpus a table is trained on all others and asked about this one. In a class, each source weighs the same; every
class weighs the same. Lines written or derived for this project are learnt from, never tested on, but in the one table that says so.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.darija import tone
from benchmarks.darija.asked import VIEWS, audited, items, leave_out, tifinagh
from benchmarks.darija.baselines import baselines
from benchmarks.darija.further import ablations, own_table, random_split, switching
from benchmarks.darija.peers import peers, speeds
from benchmarks.darija.tables import arabizi_table, class_table, draw, genre_table, markdown, peer_table, sure_table, view_table
from benchmarks.texts import data_folder

from benchmarks import environments
from khettara.darija.model import language_model
from khettara.darija.sources import SOURCES
from khettara.darija.train import collect

ROOT = Path(__file__).parents[2]

PAGE = ROOT / "docs" / "darija.md"

CARD = ROOT / "src" / "khettara" / "darija" / "models" / "README.md"

MATRIX = ROOT / "docs" / "darija-confusion.svg"


def report(root: Path, with_ablations: bool, with_peers: bool) -> tuple[str, str]:
    """The page's figures, and the picture."""
    rows = collect(root, SOURCES)
    # What is screened by marker words is too easy a test for Darija of posts: rows labelled by reading stand in.
    tested = [item for item in items(rows) if item.source != "afrisenti-ary-arab"] + audited(root) + items(tifinagh(root))
    calibration = language_model().calibration
    found = leave_out(rows, tested, list(VIEWS), calibration)
    whole = found["whole text"]
    table_, shares, classes = class_table(whole, rows)
    parts = [
        f"{len(whole):,} texts of {len({item.corpus for item in tested})} corpora, each asked of a table that never saw its corpus.",
        table_,
        f"![What was said of texts of each class]({MATRIX.name})",
        "### Views and trivial baselines",
        view_table(found | baselines(rows, tested)),
        f"A random tenth of the same rows, the usual split, would have said {random_split(rows):.3f}.",
        "### Arabizi",
        arabizi_table(whole),
        "### Spanish and other languages: no collected corpus, so lines of ours about lines of ours, which flatters",
        own_table(rows, whole),
        "### When only sure answers count",
        sure_table(whole),
        "### By genre",
        genre_table(whole),
        "### Word by word",
        switching(root, rows),
        "### Speed",
        markdown(["`identify_column`", "MB/s, one core"], [[name, f"{value:.0f}"] for name, value in speeds(rows)]),
    ]
    if with_ablations:
        parts += ["### What our own lines bring", ablations(rows, tested, calibration, whole)]
    if with_peers:
        parts += ["### Beside other identifiers", peer_table(peers(whole, environments.usual_folder()))]
    return "\n\n".join(parts), draw(shares, classes)


FIGURES = ("<!-- figures: python -m benchmarks.darija --write -->", "<!-- end of figures -->")


def publish(figures: str, picture: str) -> None:
    """Put the figures into the page, those by class and length into the card beside the table, and the picture into docs."""
    _put(PAGE, *FIGURES, figures)
    by_class, views = figures.split("![", 1)[0].strip(), figures.split("### Views and trivial baselines", 1)[1].split("###", 1)[0].strip()
    _put(CARD, *FIGURES, f"{by_class}\n\n{views}")
    sources = json.loads((CARD.parent / "language.json").read_text("utf-8"))["sources"]
    body = [[row["class"], row["source"], row["corpus"], row["licence"], "made" if row["made"] else "collected", row["rows"]] for row in sources]
    _put(CARD, "<!-- sources -->", "<!-- end of sources -->", markdown(["class", "source", "corpus", "licence", "", "rows"], body))
    MATRIX.write_text(picture, "utf-8")


def publish_tones(figures: str) -> None:
    """Put the figures of sentiment and offence into the page and the card."""
    for page in (PAGE, CARD):
        _put(page, *tone.MARKS, figures)


def _put(page: Path, begin: str, end: str, text: str) -> None:
    """Replace what stands between two marks."""
    before, _, rest = page.read_text("utf-8").partition(begin)
    page.write_text(f"{before}{begin}\n\n{text}\n\n{end}{rest.partition(end)[2]}", "utf-8")


def main() -> int:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=data_folder(), help="the folder of corpora; by default what KHETTARA_DATA names")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/darija.md")
    parser.add_argument("--without-peers", action="store_true")
    parser.add_argument("--without-ablations", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"no data at {options.data}: name their folder with --data", file=sys.stderr)
        return 2
    figures, picture = report(options.data, not options.without_ablations, not options.without_peers)
    tones = tone.tables(options.data)
    print(figures, tones, sep="\n\n")
    if options.write:
        publish(figures, picture)
        publish_tones(tones)
    return 0


if __name__ == "__main__":
    sys.exit(main())
