"""What an operator sees of the post: the link where there is no mail, and what the doctor says of letters that wait."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from compliance.app import furnished, house_of
from compliance.cli import doctor
from compliance.kernel.clock import FixedClock
from compliance.kernel.settings import Settings
from compliance.notices.ways import Post
from compliance.notices.ways.smtp import Smtp
from tests.builders.notices import a_letter, post_goes
from tests.support.installation import Installation, a_free_port

INVITE = ("people", "invite", "--name", "Ash Moor", "--email", "ash.moor@hub.example", "--hub-team")


@pytest.mark.rule("IDN-8", "GOV-5")
def test_the_first_link_is_printed_where_there_is_no_mail_and_sent_where_there_is(installation: Installation) -> None:
    link = installation.does(*INVITE)
    assert re.fullmatch(rf"{installation.base_url}/invitation/msi_[\w-]+", link)

    mail = {"SMTP_URL": f"smtp://127.0.0.1:{a_free_port()}", "COMPLIANCE_MAIL_FROM": "hub@marac.example"}
    other = [word.replace("ash.moor", "wren.alder") for word in INVITE]
    sent = installation.tries(*other, **mail)
    assert (sent.code, sent.out) == (0, "The link is on its way to wren.alder@hub.example.")


@pytest.mark.rule("GOV-5")
def test_a_mail_setting_that_is_unsafe_keeps_everything_from_starting(installation: Installation) -> None:
    refused = installation.tries("jobs", "list", "--help", SMTP_URL="smtp://mail.example")
    assert refused.code == 0

    said = installation.tries("doctor", SMTP_URL="smtp://mail.example", COMPLIANCE_MAIL_FROM="hub@marac.example")
    assert said.code == 1
    assert "SMTP_URL without TLS is for 127.0.0.1 only" in said.err


@pytest.mark.rule("GOV-5")
def test_the_doctor_says_what_waits_and_finds_it_wrong_when_it_fails_or_waits_too_long(
    sqlite_settings: Settings, clock: FixedClock
) -> None:
    app = furnished(sqlite_settings, clock)
    house = house_of(app)

    def letters() -> doctor.Finding:
        return next(found for found in doctor.examine(app) if found.check == "Letters go out (GOV-5)")

    assert (letters().well, letters().says) == (True, "as it must be")

    a_letter(house)
    assert letters().well
    assert letters().says.startswith("1 wait, the oldest since 2026-11-21T10:00:00")
    assert "no mail is configured; set SMTP_URL" in letters().says

    clock.move(timedelta(minutes=31))
    assert not letters().well

    house.fixtures[Post] = Post(Smtp.of(f"smtp://127.0.0.1:{a_free_port()}", "hub@marac.example"))
    assert not letters().well
    post_goes(house)
    assert not letters().well
    assert letters().says.startswith("1 of them could not be sent so far")
    house.engine.dispose()


@pytest.mark.rule("GOV-5")
def test_a_letter_that_has_just_failed_is_something_wrong(sqlite_settings: Settings, clock: FixedClock) -> None:
    mail = {"smtp_url": f"smtp://127.0.0.1:{a_free_port()}", "mail_from": "hub@marac.example"}
    app = furnished(replace(sqlite_settings, **mail), clock)
    house = house_of(app)
    a_letter(house)
    post_goes(house)

    finding = next(found for found in doctor.examine(app) if found.check == "Letters go out (GOV-5)")
    assert not finding.well
    house.engine.dispose()
