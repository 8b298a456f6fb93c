#!/usr/bin/env python3
"""Build the obsolete and damaged part of the sample archive, and its truth.

    pip install python-docx==1.2.0
    python samples/plant.py

Everything in archive/vieux-disque/ is made here, from the texts in originals/ and from
the files listed in truth/darija.jsonl and truth/admin.jsonl; the folder is emptied first.
Nothing else is touched, except truth.jsonl, which is written anew at the end.
Two runs give the same bytes: all dates are fixed and nothing is drawn at random.
"""

import hashlib
import io
import json
import re
import shutil
import zipfile
from datetime import datetime
from pathlib import Path

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

HERE = Path(__file__).resolve().parent
ARCHIVE, ORIGINALS, TRUTH = HERE / "archive", HERE / "originals", HERE / "truth"
DISK = ARCHIVE / "vieux-disque"
DAY = datetime(2011, 3, 6, 9, 30)  # the fixed date of every document and zip member

# original: (language, phrases to be found in it, identifiers written in it)
ABOUT = {
    "01-tarikh-al-khettara.txt": ("arb", ["كان أحمر كلون الحناء", "الخطارة لا تعطي أكثر مما عندها"], []),
    "02-hdit-ba-lahcen.txt": ("ary", ["طاسة ديال النحاس مثقوبة من التحت", "خدمتي هي نفرق الزعاف"], []),
    "03-iilan-mostawsaf.txt": ("arb", ["حملة قياس ضغط الدم والسكري"], [("phone", "0600003310"), ("email", "sante@exemple.ma")]),
    "04-qissat-lhmar-dyal-ssouq.txt": ("ary", ["كان عندو حمار شارف سماه القايد", "بعتي بيعة القايد"], []),
    "05-kalimat-mudir-annakhil.txt": ("arb", ["لا يملك إلا محركا واحدا وصبرا واحدا"], [("phone", "06 00 00 14 02")]),
    "06-wasfat-taguella.txt": ("ary", ["كيفاش كنصايبو خبز التاگلا", "كنغطيوها بالرماد النقي"], []),
    "07-lettre-au-president.txt": (
        "fr",
        ["l’éclairage de la ruelle du four", "l’expression de ma considération éclairée"],
        [("cin", "ZQ118203"), ("phone", "0600 00 62 91")],
    ),
    "08-tableau-des-nouba.txt": ("fr", ["famille El Ferkli", "rend le double de l’eau prise"], [("email", "eau@exemple.ma")]),
    "09-ittifaqiyat-tafoukt.txt": (
        "arb",
        ["اتفاقية شراكة بين جماعة عين الزرقا وتعاونية تافوكت", "رواقا مجانيا في مهرجان التمور"],
        [("ice", "000000142000046"), ("iban", "MA64999780000000140200031655"), ("phone", "0700003218")],
    ),
    "10-chahadat-fadma.txt": ("ary", ["اللي حسب الدراري كيحسب النجوم", "القراية بلا رجوع بحال الخطارة بلا ما"], []),
    "11-compte-rendu-festival.txt": (
        "fr",
        ["redescendre fait aussi partie de l’épreuve"],
        [("email", "festival@exemple.ma"), ("phone", "+212 700 00 81 26")],
    ),
    "12-khutbat-alma.txt": ("arb", ["أن تصلح الساقية قبل أن تلوم السماء", "فقد حفر لأحفاده بئرا من الدعاء"], []),
    "13-tbla-dyal-lmdrasa.txt": ("ary", ["كتبت على الساروت ديال الدار القديمة", "جيب ليا معاك كتاب ديال النجوم"], [("phone", "07 00 00 20 14")]),
    "14-taqrir-lajnat-attariq.txt": ("arb", ["انهيار جانب من القنطرة الصغيرة", "تأجيل مسألة الفول إلى دورة عادية"], [("email", "lajna@example.org")]),
    "15-nokat-dyal-lqahwa.txt": ("ary", ["ثلاثمية عام وربع شهر", "والله ما أنا، أنا كنت غايب"], []),
    "16-hikayat-annakhla-alwahida.txt": ("arb", ["رأيت النمل يصعد والنجوم تنزل", "سبعة عراجين من تمر أسود صغير"], []),
    "17-carnet-de-la-bibliotheque.txt": (
        "fr",
        ["un livre emprunté est un invité", "L’expérience a déjà été tentée"],
        [("email", "bibliotheque@exemple.ma")],
    ),
    "18-nota-dyal-lmakina.txt": ("ary", ["الحجر ما كيتطحنش", "راهم فالعرس وما كاين طحين"], [("phone", "06-00-00-90-45")]),
    "zip/risala.txt": ("arb", ["بثمانية عازفين وطبلين وجمل واحد"], []),
    "zip/molahadat-ssouq.txt": ("ary", ["معزة كلات دفتر المكس كامل"], []),
    "zip/lisez-moi.txt": ("fr", ["L’horloge de l’ordinateur était déréglée"], []),
    "zip/letter.txt": ("en", ["the surveyor with the sunburnt ears"], []),
    "zip/note-eau.txt": ("ary", ["الكونتورات اللي فزنقة الفران كيدورو"], [("phone", "0700001177")]),
    "zip/fiches.csv": ("fr", ["Servait à mesurer les petits tours d’eau"], []),
    "zip/rapport-four.txt": ("fr", ["une fissure d’un doigt", "ne plus y faire sécher de livres"], []),
}
SCRIPT = {"arb": "Arab", "ary": "Arab", "zgh": "Tfng", "fr": "Latn", "en": "Latn"}

# name on the old disk, original, encoding
TEXTS = [
    ("HISTOIRE.TXT", "01-tarikh-al-khettara.txt", "cp1256"),
    ("balahcen.txt", "02-hdit-ba-lahcen.txt", "cp1256"),
    ("annonce.txt", "03-iilan-mostawsaf.txt", "cp1256"),
    ("conte_ane.txt", "04-qissat-lhmar-dyal-ssouq.txt", "cp1256"),
    ("discours-rentree.txt", "05-kalimat-mudir-annakhil.txt", "utf-16-le"),
    ("recette-pain.txt", "06-wasfat-taguella.txt", "utf-16-be"),
    ("LETTRE~1.TXT", "07-lettre-au-president.txt", "cp1252"),
]
# name, original, title in the properties, right to left
DOCX = [
    ("nouba-ete.docx", "08-tableau-des-nouba.txt", "Tableau des nouba", False),
    ("ittifaqiya.docx", "09-ittifaqiyat-tafoukt.txt", "اتفاقية شراكة", True),
    ("fadma.docx", "10-chahadat-fadma.txt", "شهادة فاضمة", False),
    ("festival.docx", "11-compte-rendu-festival.txt", "Compte rendu du festival", False),
]
# name, original, encoding it was written in, encoding it was wrongly read in
MOJIBAKE = [
    ("sermon-eau.txt", "12-khutbat-alma.txt", "utf-8", "cp1252"),
    ("lettre-tiziri.txt", "13-tbla-dyal-lmdrasa.txt", "utf-8", "cp1256"),
    ("rapport-piste.txt", "14-taqrir-lajnat-attariq.txt", "utf-8", "cp1256"),
    ("blagues.txt", "15-nokat-dyal-lqahwa.txt", "cp1256", "cp1252"),
    ("palmier.txt", "16-hikayat-annakhla-alwahida.txt", "cp1256", "cp1252"),
    ("bibliotheque.txt", "17-carnet-de-la-bibliotheque.txt", "utf-8", "latin-1"),
]
COPY_NAMES = ["copie-1", "Copie de doc", "sans-titre", "NOUVEAU~1", "a-garder", "doc (2)", "backup_0311", "final", "final-final", "cle-usb-7"]
NEAR_NAMES = ["reprise-blancs", "reprise-kashida", "reprise-titre", "reprise-tout"]

EMPTY = {
    "path": None,
    "member": None,
    "encoding": "utf-8",
    "media": "text",
    "records": 1,
    "empty_records": 0,
    "lang": None,
    "script": None,
    "state": "text",
    "duplicate_of": None,
    "near_duplicate_of": None,
    "mojibake": None,
    "original": None,
    "identifiers": [],
    "contains": [],
}
lines = []  # the truth of the planted files


def original(name):
    return (ORIGINALS / name).read_bytes().decode("utf-8")


def tell(path, source=None, member=None, **more):
    """Add a truth line; `source` is an original whose facts it takes."""
    lang, phrases, ids = ABOUT[source] if source else (None, [], [])
    lines.append(
        {
            **EMPTY,
            "path": f"vieux-disque/{path}",
            "member": member,
            "lang": lang,
            "script": SCRIPT.get(lang),
            "contains": phrases,
            "identifiers": [{"kind": k, "value": v} for k, v in ids],
            **more,
        }
    )


def zip_bytes(members):
    """A zip without compression, so that its bytes do not hang on the zlib at hand."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, data in members:
            info = zipfile.ZipInfo(name, DAY.timetuple()[:6])
            info.create_system, info.external_attr = 3, 0o644 << 16
            z.writestr(info, data)
    return out.getvalue()


def slim(doc):
    """Leave out the bulk of python-docx's template: 800 kB of styles that no text here uses."""
    styles = doc.styles.element
    for style in list(styles):
        if style.tag.endswith("}latentStyles") or (style.get(qn("w:type")) == "table" and style.get(qn("w:default")) != "1"):
            styles.remove(style)
    for rels in (doc.part.rels, doc.part.package.rels):
        for key in [k for k, r in rels.items() if r.reltype.endswith(("stylesWithEffects", "thumbnail"))]:
            rels.pop(key)


def docx_bytes(text, title, rtl=False):
    """First line: heading; lines with ' | ': a table; other lines: paragraphs."""
    doc = Document()
    slim(doc)
    p = doc.core_properties
    p.author = p.last_modified_by = "Commune d’Aïn Zerqa"
    p.title, p.comments, p.revision, p.created, p.modified = title, "", 1, DAY, DAY
    table = None
    for n, line in enumerate(text.splitlines()):
        cells = line.split(" | ")
        if len(cells) > 1:
            table = table or doc.add_table(rows=0, cols=len(cells))
            for cell, value in zip(table.add_row().cells, cells):
                cell.text = value
        elif line.strip():
            par = doc.add_heading(line, 1) if n == 0 else doc.add_paragraph(line)
            if rtl:
                par._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
                for run in par.runs:
                    run.font.rtl = True
    raw = io.BytesIO()
    doc.save(raw)
    with zipfile.ZipFile(raw) as z:  # again, with our dates
        return zip_bytes([(i.filename, z.read(i)) for i in z.infolist()])


def misread(data, encoding):
    """Decode as a browser does: a byte the page leaves undefined becomes the control of that number."""

    def one(byte):
        try:
            return bytes([byte]).decode(encoding)
        except UnicodeDecodeError:
            return chr(byte)

    return "".join(map(one, data))


def read_truth(file):
    """The lines of another truth file; fields left out there get their usual value."""
    return [{**EMPTY, **json.loads(line)} for line in file.read_text("utf-8").splitlines() if line.strip()]


def plant_texts():
    for name, source, encoding in TEXTS:
        mark = "\ufeff" if encoding.startswith("utf-16") else ""
        (DISK / name).write_bytes((mark + original(source)).encode(encoding))
        tell(name, source, encoding="utf-16" if mark else encoding)


def plant_docx():
    for name, source, title, rtl in DOCX:
        (DISK / name).write_bytes(docx_bytes(original(source), title, rtl))
        tell(name, source, encoding="docx", media="docx")


def plant_zips():
    name = "sauvegarde-2011.zip"
    members = [
        ("رسالة.txt", "zip/risala.txt", "utf-8"),
        ("ملاحظات/السوق.txt", "zip/molahadat-ssouq.txt", "cp1256"),
        ("lisez-moi.txt", "zip/lisez-moi.txt", "cp1252"),
    ]
    (DISK / name).write_bytes(zip_bytes([(m, original(s).encode(e)) for m, s, e in members]))
    for m, s, e in members:
        tell(name, s, m, encoding=e)

    name = "disque-d.zip"
    inner = zip_bytes(
        [
            ("letter.txt", original("zip/letter.txt").encode()),
            ("rapport-four.docx", docx_bytes(original("zip/rapport-four.txt"), "Rapport sur le four")),
        ]
    )
    (DISK / name).write_bytes(
        zip_bytes(
            [
                ("note-eau.txt", original("zip/note-eau.txt").encode()),
                ("musee/fiches.csv", original("zip/fiches.csv").encode()),
                ("ancien.zip", inner),
            ]
        )
    )
    tell(name, "zip/note-eau.txt", "note-eau.txt")
    tell(name, "zip/fiches.csv", "musee/fiches.csv", media="csv", records=4, empty_records=2)
    tell(name, "zip/letter.txt", "ancien.zip/letter.txt")
    tell(name, "zip/rapport-four.txt", "ancien.zip/rapport-four.docx", encoding="docx", media="docx")


def plant_mojibake():
    for name, source, right, wrong in MOJIBAKE:
        (DISK / name).write_bytes(misread(original(source).encode(right), wrong).encode("utf-8"))
        tell(name, source, mojibake=f"{right} as {wrong}", original=source)


def others():
    """Truth lines of the whole, sound, single files of the other writers, by name."""
    found = []
    for file in ("darija.jsonl", "admin.jsonl"):
        if (TRUTH / file).exists():
            found += read_truth(TRUTH / file)
    return sorted(
        (
            t
            for t in found
            if not t["member"] and t["state"] == "text" and not t["duplicate_of"] and not t["near_duplicate_of"] and (ARCHIVE / t["path"]).is_file()
        ),
        key=lambda t: t["path"],
    )


def spread(things, n):
    return [things[i * len(things) // n] for i in range(min(n, len(things)))]


def blanks(line):
    return line.replace(" ", "  ") + " \t" if line else line


def kashida(line):
    return re.sub("([بتثجحخسشصضعغفقكلمنهي])(?=[ء-ي]{3})", "\\1ـ", line)


def title(line):
    return "(نسخة) " + line


def near_copy(truth, how):
    """The text again, changed, except in the lines that hold a phrase or an identifier of the truth."""
    keep = truth["contains"] + [i["value"] for i in truth["identifiers"]]
    text = (ARCHIVE / truth["path"]).read_bytes().decode("utf-8").splitlines()
    for n, line in enumerate(text):
        if not any(k in line for k in keep):
            for change in (blanks, kashida):
                if change in how:
                    text[n] = change(text[n])
    if title in how:
        text[0] = title(text[0])
    return ("\n".join(text) + "\n").encode("utf-8")


def plant_copies():
    copies = spread(others(), len(COPY_NAMES))
    for name, t in zip(COPY_NAMES, copies):
        name += Path(t["path"]).suffix
        shutil.copyfile(ARCHIVE / t["path"], DISK / name)
        lines.append({**t, "path": f"vieux-disque/{name}", "duplicate_of": t["path"]})
    left = [
        t for t in others() if t not in copies and t["media"] == "text" and t["encoding"] == "utf-8" and t["script"] == "Arab" and not t["mojibake"]
    ]
    ways = [(blanks,), (kashida,), (title,), (blanks, kashida, title)]
    for name, t, how in zip(NEAR_NAMES, spread(left, len(ways)), ways):
        (DISK / f"{name}.txt").write_bytes(near_copy(t, how))
        lines.append({**t, "path": f"vieux-disque/{name}.txt", "near_duplicate_of": t["path"]})


def plant_ruins():
    nothing = {"records": 0, "lang": None, "script": None}
    (DISK / "vide.txt").write_bytes(b"")
    tell("vide.txt", state="empty", **nothing)
    (DISK / "page-blanche.txt").write_bytes(b"  \n\t\n \r\n\n" * 12)
    tell("page-blanche.txt", state="empty", **nothing)

    whole = (DISK / "festival.docx").read_bytes()
    (DISK / "festival-coupe.docx").write_bytes(whole[: len(whole) // 2])
    tell("festival-coupe.docx", encoding="docx", media="docx", state="damaged", **nothing)

    noise = b"".join(hashlib.sha256(b"khettara %d" % i).digest() for i in range(128))  # 4 kB
    (DISK / "photo.doc").write_bytes(noise)
    tell("photo.doc", encoding=None, media=None, state="unsupported", **nothing)

    # a bad sector between two paragraphs and a few NULs at the end of lines; the text itself is whole
    source = "18-nota-dyal-lmakina.txt"
    first, rest = original(source).split("\n\n", 1)
    (DISK / "makina.txt").write_bytes((first + "\n" + "\0" * 512 + "\n" + rest.replace("\n", "\0\n")).encode("utf-8"))
    tell("makina.txt", source)


def write_truth():
    everything = list(lines)
    for file in sorted(TRUTH.glob("*.jsonl")):
        everything += read_truth(file)
    everything.sort(key=lambda t: (t["path"], t["member"] or ""))
    (HERE / "truth.jsonl").write_bytes("".join(json.dumps(t, ensure_ascii=False) + "\n" for t in everything).encode("utf-8"))
    return len(everything)


def main():
    shutil.rmtree(DISK, ignore_errors=True)
    DISK.mkdir(parents=True)
    plant_texts()
    plant_docx()
    plant_zips()
    plant_mojibake()
    plant_copies()
    plant_ruins()
    print(f"{len(lines)} lines planted, {write_truth()} lines in truth.jsonl")


if __name__ == "__main__":
    main()
