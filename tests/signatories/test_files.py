"""A file is what its content says, from its first byte to its last."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatories import files
from tests.builders.signatories import a_docx, a_jpeg, a_pdf, a_png

pytestmark = pytest.mark.rule("SIG-6")

AN_ARCHIVE = a_docx(leave_out=["word/document.xml", "[Content_Types].xml"], extra={"run.js": b"1"})
A_PROGRAM = b"MZ\x90\x00" + b"\0" * 60 + b"PE\0\0"


@pytest.mark.parametrize(
    ("content", "kind"), [(a_pdf(), "pdf"), (a_docx(), "docx"), (a_png(), "png"), (a_jpeg(), "jpeg")]
)
def test_each_kind_is_known_by_its_content(content: bytes, kind: str) -> None:
    assert files.kind_of(content) == kind


def _picture_with_comment(comment: bytes) -> bytes:
    return a_jpeg()[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + a_jpeg()[2:]


def _png_with(name: bytes, data: bytes) -> bytes:
    chunk = struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    return a_png()[:-12] + chunk + a_png()[-12:]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(A_PROGRAM, id="a program"),
        pytest.param(A_PROGRAM + a_pdf(), id="a program with a PDF behind it"),
        pytest.param(b"\n" + a_pdf(), id="a PDF that does not begin at once"),
        pytest.param(a_pdf().replace(b"%%EOF", b""), id="a PDF without an end"),
        pytest.param(a_pdf() + b"x" * 2000, id="a PDF with much behind its end"),
        pytest.param(a_pdf() + AN_ARCHIVE, id="a PDF with an archive behind it"),
        pytest.param(a_pdf()[:-6] + AN_ARCHIVE + b"%%EOF\n", id="a PDF around an archive"),
        pytest.param(AN_ARCHIVE, id="an archive that is no document"),
        pytest.param(a_docx(leave_out=["[Content_Types].xml"]), id="a document without its content types"),
        pytest.param(a_pdf() + a_docx(), id="a PDF with a document behind it"),
        pytest.param(A_PROGRAM + a_docx(), id="a program with a document behind it"),
        pytest.param(a_docx() + a_pdf(), id="a document with a PDF behind it"),
        pytest.param(a_docx({"../../etc/cron.d/x": b"1"}), id="a document that climbs"),
        pytest.param(a_docx({"/etc/x": b"1"}), id="a document from the root"),
        pytest.param(a_docx({"word\\..\\x": b"1"}), id="a document that climbs by backslash"),
        pytest.param(a_docx({"C:/x": b"1"}), id="a document on another drive"),
        pytest.param(a_docx({"Word/Document.xml": b"1"}), id="a document with one name twice"),
        pytest.param(a_docx({"word/vbaProject.bin": b"1"}), id="a document with macros"),
        pytest.param(a_docx({"word/media/bomb": b"\0" * 20_000_000}), id="a document that unpacks a thousandfold"),
        pytest.param(a_docx({f"x/{place}": b"" for place in range(2001)}), id="a document of thousands of parts"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + A_PROGRAM, id="a picture's beginning and no picture"),
        pytest.param(a_png() + AN_ARCHIVE, id="a picture with an archive behind it"),
        pytest.param(a_png() + b"\0", id="a picture that does not end where it ends"),
        pytest.param(_png_with(b"zTXt", AN_ARCHIVE), id="a picture with an archive inside"),
        pytest.param(a_png().replace(b"IDAT", b"IDAX"), id="a picture with a wrong checksum"),
        pytest.param(a_png(60_000), id="a picture too wide to open"),
        pytest.param(b"\xff\xd8\xff" + A_PROGRAM, id="a photograph's beginning and no photograph"),
        pytest.param(a_jpeg() + AN_ARCHIVE, id="a photograph with an archive behind it"),
        pytest.param(a_jpeg() + A_PROGRAM, id="a photograph with a program behind it"),
        pytest.param(AN_ARCHIVE + a_docx(), id="a document with an archive before it"),
        pytest.param(a_jpeg()[:-2], id="a photograph without an end"),
        pytest.param(_picture_with_comment(a_pdf()), id="a photograph that is a PDF too"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", id="a drawing with a script"),
        pytest.param(b"GIF89a", id="another kind of picture"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_a_file_that_is_something_else_or_two_things_is_nothing(content: bytes) -> None:
    assert files.kind_of(content) is None


def test_an_archive_that_lies_about_its_sizes_is_not_unpacked() -> None:
    honest = a_docx({"word/media/bomb": b"\0" * 30_000_000})
    place = honest.rfind(b"PK\x01\x02")
    lying = bytearray(honest)
    lying[place + 24 : place + 28] = struct.pack("<I", 10)

    assert files.kind_of(bytes(lying)) is None


def test_a_document_whose_checksum_is_wrong_is_no_letter() -> None:
    content = bytearray(a_docx())
    content[content.find(b"PK\x01\x02") + 16] ^= 1

    assert files.kind_of(bytes(content)) is None


def test_an_encrypted_archive_is_no_letter() -> None:
    sealed = bytearray(a_docx())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = sealed.find(signature)
        sealed[place + offset] |= 1

    assert files.kind_of(bytes(sealed)) is None


def test_an_ordinary_picture_with_comments_is_let_through() -> None:
    assert files.kind_of(_picture_with_comment(b"taken in Maidstone")) == "jpeg"
    assert files.kind_of(_png_with(b"tEXt", b"Title\0Letter")) == "png"


def test_a_document_with_pictures_is_let_through() -> None:
    buffer = io.BytesIO(a_docx({"word/media/image1.png": a_png()}))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"written by a word processor"

    assert files.kind_of(buffer.getvalue()) == "docx"


@given(
    st.binary(max_size=400), st.sampled_from([b"", b"%PDF-1.4", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"])
)
def test_no_bytes_at_all_make_it_stumble(rest: bytes, head: bytes) -> None:
    assert files.kind_of(head + rest) in {None, "pdf", "jpeg"}


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_one_wrong_byte_in_a_document_never_makes_it_stumble(place: int, value: int) -> None:
    content = bytearray(a_docx())
    content[place % len(content)] = value

    assert files.kind_of(bytes(content)) in {None, "docx"}
