"""What is left of a sign-in goes again, after the time that the policy says, and nothing else goes with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from compliance import scheduler
from compliance.identity.models import (
    EmailCode,
    Failures,
    KnownDevice,
    PasskeyChallenge,
    Person,
    SignIn,
    SourceFailures,
)
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, Origin
from compliance.kernel.jobs import run_now
from tests.builders.identity import an_account, every, logged, signed_in
from tests.identity.test_locking import wrong

KEPT = timedelta(days=90)


@pytest.fixture
def left_behind(house: House, clock: FixedClock) -> None:
    """A sign-in of today in a browser that is known now, with a code and a challenge; and failures on another name."""
    account = an_account(house)
    clock.move(timedelta(seconds=30))
    opened = signed_in(house, account, Origin("192.0.2.10", device=""))
    wrong(house, "nobody@kent.example.org")
    now = clock.now()
    with house.engine.begin() as connection:
        code = {"code": "c", "sent": 1, "tries": 0, "made_at": now, "ends_at": now}
        connection.execute(insert(EmailCode).values(session_id=opened.session_id, **code))
        connection.execute(insert(PasskeyChallenge).values(session_id=opened.session_id, state="s", made_at=now))


KINDS = (EmailCode, PasskeyChallenge, SignIn, KnownDevice, Failures, SourceFailures)


def run(house: House) -> int:
    job = scheduler.job_named("forget-sign-ins")
    assert job is not None
    return run_now(house, job).done


@pytest.mark.rule("RET-9", "IDN-6")
@pytest.mark.usefixtures("left_behind")
def test_what_is_left_of_sign_ins_is_forgotten_after_ninety_days_and_the_account_stays(
    house: House, clock: FixedClock
) -> None:
    clock.move(KEPT)
    assert run(house) == 0
    assert all(every(house, kind) for kind in KINDS)

    clock.move(timedelta(days=1, seconds=1))
    assert run(house) == 1

    assert {kind.__name__: len(every(house, kind)) for kind in KINDS if every(house, kind)} == {"KnownDevice": 1}
    assert len(every(house, Person)) == 1
    assert len(logged(house, "sign_in.done")) == 2
    assert [entry.outcome for entry in logged(house, "session.forgotten")] == ["done"]
    assert run(house) == 0


@pytest.mark.rule("RET-9", "IDN-4")
@pytest.mark.usefixtures("left_behind")
def test_a_browser_is_forgotten_ninety_days_after_it_was_last_anybodys(house: House, clock: FixedClock) -> None:
    clock.move(2 * KEPT + timedelta(seconds=1))

    run(house)

    assert every(house, KnownDevice) == []
