"""Khettara: from a shoebox of messy files to a certified dataset, an open model, and answers that name their sources.

import khettara as kh
kh.run("recipes/demo.yaml")
ds = kh.open("data/demo/clean")
ds.scan()       # a polars LazyFrame
ds.batches()    # Arrow record batches
"""

from khettara.house import open_artefact as open  # noqa: A004  # `kh.open(path)`, as in `gzip.open`
from khettara.house import run
from khettara.version import __version__

__all__ = ["__version__", "open", "run"]
