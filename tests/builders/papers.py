"""Documents: made, read again as a reader of PDF reads them, and compared whatever their lines were broken at."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from compliance.kernel.paper_keys import PaperKey, new_paper_key
from compliance.papers.documents import Document, Section

PRODUCED = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def a_document(*says: str, **given: Any) -> Document:
    """A document with these paragraphs in its one section, unless told."""
    sections = given.pop("sections", (Section("Section", says=says),))
    named = {"title": "A title", "stem": "document", "address": "https://marac.example/register"} | given
    return Document(produced_at=PRODUCED, sections=sections, **named)


def a_key() -> PaperKey:
    """A key of its own."""
    return PaperKey.read(new_paper_key())


def text_of(pdf: bytes) -> str:
    """Everything a document says, without white space: where its lines were broken does not matter."""
    pages = PdfReader(BytesIO(pdf)).pages
    return bare("".join(page.extract_text() for page in pages))


def bare(words: str) -> str:
    """Words without what only lays them out."""
    return re.sub(r"[\s\u200b\u2060\ufeff]+", "", words)
