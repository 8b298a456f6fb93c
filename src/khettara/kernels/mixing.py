"""Numbers spread over 64 bits, so that any of their bits are as good as others: the last stage of every hash. Pure numpy.

1, 2, 3  ->  0x5692161d100b05e5, 0xdbd238973a2b148a, 0x1e535eede31428f0
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]


def mixed(values: Hashes) -> Hashes:
    """Each value through the finalizer of SplitMix64: two different values stay different.

    >>> [hex(value) for value in mixed(np.array([0, 1], np.uint64)).tolist()]
    ['0x0', '0x5692161d100b05e5']
    """
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
