"""HTML: what a reader of the page came for, without menus, banners, side columns and scripts."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from khettara.ingest.records import Reading, ReadOptions, Record
from khettara.ingest.sniff import HTML

_NEVER = "script, style, noscript, template, svg, nav, header, footer, aside, form, iframe, object, button, select, marquee"
_FURNITURE_NAMES = (
    "nav|navbar|menu|sidebar|side|footer|header|banner|breadcrumbs?|cookie|ads?|pub|social|share|pagination|login|search|widget|copyright"
    "|bandeau|entete|pied|pieddepage|compteur|liens"
)
_FURNITURE = re.compile(rf"(^|[-_ ])({_FURNITURE_NAMES})($|[-_ \d])", re.IGNORECASE)
_BLOCK_NAMES = "p div section article main li ul ol dl dt dd table tr h1 h2 h3 h4 h5 h6 blockquote pre br hr body figure figcaption address center"
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_DEEPEST = 1000


def read_html(text: str, name: str, options: ReadOptions) -> Reading:
    """The page's own text, one line a block; cells of a table row are parted by tabs. The title goes into `meta`."""
    if _depth(text) > _DEEPEST:
        return Reading("refused", "html", reason=f"elements nested more than {_DEEPEST} deep")
    tree = LexborHTMLParser(text)
    title = tree.css_first("title")
    body = tree.body or tree.root
    if body is None:
        return Reading("empty", "html", reason="there is no text in it")
    for node in body.css(_NEVER):
        node.decompose()
    for node in body.css("[id], [class], [role]"):
        attributes = node.attributes
        words = f"{attributes.get('id') or ''} {attributes.get('class') or ''}"
        if node.tag not in ("body", "main", "article", "html") and (
            attributes.get("role") in ("navigation", "banner", "contentinfo") or _FURNITURE.search(words)
        ):
            node.decompose()
    main = body.css_first("main") or body
    parts: list[str] = []
    _collect(main, parts)
    lines = (re.sub(r"[ \t\xa0]*\t[ \t\xa0]*", "\t", re.sub(r"[ \xa0]+", " ", line)).strip() for line in "".join(parts).split("\n"))
    content = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    meta = {"title": " ".join(title.text().split())} if title is not None and title.text().strip() else {}
    return Reading.of("html", [Record(content, HTML, meta=meta)])


def _collect(node: LexborNode, parts: list[str]) -> None:
    for child in node.iter(include_text=True):
        if child.tag == "-text":
            parts.append(re.sub(r"\s+", " ", child.text(deep=False) or ""))
            continue
        if child.tag in _BLOCKS:
            parts.append("\n")
        _collect(child, parts)
        if child.tag in _BLOCKS:
            parts.append("\n")
        elif child.tag in ("td", "th"):
            parts.append("\t")


def _depth(text: str) -> int:
    """An upper bound of how deep elements nest, before any parser sees them."""
    depth = deepest = 0
    for mark in re.finditer(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*?(/?)>", text):
        if mark[3] or mark[2].lower() in ("br", "hr", "img", "meta", "link", "input", "p", "li", "td", "tr", "th", "option"):
            continue
        depth += -1 if mark[1] else 1
        deepest = max(deepest, depth)
    return deepest
