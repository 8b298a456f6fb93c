"""Loops over the bytes of Arrow columns, compiled: at the speed of C, without the interpreter. They know nothing of the rooms.

A kernel takes arrays and fills arrays; the function beside it takes a column and gives numpy arrays. Nothing here makes
a Python string.
"""

from khettara.kernels.columns import Text, once, text_of

__all__ = ["Text", "once", "text_of"]
