"""Text as people type it, made safe to keep: one place decides what a name or a reason may hold."""

from __future__ import annotations

import unicodedata

from .errors import Invalid

# Cc: control, Cs: lone surrogates, Cf: format characters, among them the bidirectional overrides that
# make a name read as another; Zl, Zp: line and paragraph separators, at which some readers of a log would begin
# a new line. The soft joiners that some names need are let through.
_REFUSED = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_FORMAT_ALLOWED = {"\u200c", "\u200d"}
_LINE_BREAKS = {"\n", "\r", "\t"}
_LINE_ENDS = ("\r\n", "\r", "\u2028", "\u2029")


def line(value: str, *, pointer: str, limit: int = 200) -> str:
    """One line of text: trimmed, NFC, not empty, at most `limit` characters, nothing invisible.

    Raises Invalid at `pointer`.
    """
    return _clean(value, pointer=pointer, limit=limit, breaks=False)


def prose(value: str, *, pointer: str, limit: int = 4000) -> str:
    """Several lines of text, otherwise as `line`; line ends become `\\n`."""
    for end in _LINE_ENDS:
        value = value.replace(end, "\n")
    return _clean(value, pointer=pointer, limit=limit, breaks=True)


def _clean(value: str, *, pointer: str, limit: int, breaks: bool) -> str:
    text = value.strip()
    if not text:
        raise Invalid.at(pointer, "Enter something here.")
    if len(text) > limit:
        raise Invalid.at(pointer, f"Use {limit} characters or fewer.")
    # What Python calls printable holds nothing hidden: nearly all text, told at once.
    if not text.isprintable() and any(_hidden(character, breaks) for character in text):
        raise Invalid.at(pointer, "Remove the characters that cannot be seen, such as control characters.")
    return unicodedata.normalize("NFC", text)


def _hidden(character: str, breaks: bool) -> bool:
    if breaks and character in _LINE_BREAKS:
        return False
    category = unicodedata.category(character)
    return category in _REFUSED or (category == "Cf" and character not in _FORMAT_ALLOWED)
