"""The page of a certificate: read with lxml, in three languages, and printed where there is a browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html
from tests.builders import document_rows, seal

from khettara import house
from khettara.certify import certify
from khettara.dataset import Dataset
from khettara.dataset.certificate import Certificate
from khettara.dataset.findings import read_findings
from khettara.dataset.signing import new_key
from khettara.errors import CertificateError, KhettaraError, MissingExtra
from khettara.studio import browser, certificate_page, print_pdf
from khettara.studio.map import region_map
from khettara.studio.measures import measure_row
from khettara.studio.words import LANGUAGES

REGISTER = Path(__file__).resolve().parents[2] / "samples" / "register.csv"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The register of the samples, repaired and certified (refused, for it names persons)."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("certificate")
        patch.setenv("KHETTARA_HOME", str(folder / "home"))
        house.repair(REGISTER, folder / "register", licence="CC0-1.0")
        certify(folder / "register", "open-data", new_key("Data office of Ain Zerqa"))
        yield Dataset.open(folder / "register")


def read(page: str) -> Any:
    """Parse the page; it must be well-formed even as XML."""
    etree.fromstring(page.replace("<!DOCTYPE html>", "").strip().encode())
    return html.document_fromstring(page)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_says_verdict_signer_reasons_and_findings_in_each_language(dataset: Dataset, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every finding with its cause in the page's language, every measure by its id, who signed, and no word without a translation."""
    monkeypatch.setenv("KHETTARA_HOME", str(dataset.path.parent / "home"))
    tree = read(certificate_page(dataset, lang=lang))
    assert (tree.get("lang"), tree.get("dir")) == (lang, "rtl" if lang == "ar" else "ltr")
    text = tree.text_content()
    said = Certificate.read(dataset.path).predicate
    findings = read_findings(dataset)
    assert findings is not None
    assert tree.xpath(f"//section[contains(@class, 'verdict') and contains(@class, '{said['verdict']}')]")
    assert "Data office of Ain Zerqa" in text
    for finding in findings.findings:
        assert finding.cause[lang] in text
    for measure in said["measures"]:
        assert not measure["id"] or measure["id"] in text
    for key in ("verdict_", "state_", "family_", "status_", "block_", "None", "nan"):
        assert key not in text, key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_asks_for_nothing_from_outside(dataset: Dataset, lang: str) -> None:
    page = certificate_page(dataset, lang=lang)
    tree = read(page)
    assert not tree.xpath("//script | //link | //img | //iframe | //object | //@src | //@href | //@style")
    assert not re.search(r"https?://|url\(|@import", page)


def test_pictures_show_what_is_missing_and_both_states_of_numbers(dataset: Dataset) -> None:
    """The stripes of a column lie where its cells are empty (glycaemia: in the first 250 of 900 rows), and each chart has two outlines."""
    tree = read(certificate_page(dataset))
    (line,) = tree.xpath("//ul[contains(@class, 'holes')]/li[contains(., 'Glycémie')]")
    places = [float(rect.get("x").rstrip("%")) for rect in line.xpath(".//rect")]
    assert places
    assert max(places) <= 100 * 260 / 900
    assert all(len(figure.xpath(".//svg/svg/path")) == 2 for figure in tree.xpath("//figure[@class='signal']"))


def test_a_page_of_documents_tells_their_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHETTARA_HOME", str(tmp_path / "home"))
    seal(tmp_path / "docs", document_rows(20))
    certify(tmp_path / "docs", "pretraining", new_key("Office"))
    page = house.certificate_report(tmp_path / "docs", lang="fr")
    assert page == tmp_path / "certificate-docs.html"
    assert "Darija" in read(page.read_text(encoding="utf-8")).text_content()


def test_without_a_certificate_there_is_no_page(tmp_path: Path) -> None:
    seal(tmp_path / "docs", document_rows(2))
    with pytest.raises(CertificateError, match="no certificate"):
        certificate_page(Dataset.open(tmp_path / "docs"))
    with pytest.raises(KhettaraError, match="no words in 'es'"):
        certificate_page(Dataset.open(tmp_path / "docs"), lang="es")


def test_the_map_has_all_regions_and_shades_grow_with_the_ratio() -> None:
    """Twelve regions, no square in two of them; a quarter of what is expected is dark brown, four times is dark blue, nothing is grey."""
    drawn = region_map({"06": 5.0, "12": 0.1, "01": 1.0}, {"06": "Casablanca-Settat"})
    shades = {region["code"]: region["shade"] for region in drawn["regions"]}
    assert len(shades) == 12
    assert (shades["06"], shades["12"], shades["01"], shades["02"]) == (6, 0, 3, None)
    starts = [start for region in drawn["regions"] for start in re.findall(r"M([\d.]+ \d+)", region["d"])]
    assert len(starts) == len(set(starts)) > 100
    assert len(re.findall("M", drawn["borders"])) > 50


def test_it_prints_as_pdf_or_says_what_to_install(dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.html"
    page.write_text(certificate_page(dataset, lang="ar"), encoding="utf-8")
    if browser() is not None:
        assert print_pdf(page, tmp_path / "page.pdf").read_bytes().startswith(b"%PDF-")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingExtra, match="apt-get install chromium"):
        print_pdf(page, tmp_path / "other.pdf")


def test_next_steps_name_the_rights_and_what_was_not_measured(dataset: Dataset) -> None:
    """What refused is what is to be done: rights by article, in the page's language, and demands that nothing could answer."""
    steps = read(certificate_page(dataset, lang="fr")).xpath("//ol[@class='next']")[0].text_content()
    said = Certificate.read(dataset.path).predicate
    refusing = [check for check in said["rights"]["checks"] if check["passed"] is False and check["required"]]
    assert refusing
    for check in refusing:
        assert check["words"]["fr"][1:] in steps
    assert "loi 09-08, article" in steps
    assert "law 09-08" not in steps
    assert "données de santé" in steps
    unmet = [each for each in said["measures"] if each["because"] is not None and not each["passed"]]
    assert all(each["titles"]["fr"] in steps for each in unmet if each["id"])


def test_what_people_attest_shows_its_value() -> None:
    """An attested measure has a value and an outcome, as one that was counted has; a missing one has neither."""
    row = measure_row({"status": "evidenced", "value": 0.98, "numerator": 196, "denominator": 200, "minimum": 0.98, "passed": True})
    assert (row["value"], row["outcome"]) == (0.98, "passed")
    assert measure_row({"status": "missing", "value": None, "minimum": 0.98, "passed": False})["outcome"] == "not_computed"
