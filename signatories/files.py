"""What a file is, judged by its content and never by its name (SIG-6).

Each judge reads the file's structure from its first byte to its last, so that one file cannot be two: a
picture with an archive behind it, or a program that begins like a document, is no letter.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "png": "image/png",
    "jpeg": "image/jpeg",
}

ENDINGS = {"pdf": (".pdf",), "docx": (".docx",), "png": (".png",), "jpeg": (".jpg", ".jpeg")}

_HEAD = 1024
_ARCHIVE_TAIL = 22 + 65535
_MOST_ENTRIES = 2000
_MOST_UNPACKED = 64 * 1024 * 1024
_MOST_RATIO = 200
_CHUNK = 65536
_MOST_SIDE = 30000


def kind_of(content: bytes) -> str | None:
    """`pdf`, `docx`, `png` or `jpeg`; None for anything else, and for a file that is two things at once."""
    for kind, judge in _JUDGES.items():
        if judge(content):
            return kind
    return None


def _is_pdf(content: bytes) -> bool:
    return (
        content.startswith(b"%PDF-")
        and content[5:6].isdigit()
        and content[6:7] == b"."
        and b"%%EOF" in content[-_HEAD:]
        and b"startxref" in content
        and not _ends_as_archive(content)
    )


def _is_docx(content: bytes) -> bool:
    if not content.startswith(b"PK\x03\x04") or b"%PDF-" in content[:_HEAD]:
        return False
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return _ends_exactly(content, archive) and _names_are_sound(archive) and _unpacks_within_bounds(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        # Broken, encrypted, or packed in a way no word processor writes.
        return False


def _ends_exactly(content: bytes, archive: zipfile.ZipFile) -> bool:
    """Whether the archive's end record is the file's last bytes and its first entry the file's first."""
    end = content.rfind(b"PK\x05\x06")
    first = min((entry.header_offset for entry in archive.infolist()), default=-1)
    return end + 22 + len(archive.comment) == len(content) and first == 0


def _names_are_sound(archive: zipfile.ZipFile) -> bool:
    names = [entry.orig_filename for entry in archive.infolist()]
    return (
        len(names) <= _MOST_ENTRIES
        and len({name.casefold() for name in names}) == len(names)
        and {"[Content_Types].xml", "word/document.xml"} <= set(names)
        and not any(_climbs(name) for name in names)
        and not any(name.casefold().endswith("vbaproject.bin") for name in names)
    )


def _climbs(name: str) -> bool:
    return name.startswith("/") or "\\" in name or "\0" in name or ":" in name or ".." in name.split("/")


def _unpacks_within_bounds(archive: zipfile.ZipFile) -> bool:
    entries = archive.infolist()
    packed = sum(entry.compress_size for entry in entries)
    said = sum(entry.file_size for entry in entries)
    if said > _MOST_UNPACKED or said > max(packed, 1) * _MOST_RATIO:
        return False
    # What the directory says can be a lie; reading stops at the size said, and the checksum then tells.
    unpacked = 0
    for entry in entries:
        if entry.flag_bits & 0x1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return False
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                unpacked += len(chunk)
                if unpacked > _MOST_UNPACKED:
                    return False
    return True


def _is_png(content: bytes) -> bool:
    if not content.startswith(b"\x89PNG\r\n\x1a\n") or _is_something_else_too(content):
        return False
    place = 8
    seen: list[bytes] = []
    while place + 12 <= len(content):
        length, name = struct.unpack_from(">I4s", content, place)
        end = place + 12 + length
        if end > len(content) or zlib.crc32(content[place + 4 : end - 4]) != int.from_bytes(
            content[end - 4 : end], "big"
        ):
            return False
        if not seen and not (
            name == b"IHDR" and length == 13 and _sides(*struct.unpack_from(">II", content, place + 8))
        ):
            return False
        seen.append(name)
        place = end
        if name == b"IEND":
            return b"IDAT" in seen and place == len(content)
    return False


def _sides(width: int, height: int) -> bool:
    return 0 < width <= _MOST_SIDE and 0 < height <= _MOST_SIDE


def _is_jpeg(content: bytes) -> bool:
    if not content.startswith(b"\xff\xd8\xff") or _is_something_else_too(content):
        return False
    place = 2
    framed = scanned = False
    while place + 2 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker == 0xD9:
            return framed and scanned and place + 2 == len(content)
        if marker in (0x00, 0x01, 0xD8) or 0xD0 <= marker <= 0xD7 or place + 4 > len(content):
            return False
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        if length < 2:
            return False
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[place + 5 : place + 9].ljust(4, b"\0"))
            framed = _sides(width, height)
        place += 2 + length
        if marker == 0xDA:
            scanned = True
            place = _after_scan(content, place)
    return False


def _after_scan(content: bytes, place: int) -> int:
    """Where the next marker stands behind a scan's packed data, in which FF 00 and FF D0 to D7 are data."""
    while (place := content.find(b"\xff", place)) != -1 and place + 1 < len(content):
        following = content[place + 1]
        if following != 0x00 and not 0xD0 <= following <= 0xD7:
            return place
        place += 2
    return len(content)


def _is_something_else_too(content: bytes) -> bool:
    return b"%PDF-" in content[:_HEAD] or _ends_as_archive(content)


def _ends_as_archive(content: bytes) -> bool:
    """Whether a ZIP reader, which looks from the end, would find an archive here."""
    tail_from = max(0, len(content) - _ARCHIVE_TAIL)
    place = content.find(b"PK\x05\x06", tail_from)
    while place != -1:
        if place + 22 <= len(content):
            disk, directory_disk, _here, _all, size, offset = struct.unpack_from("<HHHHII", content, place + 4)
            if disk == directory_disk == 0 and size + offset <= place:
                return True
        place = content.find(b"PK\x05\x06", place + 1)
    return False


_JUDGES: dict[str, Callable[[bytes], bool]] = {"pdf": _is_pdf, "docx": _is_docx, "png": _is_png, "jpeg": _is_jpeg}
