"""Reading tables: whatever state they are in, each is read or refused with its reason, and no row is lost."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.builders import document_rows, seal

from khettara.errors import DatasetError, SourceError
from khettara.tables import Table
from khettara.tables import reading as reading_module
from khettara.tables.reading import read_table

BODY = "AB123456;Fatima;34;Tiznit\nJ40112;Brahim;51;Agadir\nJC5521;Zahra;8;Tiznit\nD88731;Omar;44;Fès\n"


def table(tmp_path: Path, content: str | bytes, name: str = "register.csv") -> Table:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path)


def cells(read: Table) -> list[tuple[str | None, ...]]:
    """All rows."""
    columns = [[cell for piece in column.pieces() for cell in piece.to_pylist()] for column in read.columns]
    return list(zip(*columns, strict=True))


def kinds(read: Table) -> dict[str, int]:
    """Notes, by kind."""
    return {note["kind"]: note["count"] for note in read.notes}


@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
def test_any_separator(tmp_path: Path, mark: str) -> None:
    read = table(tmp_path, ("CIN;Nom;Âge;Ville\n" + BODY).replace(";", mark))
    assert read.names == ("CIN", "Nom", "Âge", "Ville")
    assert read.records == 4
    assert cells(read)[0] == ("AB123456", "Fatima", "34", "Tiznit")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1256"])
def test_any_encoding(tmp_path: Path, encoding: str) -> None:
    text = "الاسم;السن;المدينة\n" + "".join(f"محمد بن علي;{age};الدار البيضاء\n" for age in range(20, 40))
    read = table(tmp_path, text.encode(encoding))
    assert read.names == ("الاسم", "السن", "المدينة")
    assert cells(read)[0] == ("محمد بن علي", "20", "الدار البيضاء")
    assert ("encoding" in kinds(read)) == (not encoding.startswith("utf-8"))


def test_lines_in_two_encodings_are_each_read_in_theirs(tmp_path: Path) -> None:
    sound = "".join(f"Région de l'Oriental;Guercif été {n};{n}\n" for n in range(30)).encode()
    broken = "Fès-Meknès;Séfrou préfecture;99\n".encode("cp1252")
    read = table(tmp_path, "région;commune;nombre\n".encode() + sound + broken)
    assert cells(read)[-1] == ("Fès-Meknès", "Séfrou préfecture", "99")
    assert kinds(read)["mixed_encoding"] == 1


def test_no_header(tmp_path: Path) -> None:
    read = table(tmp_path, BODY)
    assert read.names == ("column_1", "column_2", "column_3", "column_4")
    assert read.records == 4
    assert "no_header" in kinds(read)


def test_two_headers_in_two_languages_become_one_title(tmp_path: Path) -> None:
    read = table(tmp_path, "CIN;Nom;Âge;Ville\nرقم البطاقة;الاسم;السن;المدينة\n" + BODY)
    assert read.names == ("CIN / رقم البطاقة", "Nom / الاسم", "Âge / السن", "Ville / المدينة")
    assert read.records == 4


def test_a_record_in_arabic_below_a_french_header_stays_a_record(tmp_path: Path) -> None:
    read = table(tmp_path, "nom;ville;avis\nفاطمة;تزنيت;زوين\nابراهيم;أكادير;خايب\nزهرة;تزنيت;زوين\nعمر;فاس;زوين\n")
    assert read.names == ("nom", "ville", "avis")
    assert read.records == 4


def test_merged_header_cells_name_all_their_columns(tmp_path: Path) -> None:
    read = table(tmp_path, "Identité;;Adresse;;\nCIN;Nom;Rue;Ville;Code\n" + "".join(f"AB1234{n};Ali;Rue 5;Fès;3000{n}\n" for n in range(5)))
    assert read.names == ("Identité / CIN", "Identité / Nom", "Adresse / Rue", "Adresse / Ville", "Adresse / Code")
    assert read.records == 5


def test_titles_above_the_header_are_set_aside_and_said(tmp_path: Path) -> None:
    read = table(tmp_path, "Registre communal d'Ain Zerqa;;;\n;;;\nAnnée 2024;;;\nCIN;Nom;Âge;Ville\n" + BODY)
    assert read.names == ("CIN", "Nom", "Âge", "Ville")
    assert "Registre communal" in next(note for note in read.notes if note["kind"] == "title_rows")["words"]["fr"]


def test_years_may_be_titles(tmp_path: Path) -> None:
    read = table(tmp_path, "commune,2014,2024\nAin Zerqa,10420,11800\nOulad Brahim,8120,7950\nTamda,990,1010\n")
    assert read.names == ("commune", "2014", "2024")
    assert read.records == 3


def test_totals_blank_rows_and_repeated_headers_are_set_aside(tmp_path: Path) -> None:
    groups = (
        "commune;douar;habitants\n"
        + "Ain Zerqa;Tizi;120\nAin Zerqa;Lqsar;80\nSous-total;;200\n;;\ncommune;douar;habitants\nTamda;Aghbalu;90\nTotal général;;290\n"
    )
    read = table(tmp_path, groups)
    assert [row[1] for row in cells(read)] == ["Tizi", "Lqsar", "Aghbalu"]
    assert kinds(read) == {"separator": 1, "total": 2, "empty": 1, "repeated_header": 1}
    assert [(row.line, row.reason) for row in read.aside] == [(4, "total"), (5, "empty"), (6, "repeated_header"), (8, "total")]


def test_an_arabic_total_at_the_end(tmp_path: Path) -> None:
    read = table(tmp_path, "الجماعة,السكان\n" + "".join(f"عين {n},{n * 10}\n" for n in range(1, 9)) + "المجموع العام,360\n")
    assert read.records == 8
    assert read.aside[0].reason == "total"


def test_total_as_a_category_is_no_total_row(tmp_path: Path) -> None:
    """A statistical table in long form holds totals as its subject."""
    rows = "".join(f"{sex},{age},{age * 3}\n" for sex in ("Total", "Masculin", "Féminin") for age in range(10))
    assert table(tmp_path, "sexe,âge,population\n" + rows).records == 30


@pytest.mark.parametrize("count", [3, 3000])
def test_few_and_many_columns(tmp_path: Path, count: int) -> None:
    header = ",".join(f"question {n} / سؤال {n}" for n in range(count))
    rows = "\n".join(",".join(str((n * 7 + row) % 5) for n in range(count)) for row in range(30))
    read = table(tmp_path, f"{header}\n{rows}\n")
    assert (len(read.columns), read.records) == (count, 30)


def test_one_row(tmp_path: Path) -> None:
    assert table(tmp_path, "CIN,Nom,Âge\nAB123456,Fatima,34\n").records == 1
    alone = table(tmp_path, "AB123456,Fatima,34\n")
    assert (alone.records, alone.names[0]) == (1, "column_1")
    only_header = table(tmp_path, "CIN,Nom,Âge\n")
    assert (only_header.records, only_header.names) == (0, ("CIN", "Nom", "Âge"))
    assert "no_records" in kinds(only_header)


def test_one_column(tmp_path: Path) -> None:
    read = table(tmp_path, "remarque\nUne phrase, avec une virgule\nune autre\nالما مقطوع, من البارح\nune dernière\n")
    assert read.names == ("remarque",)
    assert read.records == 4


def test_rows_with_another_separator_are_read_with_theirs(tmp_path: Path) -> None:
    read = table(tmp_path, "CIN;Nom;Âge;Ville\n" + BODY + "K1234,Hassan,60,Taza\n" + BODY)
    assert cells(read)[4] == ("K1234", "Hassan", "60", "Taza")
    assert read.records == 9
    assert kinds(read)["mixed_separators"] == 1


def test_rows_with_too_few_or_too_many_cells_are_set_aside_whole(tmp_path: Path) -> None:
    read = table(tmp_path, "CIN;Nom;Âge;Ville\n" + BODY + "K1234;Hassan\n" + BODY + "K99;Ali;5;Taza;encore\n")
    assert read.records == 8
    assert [(row.line, row.text, row.reason) for row in read.aside] == [
        (6, "K1234;Hassan", "too_few_cells"),
        (11, "K99;Ali;5;Taza;encore", "too_many_cells"),
    ]


def test_no_table_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no table"):
        table(tmp_path, "a;b\nc;d\ne;f\n" + "".join(";".join("x" * (3 + n % 5)) + "\n" for n in range(4000)) + "a;b\n" * 3)


def test_cells_over_several_lines(tmp_path: Path) -> None:
    read = table(tmp_path, 'CIN;Remarque\nAB1;"première\nligne; ""citée"""\nAB2;rien\n')
    assert cells(read) == [("AB1", 'première\nligne; "citée"'), ("AB2", "rien")]


def test_a_quotation_mark_that_nothing_closes_costs_no_other_row(tmp_path: Path) -> None:
    rows = "".join(f"AB{n};tuyau {n}\n" for n in range(50))
    read = table(tmp_path, 'CIN;Article\nAB0;"tuyau de 12\n' + rows + 'AB77;12" acier\n' + rows)
    assert read.records == 102
    assert cells(read)[0] == ("AB0", '"tuyau de 12')
    assert cells(read)[51] == ("AB77", '12" acier')
    assert kinds(read)["unbalanced_quotes"] == 1


def test_titles_that_are_empty_or_come_twice(tmp_path: Path) -> None:
    read = table(tmp_path, "CIN;;Nom;Nom\n" + BODY)
    assert read.names == ("CIN", "column_2", "Nom", "Nom (2)")
    assert [column.title for column in read.columns] == ["CIN", "", "Nom", "Nom"]
    assert {"empty_titles", "same_titles"} <= set(kinds(read))


def test_invisible_marks_of_direction_are_no_part_of_a_title(tmp_path: Path) -> None:
    read = table(tmp_path, "\u200fالاسم\u200f;\u202bالسن\u202c;المدينة\n" + "فاطمة;34;تزنيت\nعمر;8;فاس\nزهرة;51;فاس\n")
    assert read.names == ("الاسم", "السن", "المدينة")


def test_null_bytes_are_left_out(tmp_path: Path) -> None:
    read = table(tmp_path, ("CIN;Nom;Âge;Ville\n" + BODY).encode().replace(b"Omar", b"Om\0ar"))
    assert cells(read)[3][1] == "Omar"
    assert kinds(read)["null_bytes"] == 1


def test_a_column_of_nulls(tmp_path: Path) -> None:
    read = table(tmp_path, "CIN,vide,Âge\nAB1,,3\nAB2,,4\n")
    assert [row[1] for row in cells(read)] == [None, None]


def test_cells_of_ten_megabytes(tmp_path: Path) -> None:
    long = "الما " * (10 << 20 >> 3)
    read = table(tmp_path, "id,texte\n1,court\n" + "".join(f"{n},{long}\n" for n in range(2, 5)))
    assert read.records == 4
    assert cells(read)[3] == ("4", long)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "no bytes"),
        (b"  \n \n", "only blanks"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "a picture"),
        (b"%PDF-1.7 " + bytes(50), "a PDF"),
        (bytes(range(1, 9)) * 100, "no text"),
        (b"PK\x03\x04" + bytes(200), "not a workbook"),
        (b"PAR1" + bytes(200), "Parquet"),
    ],
)
def test_what_is_no_table_is_refused_by_what_it_is(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(SourceError, match=what):
        table(tmp_path, content)


def test_paths_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        read_table(tmp_path / "absent.csv")
    with pytest.raises(SourceError, match="a folder"):
        read_table(tmp_path)
    with pytest.raises(DatasetError, match="a dataset of documents"):
        read_table(seal(tmp_path / "texts", document_rows(3)))


def test_parquet_of_any_types(tmp_path: Path) -> None:
    held = pa.table(
        {
            "n": pa.array([1, None, 3]),
            "x": pa.array([1.5, 2.0, None]),
            "day": pa.array([dt.date(2024, 3, 12), None, dt.date(2024, 1, 1)]),
            "city": pa.array(["Fès", "", "Fès"]).dictionary_encode(),
            "tags": pa.array([["a"], [], None]),
        }
    )
    pq.write_table(held, tmp_path / "t.parquet")
    read = read_table(tmp_path / "t.parquet")
    assert cells(read) == [("1", "1.5", "2024-03-12", "Fès", '["a"]'), (None, "2", None, None, "[]"), ("3", None, "2024-01-01", "Fès", None)]


def workbook(path: Path) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    first = book.active
    first.title = "Lisez-moi"
    first["A1"] = "Registre de 2024"
    sheet = book.create_sheet("السجل")
    sheet.append(["Registre communal", None, None, None])
    sheet.append(["Identité", None, "Naissance", None])
    sheet.merge_cells("A2:B2")
    sheet.merge_cells("C2:D2")
    sheet.append(["CIN", "Nom", "Date", "Commune"])
    for n in range(5):
        sheet.append([f"AB12345{n}", "فاطمة", dt.date(1990, 1, 1 + n), "Tiznit"])
    sheet.append([None, None, None, None])
    sheet.append(["Total", None, 5, None])
    book.save(path)
    return path


def test_a_workbook_with_merged_headers(tmp_path: Path) -> None:
    read = read_table(workbook(tmp_path / "registre.xlsx"))
    assert read.names == ("Identité / CIN", "Identité / Nom", "Naissance / Date", "Naissance / Commune")
    assert cells(read)[0] == ("AB123450", "فاطمة", "1990-01-01", "Tiznit")
    assert read.records == 5
    assert {"sheet", "title_rows", "total"} <= set(kinds(read))


def test_a_sheet_by_name_or_number(tmp_path: Path) -> None:
    path = workbook(tmp_path / "registre.xlsx")
    assert read_table(path, sheet="السجل").records == read_table(path, sheet="2").records == 5
    with pytest.raises(SourceError, match="no sheet 'Feuil9'"):
        read_table(path, sheet="Feuil9")
    with pytest.raises(SourceError, match="no sheets"):
        read_table(write(tmp_path / "t.csv", "a,b\n1,2\n"), sheet="1")


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_large_table_lies_on_disk_and_gives_the_same_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In parts, each row comes once; totals and blank rows are left out there too."""
    lines = [f"AB{n};{n % 7};commune {n % 50};{'' if n % 11 == 0 else 'oui'}" for n in range(60_000)]
    lines[30_000:30_000] = [";;;", "Total;5;;"]
    text = "CIN;code;commune;réponse\n" + "\n".join(lines) + "\n"
    small = table(tmp_path, text)
    monkeypatch.setattr(reading_module, "IN_MEMORY", 1 << 16)
    monkeypatch.setattr("khettara.tables.table.PART_CELLS", 40_000)
    large = table(tmp_path, text)
    assert small.held is None
    assert large.held is not None
    assert large.records == small.records == 60_000
    assert cells(large) == cells(small)
    assert [column.at(pa.array([59_999, 3, 30_000]).to_numpy()) for column in large.columns] == [
        column.at(pa.array([59_999, 3, 30_000]).to_numpy()) for column in small.columns
    ]
    seen: dict[int, tuple[str | None, ...]] = {}
    parts = list(large.parts())
    for part, rows in parts:
        seen |= dict(zip(rows.tolist(), cells(part), strict=True))
    assert len(parts) > 3
    assert [seen[row] for row in range(60_000)] == cells(small)
