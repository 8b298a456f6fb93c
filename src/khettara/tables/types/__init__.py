"""What columns hold: semantic types from header and cells, by packs that are data files."""

from khettara.tables.types.deciding import type_columns
from khettara.tables.types.pack import Meaning, Packs, load_packs, use_packs
from khettara.tables.types.places import Gazetteer, Place, gazetteer

__all__ = ["Gazetteer", "Meaning", "Packs", "Place", "gazetteer", "load_packs", "type_columns", "use_packs"]
