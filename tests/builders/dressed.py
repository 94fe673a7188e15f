"""The figures of a report as each of its files, and the page, have them: by a reader of that form alone."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from io import BytesIO

from openpyxl import load_workbook

from .papers import bare, text_of

Said = tuple[str, str]
"""What a figure is called, and its value as it is written."""

_ROW = re.compile(r'<th scope="row"[^>]*>(.*?)</th>\s*<td class="(?:value|[^"]*font-weight-bold)"[^>]*>(.*?)</td>')


def of_json(content: bytes) -> list[Said]:
    return [(each["name"], each["said"]) for chapter in json.loads(content)["chapters"] for each in chapter["figures"]]


def of_xlsx(content: bytes) -> list[Said]:
    rows = load_workbook(BytesIO(content))["Figures"].iter_rows(min_row=3, values_only=True)
    return [(str(row[1]), str(row[2])) for row in rows]


def of_html(page: str) -> list[Said]:
    """Of the file as of the page of the service."""
    return [(html.unescape(re.sub(r"<[^>]+>", "", name)), html.unescape(value)) for name, value in _ROW.findall(page)]


def pdf_says(pdf: bytes, figures: Sequence[Said]) -> bool:
    """Whether a PDF says each of these, one after the other."""
    paper, place = text_of(pdf), 0
    for name, value in figures:
        place = paper.find(bare(name + value), place)
        if place < 0:
            return False
    return True
