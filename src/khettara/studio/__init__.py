"""The web pages of the house: what a run did, for a person who would rather look than read."""

from khettara.studio.certificate import certificate_beside, certificate_page
from khettara.studio.dataset import dataset_page, page_beside
from khettara.studio.page import check_language
from khettara.studio.pdf import browser, print_pdf
from khettara.studio.report import report_page

__all__ = ["browser", "certificate_beside", "certificate_page", "check_language", "dataset_page", "page_beside", "print_pdf", "report_page"]
