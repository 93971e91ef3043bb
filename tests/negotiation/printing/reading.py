"""What stands in a PDF."""

import re
from io import BytesIO
from typing import Any

from pypdf import PdfReader


def pdf_pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def pdf_text(pdf: bytes) -> str:
    return "\n".join(pdf_pages(pdf))


def packed(text: str) -> str:
    """Without white space: where a line breaks, or a gap is set between scripts, does not count."""
    return re.sub(r"[\s\u200b]+", "", text)


def pdf_metadata(pdf: bytes) -> dict[str, Any]:
    return dict(PdfReader(BytesIO(pdf)).metadata or {})
