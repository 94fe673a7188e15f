"""A report in its dresses: JSON for programs, a page that needs nothing else, a tagged PDF, a spreadsheet (GOV-1).

None of them counts anything: what they say is the report's own words and digits, put into one form or another.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from compliance.kernel.clock import said_instant
from compliance.kernel.context import House
from compliance.kernel.tables import DEFINITIVE, MEDIA_TYPES, File, write_book
from compliance.kernel.tables import Form as Lists
from compliance.kernel.tables import Table as Sheet
from compliance.papers.documents import Document, Section
from compliance.papers.issuing import MEDIA_TYPE, issue
from compliance.papers.pictures import STYLE, with_style

from .frozen import freeze
from .layout import Part, Table, counted, heading, parts
from .model import Report

_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip


class Form(StrEnum):
    """What a report can be handed out as."""

    JSON = "json"
    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"


def dress(
    house: House,
    report: Report,
    form: Form,
    *,
    before: Report | None = None,
    stem: str = "pack",
    where: str = "/reports",
) -> File:
    """The report as a file `stem.form`; `before` is the last of its kind, which the others but JSON compare it with.

    `where` is its own address in the service. Called with no unit of work open: a PDF takes a second. Raises TooLong
    and PressBusy for a PDF.
    """
    name = f"{stem}.{form.value}"
    base = house.settings.base_url
    if form is Form.JSON:
        return File(name, "application/json", freeze(report))
    if form is Form.HTML:
        return File(name, "text/html; charset=utf-8", page(report, base, before=before, where=where).encode())
    if form is Form.XLSX:
        book = write_book(sheets(report, f"{base}{where}", before=before))
        return replace(book, file_name=name, media_type=MEDIA_TYPES[Lists.XLSX])
    paper = issue(house, document(report, f"{base}{where}", before=before))
    return replace(paper, file_name=name, media_type=MEDIA_TYPE)


def page(report: Report, base: str, *, before: Report | None = None, where: str = "/reports") -> str:
    """The report as one page of HTML with its style and pictures in it: no script, nothing fetched from anywhere.

    `base` is the service's own address, which the links to rows begin with.
    """
    return _PAGES.get_template("pack.html").render(
        title=heading(report),
        says=[counted(report), *report.says],
        parts=parts(report, before),
        base=base,
        style=Markup(STYLE),  # noqa: S704 - our own style sheet
        notice=f"Produced {said_instant(report.at)}. {DEFINITIVE}: {base}{where}",
    )


def document(report: Report, address: str, *, before: Report | None = None) -> Document:
    """The report as a document to be set: a section for each table, pictures before theirs."""
    sections = [section for part in parts(report, before) for section in _sections(part)]
    return Document(
        title=heading(report), stem="pack", produced_at=report.at, address=address,
        says=(counted(report), *report.says), sections=sections, wide=True,
    )  # fmt: skip


def sheets(report: Report, address: str, *, before: Report | None = None) -> list[Sheet]:
    """The report as sheets of a spreadsheet: all figures on the first, then one for each table."""
    made = [_figures(report, address)]
    names = {made[0].sheet.casefold()}
    for part in parts(report, before):
        for table in part.tables:
            if table.code == "figures":
                continue
            name = _named(part.heading if len(part.tables) == 1 else f"{part.heading}, {table.heading}", names)
            rows = table.rows or [(table.nothing, *[""] * (len(table.columns) - 1))]
            title = f"{heading(report)}. {part.heading}. {table.heading}"
            made.append(Sheet(title, "pack", report.at, table.columns, rows, address, sheet=name))
    return made


def _figures(report: Report, address: str) -> Sheet:
    rows = [
        (chapter.heading, each.name, each.said, each.says) for chapter in report.chapters for each in chapter.figures
    ]
    says = " ".join([heading(report), counted(report), *report.says])
    return Sheet(
        says, "pack", report.at, ("Chapter", "Figure", "Value", "Note"), rows, address, sheet="Figures"
    )  # fmt: skip


def _named(wanted: str, taken: set[str]) -> str:
    """A name that no other sheet has, in so many letters as a sheet's name can have."""
    plain = wanted.translate(_NOT_IN_SHEET_NAMES)
    name, number = plain[:_SHEET_NAME].strip("' "), 1
    while name.casefold() in taken:
        number += 1
        tail = f" {number}"
        name = f"{plain[: _SHEET_NAME - len(tail)].strip()}{tail}"
    taken.add(name.casefold())
    return name


def _sections(part: Part) -> list[Section]:
    return [_section(part, place, table) for place, table in enumerate(part.tables)]


def _section(part: Part, place: int, table: Table) -> Section:
    first = place == 0
    says = [words for words in (part.says if first else "", table.says) if words]
    if not table.rows and table.nothing:
        says.append(table.nothing)
    return Section(
        part.heading if first else f"{part.heading}: {table.heading}", says, (), table.columns, table.rows,
        picture=with_style(table.picture) if table.picture else "", pictured=table.pictured if table.picture else "",
    )  # fmt: skip
