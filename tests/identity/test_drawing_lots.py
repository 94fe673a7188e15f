"""What nobody may guess is drawn by the operating system's own lots, each as long as it has to be (IDN-3, IDN-5)."""

from __future__ import annotations

import base64

import pytest

from compliance.identity import totp


@pytest.mark.rule("IDN-3")
def test_no_secret_of_an_app_comes_twice_and_each_has_160_bits() -> None:
    drawn = {totp.new_secret() for _ in range(2000)}

    assert len(drawn) == 2000
    assert {len(base64.b32decode(secret)) * 8 for secret in drawn} == {160}
    # Every letter of the alphabet stands in every place by and by: none is fixed.
    assert all(len({secret[place] for secret in drawn}) == 32 for place in range(32))
