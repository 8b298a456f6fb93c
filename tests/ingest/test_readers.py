"""Each family of formats, its odd ends, and what must never come through."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.ingest import MemberReading, ReadOptions, read, read_all
from khettara.ingest.records import State

OPTIONS = ReadOptions(pseudonym_key=b"test")


def texts(data: bytes, name: str, **options: Any) -> list[str]:
    """The texts read from one file."""
    reading, _ = read(data, name, ReadOptions(pseudonym_key=b"test", **options))
    return [record.text for record in reading.records]


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def states(readings: list[MemberReading]) -> dict[str | None, str]:
    return {reading.member: reading.reading.state for reading in readings}


@given(
    st.binary(max_size=300) | st.text(max_size=200).map(str.encode), st.sampled_from(["a", "a.txt", "a.csv", "a.json", "a.html", "a.docx", "a.zip"])
)
def test_no_bytes_break_a_reader(data: bytes, name: str) -> None:
    """Whatever a file holds, it ends in exactly one of the seven states."""
    for found in read_all(data, name, OPTIONS):
        assert found.reading.state in get_args(State)
        assert (found.reading.state in ("text", "partial")) == bool(found.reading.records)


@given(st.sampled_from(["<", "[", '{"a":', "<div>"]), st.integers(10, 20_000))
def test_deep_nesting_is_refused_or_read(mark: str, depth: int) -> None:
    """Nesting without end costs the file, not the run."""
    assert list(read_all((mark * depth).encode(), "deep.html", OPTIONS))


TABLES = [
    ("semicolons", "n;texte\n1;السوق نهار الخميس\n2;\n", ["السوق نهار الخميس"]),
    ("two languages in the header", 'id,"remark / ملاحظة"\n1,"lma 9lil had l3am"\n', ["lma 9lil had l3am"]),
    ("tabs", "tweet\tlabel\nmzyan bzaf\tpositive\n", ["mzyan bzaf"]),
    ("a line end inside quotes", 'text,x\n"deux\nlignes",1\n', ["deux\nlignes"]),
    ("no free text: the sheet is one record", "nom;âge\nAli;40\nSara;31\n", ["nom: Ali\nâge: 40\n\nnom: Sara\nâge: 31"]),
    ("blanks between quotes", '"text" "summary"\n"ها الخبر كامل" "عنوان"\n', ["ها الخبر كامل"]),
]


@pytest.mark.parametrize(("label", "table", "expected"), TABLES, ids=[case[0] for case in TABLES])
def test_tables(label: str, table: str, expected: list[str]) -> None:
    """A free-text column makes each row a record; empty cells are counted elsewhere."""
    assert texts(table.encode(), "a.csv", reader="table") == expected


def test_a_column_that_is_not_there_is_named() -> None:
    """Asking for a column that does not exist says which there are."""
    reading, _ = read(b"a,b\n1,2\n", "t.csv", ReadOptions(reader="table", text=["tweet"]))
    assert reading.state == "refused"
    assert reading.reason is not None
    assert "'tweet'" in reading.reason
    assert "a, b" in reading.reason


def test_json_paths_and_empty_texts() -> None:
    """Texts are taken from inside lists; objects without any are counted."""
    law = {"title": "ظهير", "provisions": [{"content": "الفصل الأول"}, {"content": "الفصل الثاني"}]}
    assert texts(json.dumps(law).encode(), "l.json", text=["title", "provisions[].content"]) == ["ظهير\nالفصل الأول\nالفصل الثاني"]
    reading, _ = read(json.dumps([{"text": "wakha"}, {"text": None}, {"text": " "}]).encode(), "f.json", OPTIONS)
    assert (len(reading.records), reading.empty_records) == (1, 2)


def test_broken_json_says_where() -> None:
    """The line is named."""
    reading, _ = read(b'{"a": 1,\n "b": }', "x.json", ReadOptions(reader="json"))
    assert reading.state == "damaged"
    assert "line 2" in (reading.reason or "")


PAGE = """<html lang="ar"><head><title>السوق</title><style>p {}</style></head><body><nav>الرئيسية</nav><div id="sidebar">إشهار</div>
<div class="post"><p>السوق نهار <b>الخميس</b></p><p>حدا الفندق القديم</p></div><script>alert(1)</script><footer>حقوق</footer></body></html>"""


def test_html_gives_the_page_without_its_furniture() -> None:
    """Menus, side columns, scripts and footers stay out; blocks are lines."""
    assert texts(PAGE.encode("cp1256"), "p.html") == ["السوق نهار الخميس\n\nحدا الفندق القديم"]


ANDROID = """12/03/2024, 18:40 - Messages and calls are end-to-end encrypted.
12/03/2024, 18:42 - Ba Lahcen: nouba dyalk ghedda
m3a lfjer
12/03/2024, 18:43 - Fatima Zahra: <Media omitted>
12/03/2024, 18:44 - Fatima Zahra: wakha a Ba Lahcen"""
IPHONE = (
    "[12/03/2024 18:42:07] Ba Lahcen: السلام\n\u200e[12/03/2024 18:43:00] Ba Lahcen: \u200eimage omitted\n[١٢/٠٣/٢٠٢٤ ١٨:٤٤:٠٠] Sara: وعليكم السلام"
)


def test_whatsapp_conversations() -> None:
    """One record a conversation; nobody's name, no system line, no omitted media; a message may have several lines."""
    (record,) = read(ANDROID.encode(), "chat.txt", OPTIONS)[0].records
    assert [line.split(": ")[-1] for line in record.text.split("\n")] == ["nouba dyalk ghedda", "m3a lfjer", "wakha a Ba Lahcen"]
    assert "Fatima" not in record.text.replace("Ba Lahcen", "")
    assert record.meta["messages"] == 2
    assert record.meta["media_omitted"] == 1
    (record,) = read(IPHONE.encode(), "chat.txt", OPTIONS)[0].records
    assert record.meta["participants"] == 2
    assert record.created is not None
    assert record.created.isoformat().startswith("2024-03-12")


def test_archives_are_walked_member_by_member() -> None:
    """Nested members are read, a name that leads outside is refused, and one bad member costs only itself."""
    inner = zipped({"letter.txt": "برية من ولد البلاد".encode()})
    data = zipped({"a.txt": b"bonjour tout le monde", "../../etc/passwd": b"x", "inner.zip": inner, "bad.zip": inner[:40]})
    found = states(list(read_all(data, "d.zip", OPTIONS)))
    assert found == {"a.txt": "text", "../../etc/passwd": "refused", "inner.zip/letter.txt": "text", "bad.zip": "damaged"}


def test_tar_gz_is_read_like_a_folder() -> None:
    """The members of a .tar.gz carry their own paths."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        info = tarfile.TarInfo("laws/one.json")
        body = json.dumps({"text": "الفصل الأول"}).encode()
        info.size = len(body)
        archive.addfile(info, io.BytesIO(body))
    assert states(list(read_all(buffer.getvalue(), "l.tar.gz", OPTIONS))) == {"laws/one.json": "text"}


def test_bombs_are_refused() -> None:
    """A member that unpacks to far more than it is packed is not unpacked; nesting stops."""
    assert states(list(read_all(zipped({"bomb.txt": b"0" * (8 << 20)}), "b.zip", OPTIONS))) == {"bomb.txt": "refused"}
    data = b"salam"
    for level in range(12):
        data = zipped({f"{level}.zip" if level else "a.txt": data})
    assert "refused" in states(list(read_all(data, "n.zip", OPTIONS))).values()
