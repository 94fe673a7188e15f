"""The first visible sheet of an XLSX file, read as it unpacks and no further than its bounds.

An own reader, and not a library's: of those at hand one gives the last result of a formula for a value and makes room
for every cell between the first and the last, and the other does not see merged cells while it streams. Here a row
with either is refused, with words. What is needed of the format is five elements; a document type, by which XML
brings entities along, is refused where it begins.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from posixpath import join, normpath
from xml.parsers import expat

from .sheet import HEADING_ROWS, TOO_LONG, Sheet, SheetRow, refused

_MOST_BYTES = 16 * 1_048_576
_MOST_MEMBERS = 1_000
_MOST_ELEMENTS = 150_000
_MOST_COLUMNS = 40
_LONGEST_CELL = 5_000
_CHUNK = 65_536

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_NO_XLSX = "This is not a spreadsheet that can be read here. Send an Excel file (.xlsx) or a CSV file."
_TOO_BIG = "This spreadsheet holds far more than a list. Copy your rows into a new sheet."
_FORMULA = "This row holds a formula. Put the value itself in its place: copy the cell, then paste values only."
_MERGED = "This row has merged cells. Unmerge them, so that each cell stands for itself."

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError, KeyError)

Attributes = Mapping[str, str]


def read(content: bytes, *, most_rows: int) -> Sheet:
    """Its rows; raises Invalid at `/file`."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.namelist()
            if len(members) > _MOST_MEMBERS:
                raise refused(_TOO_BIG)
            if "mimetype" in members and "content.xml" in members:
                raise refused("This is an OpenDocument file. Save it as .xlsx or CSV.")
            if "xl/workbook.xml" not in members:
                raise refused(_NO_XLSX)
            member, notes = _first_visible(archive)
            shared = _Strings()
            if "xl/sharedStrings.xml" in members:
                _walk(archive, "xl/sharedStrings.xml", shared)
            cells = _Cells(shared.found, most_rows)
            _walk(archive, member, cells)
    except _BROKEN:
        raise refused("This Excel file is damaged, or has a password. Save it again, without a password.") from None
    except expat.ExpatError:
        raise refused("This Excel file is damaged. Save it again.") from None
    return Sheet(cells.rows(), notes)


class _Handler:
    """What is done with the elements of a member; names come without their prefix."""

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Text within the element at hand."""


class _Strings(_Handler):
    """The strings that cells point to."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._text = _Text()

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "si":
            self._text.clear()
        self._text.start(name)

    def end(self, name: str) -> None:
        self._text.end(name)
        if name == "si":
            self.found.append(self._text.whole)

    def text(self, data: str) -> None:
        self._text.add(data)


class _Text:
    """The text of one cell, out of its runs; how it is pronounced is left out."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._within = self._spoken = 0

    def start(self, name: str) -> None:
        self._within += name in ("t", "v")
        self._spoken += name == "rPh"

    def end(self, name: str) -> None:
        self._within -= name in ("t", "v")
        self._spoken -= name == "rPh"

    def add(self, data: str) -> None:
        if self._within > 0 and not self._spoken and self._length <= _LONGEST_CELL:
            self._parts.append(data[: _LONGEST_CELL + 1])
            self._length += len(data)

    @property
    def whole(self) -> str:
        return "".join(self._parts)


class _Cells(_Handler):
    """The rows of a sheet."""

    def __init__(self, shared: list[str], most_rows: int) -> None:
        self._shared = shared
        self._most_rows = most_rows
        self._found: dict[int, dict[int, str]] = {}
        self._problems: dict[int, str] = {}
        self._merged: list[tuple[int, int]] = []
        self._row = self._column = 0
        self._kind = "n"
        self._text = _Text()

    def rows(self) -> tuple[SheetRow, ...]:
        """Every row that holds something."""
        for first, last in self._merged:
            for number in self._found:
                if first <= number <= last:
                    self._problems[number] = _MERGED
        return tuple(
            SheetRow(
                number, tuple(cells.get(each, "") for each in range(1, max(cells) + 1)), self._problems.get(number)
            )
            for number, cells in sorted(self._found.items())
        )

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "row":
            given = attributes.get("r", "")
            self._row = int(given) if given.isascii() and given.isdigit() and len(given) < 8 else self._row + 1
            self._column = 0
        elif name == "c":
            self._column = _column(attributes.get("r")) or self._column + 1
            self._kind = attributes.get("t", "n")
            self._text.clear()
        elif name == "f":
            self._keep("")
            self._problems[self._row] = _FORMULA
        elif name == "mergeCell":
            ends = [int(row) for _, row in _REFERENCE.findall(attributes.get("ref", ""))]
            if ends:
                self._merged.append((min(ends), max(ends)))
        self._text.start(name)

    def end(self, name: str) -> None:
        self._text.end(name)
        if name == "c" and (value := self._value()).strip():
            self._keep(value)

    def text(self, data: str) -> None:
        self._text.add(data)

    def _value(self) -> str:
        whole = self._text.whole
        if self._kind != "s":
            return whole
        place = int(whole) if whole.isascii() and whole.isdigit() and len(whole) < 8 else -1
        return self._shared[place] if 0 <= place < len(self._shared) else ""

    def _keep(self, value: str) -> None:
        if self._column > _MOST_COLUMNS:
            return
        self._found.setdefault(self._row, {})[self._column] = value
        if len(self._found) > self._most_rows + HEADING_ROWS:
            raise refused(TOO_LONG.format(most=self._most_rows))


class _Sheets(_Handler):
    """The sheets of a workbook: name of the relation, and whether it is shown."""

    def __init__(self) -> None:
        self.found: list[tuple[str, bool]] = []

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            self.found.append((relation, attributes.get("state", "visible") == "visible"))


class _Relations(_Handler):
    """Which member each relation leads to, where it is a sheet of cells."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
            self.found[attributes.get("Id", "")] = whole


def _first_visible(archive: zipfile.ZipFile) -> tuple[str, tuple[str, ...]]:
    """The member that is read, and what to say about those that are not."""
    sheets, relations = _Sheets(), _Relations()
    _walk(archive, "xl/workbook.xml", sheets)
    _walk(archive, "xl/_rels/workbook.xml.rels", relations)
    known = [(relations.found[relation], shown) for relation, shown in sheets.found if relation in relations.found]
    visible = [member for member, shown in known if shown]
    if not visible:
        raise refused("This workbook has no sheet that is shown. Put the list on its first sheet.")
    notes = []
    if len(visible) > 1:
        notes.append("Only the first sheet was read.")
    if len(visible) < len(known):
        notes.append("Hidden sheets were not read.")
    return visible[0], tuple(notes)


def _walk(archive: zipfile.ZipFile, member: str, handler: _Handler) -> None:
    """Let the handler see a member as it unpacks, as far as its bounds."""
    counted = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal counted
        counted += 1
        if counted > _MOST_ELEMENTS:
            raise refused(_TOO_BIG)
        handler.start(name.rpartition(":")[2], attributes)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: handler.end(name.rpartition(":")[2])
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _no_document_type
    unpacked = 0
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            unpacked += len(chunk)
            if unpacked > _MOST_BYTES:
                raise refused(_TOO_BIG)
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


def _no_document_type(*_given: object) -> None:
    raise refused("This Excel file holds a document type, which none does that Excel has saved. Save it again.")


def _column(reference: str | None) -> int:
    """The number of a cell's column, A being 1; 0 where it does not say."""
    found = _REFERENCE.fullmatch(reference or "")
    number = 0
    for letter in found[1] if found else "":
        number = number * 26 + ord(letter) - 64
    return number
