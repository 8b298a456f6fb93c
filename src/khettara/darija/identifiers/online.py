"""What is written with signs: e-mail addresses, also with "at" and "dot", handles, profiles, network addresses.

"amina.w (at) exemple (dot) ma"  ->  email, "amina.w@exemple.ma"
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address

from khettara.darija.identifiers import cues

EMAIL = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9._%+'-]{0,62}[A-Za-z0-9_+-])?[ ]?@[ ]?(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})[ ]?\.[ ]?){1,5}?"
    r"[A-Za-z]{2,24}(?![A-Za-z0-9-]|\.[A-Za-z])"
)
_LOCAL = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-"


def local_start(text: str, at: int) -> int:
    """Where the local part of an address begins whose @ stands at `at`; `at` itself if there is none."""
    before = text[max(0, at - 65) : at]
    bare = before.removesuffix(" ")
    begin = len(bare.rstrip(_LOCAL))
    begin += len(bare) - begin - len(bare[begin:].lstrip("._%+-"))
    return at if begin == len(bare) else at - len(before) + begin


_SPACED = re.compile(r"\s")
# Written with blanks, only these ends are taken for the end of an address: what follows may be the next sentence.
_ENDS_OF_ADDRESSES = """
ma com net org fr info eu io edu gov es de uk ca be tv me co dz tn biz pro
"""
_TOP = frozenset(_ENDS_OF_ADDRESSES.split())

_AT_WORDS = "at|arr?oba(?:sse|se|s|ze|z)|آت|ات|أت|أروباز|اروباز|أروبازا|آروباز"
_AT = (
    rf"(?P<at>[ ]*[\[({{<]\s*(?:a|@|{_AT_WORDS})\s*[\])}}>][ ]*|[ ]*(?P<line>[-/_*])[ ]?(?:{_AT_WORDS})[ ]?(?P=line)[ ]*"
    rf"|[ ]+(?:{_AT_WORDS})[ ]+)"
)
_DOT_WORDS = "dot|point|دوت|نقطة|بوان"
_DOT = rf"(?:[ ]*[\[({{<]\s*(?:pt|\.|{_DOT_WORDS})\s*[\])}}>][ ]*|[ ]*[-/_*][ ]?(?:{_DOT_WORDS})[ ]?[-/_*][ ]*|[ ]+(?:نقط|{_DOT_WORDS})[ ]+|\.)"
_LOW_LINE = r"[ ]+(?:tiret[ ](?:bas|du[ ](?:8|huit))|under[ ]?score|souligné)[ ]+"
_DASH = r"[ ]+(?:tiret(?:[ ]du[ ](?:6|six))?|dash|hyphen)[ ]+"
_HOSTS = {"جيميل": "gmail", "جي ميل": "gmail", "هوتميل": "hotmail", "ياهو": "yahoo", "اوتلوك": "outlook", "أوتلوك": "outlook", "مينارا": "menara"}
_ENDS = {"كوم": "com", "ما": "ma", "نيت": "net", "نت": "net", "اورغ": "org", "أورغ": "org", "فر": "fr"}
SPELLED = re.compile(
    rf"(?<![A-Za-z0-9._%+-])(?P<local>[A-Za-z0-9][A-Za-z0-9._%+-]{{0,40}}(?:(?:{_DOT}|{_LOW_LINE}|{_DASH})[A-Za-z0-9]{{1,40}}){{0,2}}?){_AT}"
    rf"(?P<host>[A-Za-z0-9-]{{2,40}}(?:{_DASH}[A-Za-z0-9]{{2,40}})?|{'|'.join(_HOSTS)})(?P<more>(?:{_DOT}[A-Za-z0-9-]{{2,40}}){{0,3}}?)(?P<dot>{_DOT})"
    rf"(?P<end>[A-Za-z]{{2,6}}|{'|'.join(_ENDS)})(?![A-Za-z0-9-])(?!{_DOT}(?:{'|'.join(_ENDS_OF_ADDRESSES.split())})(?![A-Za-z0-9-]))",
    re.IGNORECASE,
)
_SAID = [(re.compile(said, re.IGNORECASE), sign) for said, sign in ((_DOT, "."), (_LOW_LINE, "_"), (_DASH, "-"))]


def _signs(written: str) -> str:
    """What was said in words, in signs."""
    for said, sign in _SAID:
        written = said.sub(sign, written)
    return written.lower()


# What SPELLED needs somewhere, looked for first: it is the dearest pattern here, and "gmail" mostly stands in plain addresses.
HAS_AT = re.compile(r"rr?oba[sz]|آت|ات|أت|روباز|[\[({<]\s*(?:at|a|@)\s*[\])}>]|[-/_* ]at[-/_* ]", re.IGNORECASE)


def email_of(written: str) -> str:
    """The address itself, of an address with @; empty for one with blanks that is none.

    >>> email_of("Amina @ Exemple.MA"), email_of("vu @ midi. on")
    ('amina@exemple.ma', '')
    """
    address = _SPACED.sub("", written).lower()
    if len(address) != len(written) and address.rpartition(".")[2] not in _TOP:
        return ""
    return address


def spelled_email_of(found: re.Match[str]) -> str:
    """The address of one written with words, empty if its end is not that of addresses.

    "at" alone is a word of English: it takes "dot" too, or brackets, or a cue before it.
    """
    host, end = found["host"].lower(), found["end"].lower()
    end = _ENDS.get(end, end)
    if end not in _TOP:
        return ""
    bare = found["at"].strip().lower() in ("at", "a") and found["dot"] == "." and host not in _HOSTS.values()
    if bare and not cues.cue("mail").search(found.string, max(0, found.start() - 60), found.start()):
        return ""
    # look-at-me.com and look_at_me.com are sites and names of programs.
    if found["line"] and found["dot"] == "." and not found["at"].startswith(" "):
        return ""
    return f"{_signs(found['local'])}@{_HOSTS.get(host, _signs(host))}{_signs(found['more'])}.{end}"


# @user and its like stand for a name that somebody took out already; the others are words of programs and pages.
_NO_NAMES = """
user username users utilisateur mention media import param return override author deprecated here everyone all channel
"""
# Words that programs and their notes put after an @: Python, Java, JavaScript, CSS, documentation.
_OF_PROGRAMS = """
property cached_property setter staticmethod classmethod abstractmethod dataclass dataclasses functools lru_cache cache wraps contextmanager overload
pytest fixture unittest mock patch app router blueprint decorator jit njit numba torch tf typing abc click celery shared_task login_required
autowired entity table column component service controller restcontroller repository bean configuration requestmapping getmapping postmapping
pathvariable requestbody test before beforeeach after aftereach suppresswarnings functionalinterface nullable notnull nonnull inject injectable
ngmodule viewchild safevarargs transactional valid
returns throws exception see link code since version type typedef todo file brief private public protected constructor example
charset font keyframes layer supports page container tailwind apply extend mixin include if else each for while namespace
"""
_NOBODY = frozenset((*_NO_NAMES.split(), *_OF_PROGRAMS.split()))
# A decorator stands on the line above what it decorates.
_DECORATES = re.compile(
    r"(?:\([^\n]*\))?[ \t]*\n[ \t]*(?:@\w|(?:async def|def|class|public|private|protected|static|final|export|function|interface|abstract)\s)"
)
HANDLE = re.compile(
    r"(?<![\w.@/])@(?=[A-Za-z0-9._]*[A-Za-z_])[A-Za-z0-9_](?:[A-Za-z0-9._]{0,30}[A-Za-z0-9_])?(?![\w@])"
    r"|(?<![\w.@/])@[\u0620-\u064a][\u0620-\u064a0-9_]{2,30}"
)
NETWORKS = (
    "insta|instagram|ig|snap|snapchat|tiktok|telegram|facebook|fb|twitter|linkedin|skype|discord|انستا|إنستا|انستغرام|إنستغرام|انستجرام|سناب"
    "|سنابشات|تيكتوك|تيليغرام|تلغرام|فيسبوك|فايسبوك|تويتر|لانستا"
)
NAMED_HANDLE = re.compile(
    rf"(?<!\w)(?:{NETWORKS})(?:\s(?:dyali|dyalo|ديالي|ديالو|ديالها|id"
    rf"|user))?\s?[:=]\s?(?P<handle>@?(?=[A-Za-z0-9._]*[A-Za-z])[A-Za-z0-9_][A-Za-z0-9._]{{1,29}}[A-Za-z0-9_])(?![\w@])(?!\.\w|/)",
    re.IGNORECASE,
)
_NEXT_WORD = re.compile(r"[ ]+[A-Za-z]")


def is_handle(found: re.Match[str]) -> bool:
    """Whether what follows the name of a network is a handle, not the first word of a name or sentence."""
    return not found["handle"].isalpha() or _NEXT_WORD.match(found.string, found.end()) is None


PROFILE = re.compile(
    r"(?<![\w.-])(?:https?://)?(?:(?:www|m|web|fr|ar|mobile)\.)?"
    r"(?P<site>t\.me|wa\.me|telegram\.me|fb\.me|m\.me|instagram\.com|facebook\.com|fb\.com|twitter\.com|x\.com|tiktok\.com|linkedin\.com/in"
    r"|snapchat\.com/add"
    r"|youtube\.com/@|api\.whatsapp\.com)/(?P<handle>(?:@|\+)?(?!(?:story|permalink|photo|tv|p|reel|reels|watch|groups|events|hashtag|search|share|sharer|pages|stories"
    r"|intent|status|explore|i|joinchat|home|login|help|policies|about|terms|privacy|marketplace|gaming|photo|photos|video|videos)(?:[/.?#]|\b))"
    r"(?:profile\.php\?id=\d{5,20}|send/?\?phone=\+?\d{8,15}|people/[\w.-]+/\d+|[A-Za-z0-9_][A-Za-z0-9._-]{1,49}))/?",
    re.IGNORECASE,
)


def profile_of(found: re.Match[str]) -> str:
    """The profile a link leads to."""
    return f"{found['site']}/{found['handle']}".lower().rstrip("._-")


# With its port, which says more of the same machine.
V4 = re.compile(r"(?<![\d.\w])(?<!\d:)(?P<host>\d{1,3}(?:\.\d{1,3}){3})(?:[ ]?:\d{1,5}(?![\d:]))?(?![\d:]\d|\d|\.\d|[^\W\d])")
_BUILT = re.compile(
    r"(?<![^\W_])(?:version|v|release|ver|build|article|art|المادة|الفصل|section|§|chapitre|فقرة|الإصدار)[\s.:°]{0,3}\Z", re.IGNORECASE
)


def is_v4(written: str) -> bool:
    """Four numbers up to 255."""
    return all(len(part) <= 3 and int(part) <= 255 and (part[0] != "0" or part == "0") for part in written.split("."))


def is_likely_v4(written: str, before: str) -> bool:
    """An address that is no section number such as 1.2.3.4, nor a version: two parts of two digits or more, nothing beside.

    >>> is_likely_v4("196.200.12.7", "depuis "), is_likely_v4("1.2.3.4", ""), is_likely_v4("10.0.19045.1", "")
    (True, False, False)
    """
    return is_v4(written) and sum(len(part) > 1 for part in written.split(".")) >= 2 and not _BUILT.search(before)


_MAC = re.compile(r"[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}")


def is_mac(written: str) -> bool:
    """Six bytes with colons or dashes, not all digits (which would be a time or a row of numbers)."""
    return _MAC.fullmatch(written) is not None and (":" in written or not written.replace("-", "").isdigit())


def is_v6(written: str) -> bool:
    """An address with some body: `::1` and `a::b` are also words of programs."""
    try:
        return bool(IPv6Address(written)) and sum(len(part) >= 3 for part in written.split(":")) >= 2 and any(sign.isdigit() for sign in written)
    except AddressValueError:
        return False


def is_nobody(handle: str) -> bool:
    """Whether a handle stands for no person: a name taken out already, a word of a program."""
    bare = handle[1:].lower()
    return bare in _NOBODY or bare.startswith("user_") or bare.partition(".")[0] in _NOBODY


def is_of_program(text: str, start: int, end: int) -> bool:
    """Whether an @ with its word is a decorator: quoted as code, or above a definition.

    >>> is_of_program("@route\\ndef home(): ...", 0, 6), is_of_program("@amina\\nmerci", 0, 6)
    (True, False)
    """
    return text[start - 1 : start] == "`" or _DECORATES.match(text, end) is not None


NETWORK_WORDS = frozenset(NETWORKS.split("|"))
_OF_ADDRESSES = """
gmail hotmail yahoo outlook menara arobase arobas arobaz arobaze arobasse arrobase arrobas dot
دوت جيميل هوتميل ياهو اوتلوك أوتلوك أروباز اروباز أروبازا آروباز آت أت
"""
SPEAKING = (
    *NETWORKS.split("|"),
    *_OF_ADDRESSES.split(),
)
"""Words after or before which a handle or an address written with words may stand."""
