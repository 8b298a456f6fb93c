"""The ingest room: any file from any cupboard becomes clean, accounted records."""

from khettara.ingest.readers import read, read_all
from khettara.ingest.records import MemberReading, Reading, ReadOptions, Record, pseudonym
from khettara.plain.encoding import Decoded, decode

__all__ = ["Decoded", "MemberReading", "ReadOptions", "Reading", "Record", "decode", "pseudonym", "read", "read_all"]
