"""The authenticator's secret as a picture, drawn here and by nobody else, and as letters in groups."""

from __future__ import annotations

import segno
from markupsafe import Markup


def drawn(uri: str) -> Markup:
    """An `svg` element without style or script, so that it stands under the strict policy of the pages."""
    picture = segno.make(uri, error="m", micro=False).svg_inline(
        scale=5, border=4, omitsize=True, svgclass=None, lineclass=None, title="QR code for your authenticator app"
    )
    # segno escapes what is put in the title; the rest are numbers.
    return Markup(picture.replace("<svg ", '<svg role="img" focusable="false" ', 1))  # noqa: S704


def in_groups(secret: str) -> str:
    """The secret in groups of four, as people read it out."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
