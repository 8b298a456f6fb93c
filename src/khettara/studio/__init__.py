"""The web pages of the house: what a run did, for a person who would rather look than read."""

from khettara.studio.report import report_page

__all__ = ["report_page"]
