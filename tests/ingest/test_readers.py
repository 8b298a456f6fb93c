"""Each family of formats, its odd ends, and what must never come through."""

from __future__ import annotations

import io
import json
import tarfile
import time
import zipfile
from typing import Any, Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khettara.dataset import canonical_json
from khettara.ingest import MemberReading, ReadOptions, read, read_all
from khettara.ingest.records import State

OPTIONS = ReadOptions(pseudonym_key=b"test")


def texts(data: bytes, name: str, **options: Any) -> list[str]:
    """The texts read from one file."""
    reading, _ = read(data, name, ReadOptions(pseudonym_key=b"test", **options))
    return [record.text for record in reading.records]


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(members: dict[str, bytes], encoding: str = "utf-8", mode: Literal["w", "w:gz"] = "w") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, encoding=encoding, format=tarfile.GNU_FORMAT) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
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


def damage(data: bytes, places: list[tuple[int, int]]) -> bytes:
    """The same bytes but for some."""
    damaged = bytearray(data)
    for place, byte in places:
        damaged[place % len(data)] = byte
    return bytes(damaged)


PLACES = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=4)


@given(PLACES, st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]))
def test_no_damage_to_a_zip_breaks_the_run(places: list[tuple[int, int]], method: int) -> None:
    """Flipped bytes in names, sizes, offsets and packed data cost members, never the run; names stay writable."""
    for found in read_all(damage(zipped({"a.txt": b"salam", "برية.txt": "برية".encode()}, method), places), "d.zip", OPTIONS):
        assert found.reading.state in get_args(State)
        canonical_json(found.member)


@given(PLACES)
def test_no_damage_to_a_tar_breaks_the_run(places: list[tuple[int, int]]) -> None:
    """The same for tar."""
    for found in read_all(damage(tarred({"a.txt": b"salam", "برية.txt": b"salam"}), places), "d.tar", OPTIONS):
        assert found.reading.state in get_args(State)
        canonical_json(found.member)


@given(st.recursive(st.none() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_what_json_gives_can_be_stored(value: Any) -> None:
    """Huge numbers, NaN and halves of characters in an export do not stop the dataset from being written."""
    data = json.dumps([{"text": "salam \ud83d", "id": 2**60, "date": "0001-01-01T00:00:00+14:00", "extra": value, str(value): value}]).encode()
    (record,) = read(data, "e.json", OPTIONS)[0].records
    canonical_json([record.text, dict(record.meta)])
    assert record.created is None


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


@pytest.mark.parametrize("data", [b'{"a": 1,\n "b": }', b'{"text": "a"}\n{"text": }', b'{"a":\n1} x'])
def test_broken_json_says_where(data: bytes) -> None:
    """The line is named, of JSON as of JSON lines."""
    reading, _ = read(data, "x.json", ReadOptions(reader="json"))
    assert reading.state == "damaged"
    assert "line 2" in (reading.reason or "")


JSON = [
    ("a post and its comments", {"text": "lpost", "comments": [{"text": "c1"}, {"text": "c2"}]}, [], ["lpost", "c1", "c2"]),
    ("posts inside threads", {"threads": [{"title": "x", "posts": [{"text": "p1"}]}, {"posts": [{"text": "p2"}]}]}, [], ["p1", "p2"]),
    ("paths from the object that holds a list", {"title": "t", "items": [{"content": "c"}]}, ["title", "items[].content"], ["t\nc"]),
    ("paths inside a list", {"name": "g", "messages": [{"text": "m1"}, {"text": "m2"}]}, ["text"], ["m1", "m2"]),
]


@pytest.mark.parametrize(("label", "value", "paths", "expected"), JSON, ids=[case[0] for case in JSON])
def test_no_text_in_json_is_passed_over(label: str, value: object, paths: list[str], expected: list[str]) -> None:
    """An object that holds others is read like them."""
    assert texts(json.dumps(value).encode(), "e.json", text=paths) == expected


def test_authors_are_pseudonyms_even_when_kept() -> None:
    """Naming a column of authors in `keep` keeps who is who, not who it is."""
    for data, name in ((b'[{"text": "a", "Author": "Fatima Zahra"}]', "a.json"), (b"text;Author\na;Fatima Zahra\n", "a.csv")):
        for keep in ([], ["Author"]):
            reading, _ = read(data, name, ReadOptions(pseudonym_key=b"test", keep=keep))
            assert "Fatima" not in repr(reading)


def document(body: str, start: str = "") -> bytes:
    word = f'{start}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>'
    return zipped({"[Content_Types].xml": b"", "word/document.xml": word.encode()})


def test_a_table_in_a_table_is_read_once() -> None:
    """Nested cells do not come twice."""
    inner = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>inside</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    row = f"<w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p>{inner}</w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr>"
    assert texts(document(f"<w:tbl>{row}</w:tbl>"), "t.docx") == ["a inside\tb"]


def test_entities_and_passwords_are_named() -> None:
    """A document with XML entities is refused, one under a password is called encrypted."""
    data = document("<w:p><w:r><w:t>&a;</w:t></w:r></w:p>", '<!DOCTYPE d [<!ENTITY a "x">]>')
    assert read(data, "e.docx", OPTIONS)[0].state == "refused"
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le")
    assert read(locked, "l.docx", OPTIONS)[0].state == "encrypted"


def test_words_that_look_like_magic_are_text() -> None:
    """The Rif is no sound file."""
    assert texts(b"RIFF w Atlas, joj jbal. ID3 w PAR", "a.txt") == ["RIFF w Atlas, joj jbal. ID3 w PAR"]


PAGE = """<html lang="ar"><head><title>السوق</title><style>p {}</style></head><body><nav>الرئيسية</nav><div id="sidebar">إشهار</div>
<div class="post"><p>السوق نهار <b>الخميس</b></p><p>حدا الفندق القديم</p></div><script>alert(1)</script><footer>حقوق</footer></body></html>"""


def test_html_gives_the_page_without_its_furniture() -> None:
    """Menus, side columns, scripts and footers stay out; blocks are lines."""
    assert texts(PAGE.encode("cp1256"), "p.html") == ["السوق نهار الخميس\n\nحدا الفندق القديم"]


STORY = "<p>Nhar lkhmis kay3mer ssouq men lfjer.</p>" * 5


@pytest.mark.parametrize("wrapper", ['<div class="site-content with-sidebar">{}</div>', '<form id="aspnetForm">{}</form>'])
def test_the_page_itself_is_no_furniture(wrapper: str) -> None:
    """What holds most of a page is kept, whatever it is called; a menu that is longer than the page is not."""
    menu = '<div class="menu">' + '<a href="/">lien vers une autre page</a>' * 40 + "</div>"
    (text,) = texts(f"<html><body>{wrapper.format(STORY)}</body></html>".encode(), "p.html")
    assert text.count("ssouq") == 5
    assert texts(f"<html><body>{menu}<p>Nhar lkhmis</p></body></html>".encode(), "p.html") == ["Nhar lkhmis"]


def test_a_page_of_open_brackets_takes_no_time() -> None:
    """Looking for depth is linear: 400 KB that never close a tag took minutes before."""
    began = time.process_time()
    read(b"<html><body>" + b"<a" * 200_000, "p.html", OPTIONS)
    assert time.process_time() - began < 5


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


def chat(*messages: str) -> bytes:
    return "\n".join(f"12/03/2024, 18:4{n} - {message}" for n, message in enumerate(messages)).encode()


def test_whatsapp_tells_omitted_media_from_words_like_it() -> None:
    """Somebody who writes that somebody is absent, or that a file was deleted, is not left out."""
    said = ["il est absent", "تم حذف الملف ديالي", "<3"]
    lost = ["<attached: 00000012-PHOTO-2024-03-12-18-43-00.jpg>", "<Médias omis>", "<تم استبعاد الوسائط>", "تم حذف هذه الرسالة"]
    (record,) = read(chat(*(f"Ali: {words}" for words in said + lost)), "c.txt", OPTIONS)[0].records
    assert [line.split(": ", 1)[1] for line in record.text.split("\n")] == said
    assert record.meta["media_omitted"] == len(lost)


def test_whatsapp_names_nobody_in_news_about_the_group() -> None:
    """What WhatsApp itself says names people: it is counted, not kept, also where it stands under the group's name."""
    iphone = "[12/03/2024 18:42:07] Les parents: \u200eOum Salma created this group\n[12/03/2024 18:43:00] Sara: salam\n"
    for data in (iphone.encode(), chat('Oum Salma created group "R: samedi"', "Sara: salam")):
        (record,) = read(data, "c.txt", OPTIONS)[0].records
        assert "\n" not in record.text
        assert record.text.endswith(": salam")
        assert (record.meta["system_lines"], record.meta["participants"]) == (1, 1)


def test_whatsapp_begins_when_its_first_message_was_sent() -> None:
    """Day first, unless a later message shows that the month is; the hour counts."""
    for data, began in (
        (chat("Ali: a", "Ali: b"), "2024-03-12T18:40:00+00:00"),
        (b"3/12/24, 6:40 PM - Ali: a\n3/13/24, 6:41 PM - Ali: b", "2024-03-12T18:40:00+00:00"),
    ):
        (record,) = read(data, "c.txt", OPTIONS)[0].records
        assert record.created is not None
        assert record.created.isoformat() == began


def test_archives_are_walked_member_by_member() -> None:
    """Nested members are read, a name that leads outside is refused, and one bad member costs only itself."""
    inner = zipped({"letter.txt": "برية من ولد البلاد".encode()})
    data = zipped({"a.txt": b"bonjour tout le monde", "../../etc/passwd": b"x", "inner.zip": inner, "bad.zip": inner[:40]})
    found = states(list(read_all(data, "d.zip", OPTIONS)))
    assert found == {"a.txt": "text", "../../etc/passwd": "refused", "inner.zip/letter.txt": "text", "bad.zip": "damaged"}


def test_tar_gz_is_read_like_a_folder() -> None:
    """The members of a .tar.gz carry their own paths."""
    data = tarred({"laws/one.json": json.dumps({"text": "الفصل الأول"}).encode()}, mode="w:gz")
    assert states(list(read_all(data, "l.tar.gz", OPTIONS))) == {"laws/one.json": "text"}


def test_names_of_members_are_read_in_their_code_page() -> None:
    """A tar made under an old Windows names its files in Arabic too."""
    assert states(list(read_all(tarred({"رسالة.txt": b"salam"}, "cp1256"), "l.tar", OPTIONS))) == {"رسالة.txt": "text"}


def test_limits_hold_over_nested_archives_together() -> None:
    """Twelve in twelve in twelve files stay under the limit of one archive."""
    data = b""
    for level in range(3):
        data = zipped({f"{n}.{'zip' if level else 'txt'}": data if level else b"salam %d" % n for n in range(12)})
    read_states = [found.reading.state for found in read_all(data, "n.zip", ReadOptions(max_members=100))]
    assert read_states.count("text") < 100
    assert "refused" in read_states


def test_bombs_are_refused() -> None:
    """A member that unpacks to far more than it is packed is not unpacked; nesting stops."""
    assert states(list(read_all(zipped({"bomb.txt": b"0" * (8 << 20)}), "b.zip", OPTIONS))) == {"bomb.txt": "refused"}
    data = b"salam"
    for level in range(12):
        data = zipped({f"{level}.zip" if level else "a.txt": data})
    assert "refused" in states(list(read_all(data, "n.zip", OPTIONS))).values()
