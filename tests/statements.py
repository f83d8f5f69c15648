"""Statements as PDF, read as a bank's programs would: their texts, page by page."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from rialto.gateway.statements.words import read_words


def needs_the_fonts() -> None:
    """Skip a test where the package was built without what statements are printed with."""
    if not read_words():
        pytest.skip("the fonts of statements are not built; say make page")


def read(made: bytes) -> PdfReader:
    """Open a PDF."""
    return PdfReader(BytesIO(made), strict=True)


def pages_of(made: bytes) -> list[str]:
    """Return the text of each page."""
    return [page.extract_text() for page in read(made).pages]


def text_of(made: bytes) -> str:
    """Return the text of all pages, its words with one space between."""
    return " ".join(" ".join(pages_of(made)).split())
