"""Documents can be read by anybody, say what they were given, and cannot be made to do anything else."""

from __future__ import annotations

import time
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from compliance.papers.documents import Section, in_type
from compliance.papers.typesetting import NotSet, Press, PressBusy, TooLong
from tests.builders.papers import a_document, bare, text_of

PRESS = Press()
ATTACKS = (
    '#panic("no")', "#import \"@preview/tablex:0.0.8\": *", '#read("/etc/passwd")', "$ x $ *b* _i_ `c` <l> @z",
    "[", "]", "]#[", "\\", '"', "\\u{41}", "= Heading", "// gone", "/* gone */", "#sys.inputs", "\u0627\u0628\u062c", "A\u0308", "a" * 300,
)  # fmt: skip


@pytest.mark.rule("SIG-2")
def test_a_document_is_tagged_and_says_its_title_and_its_language() -> None:
    reader = PdfReader(BytesIO(PRESS.set(a_document("Words.", title="Certificate of signature"))))
    root = reader.root_object

    assert root["/MarkInfo"]["/Marked"].value
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value
    assert reader.metadata is not None
    assert reader.metadata.title == "Certificate of signature"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert all("/FontFile" in str(_descriptor(font)) for font in fonts)


@pytest.mark.rule("SIG-2")
def test_the_same_document_is_the_same_to_the_byte() -> None:
    assert PRESS.set(a_document("Words.")) == PRESS.set(a_document("Words."))


@pytest.mark.rule("SIG-2")
def test_what_people_wrote_is_shown_as_they_wrote_it_and_never_carried_out() -> None:
    rows = [(words, words) for words in ATTACKS]
    document = a_document(
        *ATTACKS, sections=(Section("Facts", ATTACKS, rows, ("One", "Two"), rows, "\n".join(ATTACKS)),)
    )
    said = text_of(PRESS.set(document))

    latin = [words for words in ATTACKS if words.isascii()]
    assert [words for words in latin if said.count(bare(words)) < 5] == []
    assert "root:" not in said


@pytest.mark.rule("SIG-2")
@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn", "Cf")), max_size=120))
@settings(max_examples=30, deadline=None)
def test_whatever_the_doors_let_in_can_be_set(words: str) -> None:
    assert PRESS.set(a_document(words, title=f"T{words}")).startswith(b"%PDF-")


@pytest.mark.rule("SIG-2")
def test_every_sign_that_is_said_to_have_a_typeface_has_one_and_others_are_written_by_their_number() -> None:
    ours = "".join(each for each in map(chr, range(0x20, 0x3000)) if in_type(each) == each and each.isprintable())

    assert PRESS.set(a_document(*(ours[n : n + 400] for n in range(0, len(ours), 400))))
    assert in_type("漢a\0") == "[U+6F22]a[U+0000]"
    assert len(ours) > 1800


def test_what_is_too_much_for_one_document_is_refused_and_what_takes_too_long_is_ended() -> None:
    with pytest.raises(TooLong):
        PRESS.set(a_document("x" * 5_000_000))

    began = time.monotonic()
    with pytest.raises(TooLong):
        Press(most_seconds=0.01).set(a_document("Words."))
    assert time.monotonic() - began < 60


def test_only_so_many_are_set_at_once_and_who_comes_too_late_is_told_to_wait() -> None:
    with pytest.raises(PressBusy) as told:
        Press(at_once=0, line_seconds=0).set(a_document("Words."))

    assert told.value.retry_after > 0


def test_a_document_without_a_title_is_not_made() -> None:
    with pytest.raises(NotSet, match="title"):
        PRESS.set(a_document("Words.", title=""))


def _descriptor(font: object) -> object:
    described = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font  # type: ignore[operator, index]
    return described["/FontDescriptor"].get_object()
