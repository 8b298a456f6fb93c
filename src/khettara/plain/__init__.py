"""Plain text as files hold it: from bytes to characters, and which sign separates cells. It knows no room, and imports nothing heavy."""

from khettara.plain.encoding import Decoded, decode
from khettara.plain.separator import find_delimiter

__all__ = ["Decoded", "decode", "find_delimiter"]
