"""Taking a file in: a letter, a scan, the text of an instrument."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256

from compliance.kernel import text
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from policies.values import Policy

from . import files
from .models import Upload

LETTER_KINDS = ("pdf", "docx", "png", "jpeg")

_LONGEST_NAME = 200


def receive(
    ctx: Context,
    *,
    file_name: str,
    content: bytes,
    allowed: Collection[str] = LETTER_KINDS,
    pointer: str = "/letter",
) -> Upload:
    """Keep a file whole, under the SHA-256 of its content (SIG-6). Raises Invalid at `pointer` as `checked` does."""
    upload = checked(ctx, file_name=file_name, content=content, allowed=allowed, pointer=pointer)
    ctx.session.add(upload)
    ctx.session.flush()
    return upload


def checked(
    ctx: Context,
    *,
    file_name: str,
    content: bytes,
    allowed: Collection[str] = LETTER_KINDS,
    pointer: str = "/letter",
) -> Upload:
    """The file as it would be kept, and is not yet.

    Raises Invalid at `pointer` for a file that is empty, too large, or not of an allowed kind by its content.
    The name is kept for people only: without folders, and with the ending that its content deserves.
    """
    most = ctx.the(Policy).signatories.letter_bytes
    if not content:
        raise Invalid.at(pointer, "Choose a file that is not empty.")
    if len(content) > most:
        raise Invalid.at(pointer, f"Choose a file of {most // 1048576} MB or less.")
    kind = files.kind_of(content)
    if kind is None or kind not in allowed:
        raise Invalid.at(
            pointer, f"Choose a file that is really one of these: {_said(allowed)}. Its name does not count."
        )

    return Upload(
        id=ctx.new_id(),
        file_name=_name(file_name, kind, pointer),
        media_type=files.MEDIA_TYPES[kind],
        size=len(content),
        sha256=sha256(content).hexdigest(),
        content=content,
        received_at=ctx.now(),
    )


def _name(given: str, kind: str, pointer: str) -> str:
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    name = text.line(last, pointer=pointer, limit=_LONGEST_NAME - 5)
    endings = files.ENDINGS[kind]
    return name if name.casefold().endswith(endings) else name + endings[0]


def _said(kinds: Collection[str]) -> str:
    return ", ".join(kind.upper() for kind in kinds)
