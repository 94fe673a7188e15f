"""What a case system does with a refusal: send it again, keep it until somebody mends us, or have somebody look at it."""

from __future__ import annotations

import pytest

from compliance.client import Refused


@pytest.mark.parametrize(
    ("status", "code", "passes", "is_about_this"),
    [
        (503, "store-away", True, False),
        (429, "too-many", True, False),
        (409, "still-running", True, False),
        (409, "events-told-meanwhile", True, False),
        (500, "fault", False, False),
        (401, "invalid_token", False, False),
        (400, "invalid_scope", False, False),
        (401, "invalid_client", False, False),
        (409, "case-invitation-already", False, True),
        (409, "facts-told-otherwise", False, True),
        (422, "facts-refused", False, True),
        (404, "not-found", False, True),
    ],
)
def test_a_refusal_passes_is_ours_to_mend_or_is_about_what_was_sent(
    status: int, code: str, passes: bool, is_about_this: bool
) -> None:
    refused = Refused(status, code, "Said so.")

    assert (refused.passes, refused.is_about_this) == (passes, is_about_this)
