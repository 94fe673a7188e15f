"""The operator brings back whom no member of the hub can, from the shell."""

from __future__ import annotations

import pytest

from tests.support.installation import Installation

VERIFIED = ("--identity-check", "Came to the office with a passport.")


@pytest.mark.rule("IDN-4", "IDN-8")
def test_the_only_hub_manager_is_brought_back_by_a_link_that_is_printed_where_there_is_no_mail(
    installation: Installation,
) -> None:
    email = ("--email", "ash.moor@hub.example")
    first = installation.does("people", "invite", "--name", "Ash Moor", *email, "--role", "hub_manager", "--hub-team")

    reset = installation.does("people", "reset", *email, *VERIFIED)
    recovered = installation.does("people", "reset", *email, *VERIFIED, "--lost-second-factor")

    assert all(link.startswith(f"{installation.base_url}/invitation/msi_") for link in (first, reset, recovered))
    assert len({first, reset, recovered}) == 3


@pytest.mark.rule("IDN-4")
def test_nobody_is_brought_back_who_is_not_there_or_was_not_verified(installation: Installation) -> None:
    nobody = installation.tries("people", "reset", "--email", "nobody@hub.example", *VERIFIED)
    assert nobody.code == 1
    assert installation.tries("people", "reset", "--email", "nobody@hub.example").code == 2
