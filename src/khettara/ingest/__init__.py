"""The ingest room: any file from any cupboard becomes clean, accounted records."""

from khettara.ingest.encoding import Decoded, decode
from khettara.ingest.readers import read, read_all
from khettara.ingest.records import MemberReading, Reading, ReadOptions, Record, pseudonym

__all__ = ["Decoded", "MemberReading", "ReadOptions", "Reading", "Record", "decode", "pseudonym", "read", "read_all"]
