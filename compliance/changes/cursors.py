"""Places in the feed as programs hold them: opaque, and known for ours by a keyed hash (DEC-4).

One that was altered, or belongs to another list, is none of ours. As nothing is ever taken out of the feed, a cursor
never grows too old; it can only be ahead of the log, where the store was turned back.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from uuid import UUID

from compliance.kernel.errors import Invalid
from compliance.kernel.secrets import KeyRing

from .feed import Place

_PURPOSE = "changes-cursor"
_MARK = 32
_LONGEST = 200


def write(ring: KeyRing, place: Place) -> str:
    """The place as a cursor."""
    text = f"{place.entry}.{place.kind}.{place.subject_id.hex}"
    raw = f"{text}.{ring.fingerprint(_PURPOSE, text)[:_MARK]}"
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read(ring: KeyRing, cursor: str) -> Place:
    """The place in a cursor of ours; raises Invalid at /after for anything else."""
    try:
        if len(cursor) > _LONGEST:
            raise ValueError
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        text, _, mark = raw.rpartition(".")
        if not hmac.compare_digest(mark, ring.fingerprint(_PURPOSE, text)[:_MARK]):
            raise ValueError
        entry, kind, subject = text.split(".")
        place = Place(int(entry), kind, UUID(hex=subject))
    except (ValueError, binascii.Error):
        raise Invalid.at("/after", "Use a cursor that this list gave, unaltered.") from None
    if write(ring, place) != cursor:
        # Base64 lets the last character be written in more ways than one.
        raise Invalid.at("/after", "Use a cursor that this list gave, unaltered.")
    return place
