"""The page of a cleaned dataset: read with lxml, and looked at by a browser where there is one."""

from __future__ import annotations

import html as entities
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html
from tests.builders import document_rows, seal
from tests.clean.planted import PHONE, cleaned

from khettara import house
from khettara.dataset import Dataset
from khettara.errors import DatasetError, KhettaraError
from khettara.studio import dataset_page, page_beside
from khettara.studio.charts import drawn
from khettara.studio.words import LANGUAGES

BROWSER = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
HOSTILE = '<script>alert("1")</script><img src=x onerror=alert(1)> \N{RIGHT-TO-LEFT OVERRIDE}abc'


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return Dataset.open(cleaned(tmp_path_factory.mktemp("page")).parent / "clean")


def read(page: str) -> Any:
    """Parse the page; it must be well-formed even as XML."""
    etree.fromstring(page.replace("<!DOCTYPE html>", "").strip().encode())
    return html.document_fromstring(page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_tells_everything_in_each_language(dataset: Dataset, lang: str) -> None:
    """Counts of the funnel, all rules with their expressions, winners and members, in each language; no word is missing."""
    tree = read(dataset_page(dataset, lang=lang))
    assert (tree.get("lang"), tree.get("dir")) == (lang, "rtl" if lang == "ar" else "ltr")
    text = tree.text_content()
    counts = dataset.manifest.counts
    shown = {float(value) for value in tree.xpath("//data/@value")}
    assert {float(counts["in"]), float(counts["kept"]), *map(float, counts["rejected_by"].values())} <= shown
    for words in ("n_words >= 4", "n_replacement <= 1 and mojibake_share < 0.5", dataset.digest, "planted/story-1.txt", "planted/story-3.txt"):
        assert words in text
    for key in ("funnel_", "_legend", "signal_", "share_", "None", "nan"):
        assert key not in text.replace("letter_share", "").replace("digit_share", ""), key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_asks_for_nothing_from_outside(dataset: Dataset, lang: str) -> None:
    """No script, no address, no file beside it, no style of its own places; its policy forbids them too."""
    page = dataset_page(dataset, lang=lang)
    tree = read(page)
    assert not tree.xpath("//script | //link | //img | //iframe | //object | //@src | //@href | //@style")
    assert not re.search(r"https?://|url\(|@import", page)
    assert tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0].startswith("default-src 'none'; style-src 'sha256-")
    assert PHONE not in page


def test_charts_draw_what_was_counted(dataset: Dataset) -> None:
    """Green never stands higher than all records, each row says its tallest bar, a log scale is said, and thresholds have their line."""
    tree = read(dataset_page(dataset))
    (figure,) = tree.xpath("//figure[.//code = 'n_words']")
    assert figure.xpath(".//li/svg/line[@class='limit']")
    assert "n_words >= 4" in figure.text_content()
    for row in figure.xpath(".//ul/li[not(@class)]"):
        everything, kept = (_heights(path.get("d")) for path in row.xpath(".//path"))
        assert max(everything) == 100
        assert all(green <= brown for green, brown in zip(kept, everything, strict=True))
        assert row.xpath("small/data/@value")
    assert figure.xpath(".//text")


def _heights(path: str) -> list[int]:
    return [100 - int(at) for at in re.findall(r"V(\d+)H", path)]


@given(
    counts=st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any), scale=st.sampled_from(["linear", "log"]), wide=st.floats(1e-6, 1e6)
)
def test_any_histogram_can_be_drawn(counts: list[int], scale: str, wide: float) -> None:
    """A bar is as high as its share of the tallest, and one with a record in it is seen; ticks stand inside the axis, in order."""
    edges = [-0.5 + wide * number for number in range(len(counts) + 1)]
    row = {"lang": "ary", "records": sum(counts), "all": counts, "kept": counts, "beyond": 0}
    chart = drawn({"signal": "n", "scale": scale, "edges": edges, "lines": [{"rule": "r", "keep": "k", "at": [edges[-1], 1e9]}], "rows": [row]})
    heights = _heights(chart["rows"][0]["all"])
    for height, count in zip(heights, counts, strict=True):
        assert (height > 0) == (count > 0)
        assert abs(height - 100 * count / max(counts)) <= 1
    places = [place for place, _ in chart["ticks"]]
    assert places == sorted(places)
    assert all(0 <= place <= 100 for place in places)
    assert len(places) <= 12
    assert chart["lines_at"] == [100.0]


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    """A source or a rule that looks like markup is shown, not obeyed."""
    rows = document_rows(8)
    for row in rows:
        row["source"]["uri"] = f"{HOSTILE}/{row['id']}"
        row["text"] = f"{HOSTILE} {row['text']}"
    seal(tmp_path / "raw", rows)
    recipe = tmp_path / "r.yaml"
    rule = {"rule": HOSTILE, "keep": "n_words >= 1000 and text != '<b>'", "because": HOSTILE}
    stage = {"clean": {"from": "raw", "to": "clean", "steps": ["words"], "rules": [rule]}}
    recipe.write_text(json.dumps({"name": "r", "output": ".", "stages": [stage]}), encoding="utf-8")
    house.run(recipe)
    for page in (dataset_page(Dataset.open(tmp_path / "clean")), (tmp_path / "report.html").read_text(encoding="utf-8")):
        tree = read(page)
        assert not tree.xpath("//script | //img | //@onerror")
        assert "&lt;script&gt;" in page


def test_a_dataset_without_records_has_a_page(tmp_path: Path) -> None:
    """Nothing came in, nothing is drawn, nothing is divided by."""
    seal(tmp_path / "raw", [])
    recipe = tmp_path / "r.yaml"
    recipe.write_text(
        "name: r\noutput: .\nstages: [{clean: {from: raw, to: clean, steps: [words], rules: [{rule: a, keep: n_words > 1, because: b}]}}]\n", "utf-8"
    )
    house.run(recipe)
    for lang in LANGUAGES:
        assert "nan" not in read(dataset_page(Dataset.open(tmp_path / "clean"), lang=lang)).text_content()


def test_a_run_writes_the_pages_and_links_them(tmp_path: Path) -> None:
    """In the language asked for; another language writes them anew, and the same one does not."""
    recipe = cleaned(tmp_path)
    page, report = page_beside(tmp_path / "clean"), tmp_path / "report.html"
    assert read(report.read_text("utf-8")).xpath("//a/@href") == [page.name]
    assert '<html lang="en"' in page.read_text("utf-8")
    done = house.run(recipe, lang="fr")
    assert done.up_to_date
    for file in (page, report):
        assert '<html lang="fr"' in file.read_text("utf-8")
    written = page.stat().st_mtime_ns
    house.run(recipe, lang="fr")
    house.run(recipe)
    assert page.stat().st_mtime_ns == written
    page.unlink()
    house.run(recipe)
    assert page.is_file()
    with pytest.raises(KhettaraError, match="en, ar, fr"):
        house.run(recipe, lang="de")


def test_the_page_lies_outside_the_dataset(dataset: Dataset, tmp_path: Path) -> None:
    """A sealed dataset never changes; of one that was not cleaned there is no such page."""
    digest = dataset.digest
    assert house.report(dataset.path, tmp_path / "p.html", lang="ar") == tmp_path / "p.html"
    assert house.report(dataset.path) == dataset.path.parent / "report-clean.html"
    assert Dataset.open(dataset.path).digest == digest
    assert dataset.verify() == []
    with pytest.raises(DatasetError, match="khettara show"):
        house.report(dataset.path.parent / "raw")


_LOOK = """
const box = e => e.getBoundingClientRect();
const there = e => e.getClientRects().length;
const blocks = [...document.querySelectorAll('main *')].filter(e => there(e) && !e.closest('svg') && getComputedStyle(e).display != 'inline');
const cut = blocks.filter(e => box(e).right > innerWidth + 1 || box(e).left < -1 || e.scrollWidth > e.clientWidth + 1);
const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
const rows = [...document.querySelectorAll('.bars>li, .hist>li')];
const over = rows.filter(row => {
  const parts = [...row.children].map(box).filter(r => r.width && r.height);
  return parts.some((a, i) => parts.slice(i + 1).some(b => meet(a, b)));
});
const flat = [...document.querySelectorAll('svg.plot, svg.bar')].filter(e => there(e) && box(e).width < 60);
const tell = list => list.map(e => e.outerHTML.slice(0, 300));
parent.document.title = JSON.stringify({
  width: innerWidth, page: document.documentElement.scrollWidth, rows: rows.length, cut: tell(cut), over: tell(over), flat: tell(flat)
});
"""


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [390, 1100])
def test_a_browser_shows_it_whole(dataset: Dataset, tmp_path: Path, lang: str, width: int) -> None:
    """On a telephone and on a desk, in each language: nothing is cut, nothing lies over its neighbour, and charts have room."""
    if BROWSER is None:
        pytest.skip("no Chromium is installed")
    page = dataset_page(dataset, lang=lang).replace("<details>", '<details open="open">')
    page = re.sub(r"<meta http-equiv=.*?/>", "", page).replace("</body>", f"<script>{_LOOK}</script></body>")
    file = tmp_path / "page.html"
    frame = (
        f'<iframe width="{width}" height="900" style="border:0" srcdoc="{entities.escape(page)}"></iframe>'  # no window is as narrow as a telephone
    )
    file.write_text(f"<!DOCTYPE html><title></title>{frame}", encoding="utf-8")
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}", "--window-size=1300,1000"]
    done = subprocess.run([*command, "--dump-dom", file.as_uri()], capture_output=True, text=True, timeout=120, check=True)
    title = re.search(r"<title>(.*?)</title>", done.stdout, re.DOTALL)
    assert title
    looked = json.loads(entities.unescape(title[1]))
    assert looked["width"] == width
    assert looked["rows"] > 10
    assert (looked["cut"], looked["over"], looked["flat"]) == ([], [], [])
    assert looked["page"] <= width
