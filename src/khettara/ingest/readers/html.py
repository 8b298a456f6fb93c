"""HTML: what a reader of the page came for, without menus, banners, side columns and scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from khettara.ingest.records import Reading, ReadOptions, Record
from khettara.ingest.sniff import HTML

_NEVER = "script, style, noscript, template, svg, nav, header, footer, aside, iframe, object, button, select, marquee"
_FURNITURE_NAMES = (
    "nav|navbar|menu|sidebar|side|footer|header|banner|breadcrumbs?|cookie|ads?|pub|social|share|pagination|login|search|widget|copyright"
    "|bandeau|entete|pied|pieddepage|compteur|liens"
)
_FURNITURE = re.compile(rf"(^|[-_ ])({_FURNITURE_NAMES})($|[-_ \d])", re.IGNORECASE)
_BLOCK_NAMES = "p div section article main li ul ol dl dt dd table tr h1 h2 h3 h4 h5 h6 blockquote pre br hr body figure figcaption address center"
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"])
_UNCLOSED = frozenset(["p", "li", "td", "tr", "th", "dt", "dd", "option", "tbody", "thead", "tfoot", "colgroup", "font"])
"""Elements that many pages leave open: their number says nothing about depth."""
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
    page = _Page()
    page.collect(body.css_first("main") or body)
    lines = (re.sub(r"[ \t\xa0]*\t[ \t\xa0]*", "\t", re.sub(r"[ \xa0]+", " ", line)).strip() for line in page.text().split("\n"))
    content = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    meta = {"title": " ".join(title.text().split())} if title is not None and title.text().strip() else {}
    return Reading.of("html", [Record(content, HTML, meta=meta)])


@dataclass
class _Page:
    """The pieces of a page in order, how many letters stand before each (of all, and of links), and where furniture lies."""

    parts: list[str] = field(default_factory=list)
    letters: list[int] = field(default_factory=lambda: [0])
    linked: list[int] = field(default_factory=lambda: [0])
    furniture: list[tuple[int, int]] = field(default_factory=list)

    def collect(self, node: LexborNode, in_link: bool = False) -> None:
        """Add what stands inside a node."""
        for child in node.iter(include_text=True):
            tag = child.tag
            if tag == "-text":
                self._add(re.sub(r"\s+", " ", child.text(deep=False) or ""), in_link)
                continue
            start = len(self.parts)
            if tag in _BLOCKS:
                self._add("\n", in_link)
            self.collect(child, in_link or tag == "a")
            if tag in _BLOCKS:
                self._add("\n", in_link)
            elif tag in ("td", "th"):
                self._add("\t", in_link)
            if _is_furniture(child):
                self.furniture.append((start, len(self.parts)))

    def _add(self, part: str, in_link: bool) -> None:
        size = len(part.strip())
        self.parts.append(part)
        self.letters.append(self.letters[-1] + size)
        self.linked.append(self.linked[-1] + (size if in_link else 0))

    def text(self) -> str:
        """The page without its furniture. What holds over half of the page's words, and not as links, is no furniture.

        `site-content with-sidebar` and the form that old servers wrap around a whole page are the page.
        """
        kept, at = [], 0
        for start, end in sorted(self.furniture, key=lambda span: (span[0], -span[1])):
            size = self.letters[end] - self.letters[start]
            links = self.linked[end] - self.linked[start]
            if start >= at and not (size > self.letters[-1] / 2 and links < size / 2):
                kept += self.parts[at:start]
                at = end
        return "".join(kept + self.parts[at:])


def _is_furniture(node: LexborNode) -> bool:
    if node.tag in ("body", "main", "article", "html"):
        return False
    attributes = node.attributes
    words = f"{attributes.get('id') or ''} {attributes.get('class') or ''}"
    return node.tag == "form" or attributes.get("role") in ("navigation", "banner", "contentinfo") or bool(_FURNITURE.search(words))


def _depth(text: str) -> int:
    """An upper bound of how deep elements nest, before any parser sees them."""
    depth = deepest = 0
    for mark in re.finditer(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>", text):
        if mark[2].lower() in _VOID or mark[2].lower() in _UNCLOSED or mark[0].endswith("/>"):
            continue
        depth += -1 if mark[1] else 1
        deepest = max(deepest, depth)
    return deepest
