"""Exports: what a sealed dataset and its certificate say, in the forms that other people's programs read."""

from khettara.certify.exports.write import EXPORTS, write_exports

__all__ = ["EXPORTS", "write_exports"]
