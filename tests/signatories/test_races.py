"""Two who act on one organisation at the same instant, on each database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import func, select

from compliance.kernel.clock import SystemClock, london_date
from compliance.kernel.context import House
from compliance.kernel.errors import Conflict
from signatories import queries, use_cases
from signatories.errors import AlreadyRefused, AlreadySigned, NothingToWithdraw, NotOpened
from signatories.models import Signature, Withdrawal
from tests.builders.identity import Acting, someone
from tests.builders.signatories import (
    COMMAND,
    a_pdf,
    a_signatory,
    a_signer,
    a_version,
    an_organisation,
    state_of,
    the_instruments,
    withdraws,
)

Act = Callable[[], object]


@pytest.fixture
def busy(house: House) -> House:
    """The house by the real clock, so that what comes later is later."""
    house.clock = SystemClock()
    return house


def at_once(*acts: Act) -> list[object]:
    """What each act answered, or the refusal it met, when all start together."""
    start = Barrier(len(acts))

    def run(act: Act) -> object:
        start.wait()
        try:
            return act()
        except Conflict as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def opened(house: House, organisation_id: UUID, *version_ids: UUID) -> Acting:
    signer = a_signer(house, organisation_id)
    for version_id in version_ids:
        with house.work(*signer) as ctx:
            use_cases.open_version(ctx, version_id)
    return signer


def signing(house: House, signer: Acting, organisation_id: UUID, version_id: UUID) -> Act:
    def act() -> UUID:
        with house.work(*signer) as ctx:
            return use_cases.sign(ctx, organisation_id, version_id, name="Robin Vale", role="Head").id

    return act


def withdrawing(house: House, manager: Acting, organisation_id: UUID) -> Act:
    def act() -> Withdrawal:
        return withdraws(house, organisation_id, by=manager)

    return act


@pytest.mark.rule("SIG-2")
def test_of_many_signatures_at_once_one_is_made(busy: House) -> None:
    op = the_instruments(busy)["op"]
    swale = an_organisation(busy)
    signers = [opened(busy, swale, op) for _ in range(4)]

    answers = at_once(*(signing(busy, signer, swale, op) for signer in (*signers, *signers)))

    assert sum(isinstance(answer, UUID) for answer in answers) == 1
    assert sum(isinstance(answer, AlreadySigned) for answer in answers) == 7
    with busy.reading(COMMAND) as ctx:
        assert ctx.session.scalar(select(func.count()).select_from(Signature)) == 1


@pytest.mark.rule("SIG-6", "SIG-9")
def test_signing_while_the_organisation_is_withdrawn_never_brings_it_back(busy: House) -> None:
    the_instruments(busy)
    partners = [a_signatory(busy, f"partner-{place}") for place in range(4)]
    second = a_version(busy, "op", "2", resign_by=london_date(busy.clock.now()))

    for partner in partners:
        signer, manager = opened(busy, partner, second), someone(busy, "hub_manager")
        withdrawal, signature = at_once(withdrawing(busy, manager, partner), signing(busy, signer, partner, second))

        assert isinstance(withdrawal, Withdrawal)
        assert isinstance(signature, (UUID, NotOpened))
        assert (state_of(busy, partner, "op"), state_of(busy, partner, "isa")) == ("withdrawn", "withdrawn")


@pytest.mark.rule("SIG-6", "SIG-9")
def test_a_signature_that_waited_for_the_withdrawal_to_commit_is_refused(busy: House) -> None:
    the_instruments(busy)
    swale = a_signatory(busy)
    second = a_version(busy, "op", "2", resign_by=london_date(busy.clock.now()))
    signer, manager = opened(busy, swale, second), someone(busy, "hub_manager")

    with ThreadPoolExecutor(1) as pool:
        with busy.work(*manager) as ctx:
            use_cases.withdraw(
                ctx,
                swale,
                instruments=["isa", "op"],
                letter_name="letter.pdf",
                letter=a_pdf(),
                letter_on=london_date(ctx.now()),
                reasons="We no longer take part.",
            )
            waiting = pool.submit(signing(busy, signer, swale, second))
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
        with pytest.raises(NotOpened):
            waiting.result()

    assert state_of(busy, swale, "op") == "withdrawn"


@pytest.mark.rule("SIG-6")
def test_an_organisation_is_withdrawn_once(busy: House) -> None:
    the_instruments(busy)
    swale = a_signatory(busy)
    managers = [someone(busy, "hub_manager") for _ in range(4)]

    answers = at_once(*(withdrawing(busy, manager, swale) for manager in managers))

    assert sum(isinstance(answer, Withdrawal) for answer in answers) == 1
    assert sum(isinstance(answer, NothingToWithdraw) for answer in answers) == 3


@pytest.mark.rule("SIG-5")
def test_signing_and_refusing_at_once_leave_one_of_the_two(busy: House) -> None:
    op = the_instruments(busy)["op"]
    swale = an_organisation(busy)
    signer, manager = opened(busy, swale, op), someone(busy, "hub_manager")

    def refusing() -> str:
        with busy.work(*manager) as ctx:
            use_cases.refuse_to_sign(ctx, swale, op, reasons="They wrote that they will not.")
        return "refused"

    signature, refusal, again = at_once(signing(busy, signer, swale, op), refusing, refusing)

    assert isinstance(signature, UUID)
    assert refusal == "refused" or isinstance(refusal, (AlreadySigned, AlreadyRefused))
    assert again == "refused" or isinstance(again, (AlreadySigned, AlreadyRefused))
    assert state_of(busy, swale, "op") == "signed"


@pytest.mark.rule("SIG-2")
def test_one_text_opened_in_many_tabs_at_once_is_one_opening(busy: House) -> None:
    op = the_instruments(busy)["op"]
    signer = a_signer(busy, an_organisation(busy))

    def opening() -> bytes:
        with busy.work(*signer) as ctx:
            return use_cases.open_version(ctx, op).content

    assert len(set(at_once(*[opening] * 6))) == 1
    with busy.reading(*signer) as ctx:
        assert queries.opened(ctx, op) is not None
