"""Many hands at once: the store, not luck, keeps the rules (LIC-5, LIC-12, SIG-6). Each on both databases.

Every one of these was seen to fail with the lock or index it is about taken away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, insert, literal, select
from sqlalchemy.exc import IntegrityError

from compliance.identity import totp
from compliance.identity import use_cases as identity_use_cases
from compliance.kernel.context import NOBODY, House, operator
from compliance.kernel.db import WRITES, violated
from compliance.kernel.errors import Refusal
from compliance.licences import use_cases
from compliance.licences.errors import AlreadyInvited, AlreadyLicensed, NoSeat, NoSuchStep
from compliance.licences.models import CaseInvitation, ClosedCase, Licence
from compliance.licences.rules import HOLDS_A_SEAT, EndReason, Status
from compliance.licences.use_cases.asking import ONE_LIVE
from signatories.models import Withdrawal
from tests.builders import identity
from tests.builders.licences import a_licence, a_person, a_request, acting, again, an_organisation, hub, seats, withdraw

OK = "done"


def at_once(acts: Sequence[Callable[[], object]]) -> list[str]:
    """Do all of these at the same moment; for each, what it was refused by, or `done`."""
    start = Barrier(len(acts))

    def one(act: Callable[[], object]) -> str:
        start.wait()
        try:
            act()
        except Refusal as refusal:
            return type(refusal).__name__
        return OK

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def approving(house: House, licence_id: UUID) -> Callable[[], object]:
    def act() -> None:
        with acting(house) as ctx:
            use_cases.approve(ctx, licence_id)

    return act


def taken(house: House) -> int:
    with house.reading(operator("test")) as ctx:
        return ctx.session.scalars(
            select(func.count()).select_from(Licence).where(Licence.status.in_(HOLDS_A_SEAT))
        ).one()


@pytest.mark.rule("LIC-5")
@pytest.mark.parametrize("approvers", [2, 8])
def test_the_last_seat_goes_to_one_of_several_approvers(house: House, approvers: int) -> None:
    seats(house, standing=1)
    # Each for an organisation of its own, so that nothing but the contract stands between them.
    requests = []
    for number in range(approvers):
        organisation = an_organisation(house, f"o{number}")
        a_person(house, organisation, f"alex@o{number}.gov.uk")
        requests.append(a_request(house, organisation, f"alex@o{number}.gov.uk"))

    said = at_once([approving(house, licence.id) for licence in requests])

    assert Counter(said) == {OK: 1, NoSeat.__name__: approvers - 1}
    assert taken(house) == 1


@pytest.mark.rule("LIC-3", "LIC-5")
def test_one_of_two_approvers_of_one_request_is_told_somebody_was_first(house: House) -> None:
    seats(house)
    organisation = an_organisation(house)
    a_person(house, organisation)
    licence = a_request(house, organisation)

    said = at_once([approving(house, licence.id)] * 2)

    assert Counter(said) == {OK: 1, NoSuchStep.__name__: 1}
    assert len(identity.logged(house, "licence.approved")) == 1


@pytest.mark.rule("LIC-12")
def test_of_two_requests_for_one_person_one_is_taken(house: House) -> None:
    organisation = an_organisation(house)
    a_person(house, organisation)

    said = at_once([lambda: a_request(house, organisation)] * 4)

    assert Counter(said) == {OK: 1, AlreadyLicensed.__name__: 3}


@pytest.mark.rule("LIC-12")
def test_the_store_itself_refuses_a_second_live_licence_by_name(house: House) -> None:
    licence = a_request(house, an_organisation(house))
    columns = [column for column in Licence.__table__.columns if column.name != "id"]
    twin = select(literal(uuid4(), Licence.id.type).label("id"), *columns).where(Licence.id == licence.id)
    insertion = insert(Licence).from_select(["id", *(column.name for column in columns)], twin)

    with pytest.raises(IntegrityError) as refused, house.engine.execution_options(**{WRITES: True}).begin() as store:
        store.execute(insertion)

    assert violated(refused.value, ONE_LIVE)


@pytest.mark.rule("LIC-9", "LIC-5")
def test_one_seat_passes_to_one_of_two(house: House) -> None:
    seats(house, standing=1)
    organisation = an_organisation(house)
    holder = a_licence(house, organisation)
    wanted = []
    for name in ("kim", "lou"):
        a_person(house, organisation, f"{name}@swale.gov.uk")
        wanted.append(a_request(house, organisation, f"{name}@swale.gov.uk").id)

    def passing(to: UUID) -> Callable[[], object]:
        def act() -> None:
            with acting(house) as ctx:
                use_cases.reallocate(ctx, holder.id, to)

        return act

    said = at_once([passing(to) for to in wanted])

    assert sorted(said) == ["NoSeatToPass", OK]
    assert taken(house) == 1


@pytest.mark.rule("SIG-6", "LIC-3")
def test_an_enrolment_while_the_organisation_withdraws_leaves_nothing_live(house: House) -> None:
    seats(house)
    organisation = an_organisation(house)
    a_person(house, organisation, ready=False)
    licence = a_request(house, organisation)
    with acting(house) as ctx:
        use_cases.approve(ctx, licence.id)
    token = identity.a_mailed_link(house, licence.person_id)
    with house.work(NOBODY) as ctx:
        opened = identity_use_cases.accept_invitation(ctx, token, password=identity.PASSWORD)
    with house.work(NOBODY) as ctx:
        secret = identity_use_cases.start_enrolment(ctx, opened.session_id).secret

    def enrol() -> None:
        with house.work(NOBODY) as ctx:
            identity_use_cases.confirm_enrolment(ctx, opened.session_id, totp.code_at(secret, ctx.now()))

    said = at_once([enrol, lambda: withdraw(house, organisation)])

    assert said[1] == OK
    found = again(house, licence.id)
    assert (found.status, found.end_reason) == (Status.DEACTIVATED, EndReason.WITHDRAWN)
    with house.reading(hub()) as ctx:
        assert ctx.session.scalars(select(Withdrawal.licences_ended)).one() == 1


@pytest.mark.rule("SIG-6", "LIC-3")
def test_an_approval_while_the_organisation_withdraws_leaves_nothing_live(house: House) -> None:
    seats(house)
    organisation = an_organisation(house)
    a_person(house, organisation)
    licence = a_request(house, organisation)

    said = at_once([approving(house, licence.id), lambda: withdraw(house, organisation)])

    assert said[1] == OK
    assert again(house, licence.id).status == Status.DEACTIVATED


@pytest.mark.rule("SIG-6", "LIC-12")
def test_a_request_while_the_organisation_withdraws_leaves_nothing_live(house: House) -> None:
    organisation = an_organisation(house)

    said = at_once([lambda: a_request(house, organisation), lambda: withdraw(house, organisation)])

    assert said[1] == OK
    with house.reading(hub()) as ctx:
        assert set(ctx.session.scalars(select(Licence.status))) <= {Status.DEACTIVATED}


@pytest.mark.rule("LIC-7")
def test_two_invitations_of_one_person_to_one_case_make_one(house: House) -> None:
    seats(house)
    licence = a_licence(house, an_organisation(house))

    def invite() -> None:
        with acting(house) as ctx:
            use_cases.invite_to_case(ctx, reference="C-9", person_id=licence.person_id, closed=True)

    said = at_once([invite] * 4)

    assert Counter(said) == {OK: 1, AlreadyInvited.__name__: 3}


@pytest.mark.rule("LIC-7", "SIG-6")
def test_an_invitation_while_the_licence_ends_does_not_outlive_it(house: House) -> None:
    seats(house)
    licence = a_licence(house, an_organisation(house))

    def invite() -> None:
        with acting(house) as ctx:
            use_cases.invite_to_case(ctx, reference="C-9", person_id=licence.person_id, closed=False)

    def end() -> None:
        with acting(house) as ctx:
            use_cases.deactivate(ctx, licence.id, reason=EndReason.LEAVER)

    said = at_once([invite, end])

    assert said[1] == OK
    with house.reading(hub()) as ctx:
        live = select(func.count()).select_from(CaseInvitation).where(CaseInvitation.ended_at.is_(None))
        assert ctx.session.scalars(live).one() == 0


@pytest.mark.rule("LIC-1")
def test_two_records_of_one_training_make_one(house: House) -> None:
    person = a_person(house, an_organisation(house), trained=[], vetted=False)

    def train() -> None:
        with acting(house, hub("hub_coordinator")) as ctx:
            use_cases.record_training(ctx, person, module="elearning", done_on=date(2026, 1, 5))
            use_cases.record_vetting(ctx, person, level="NPPV 2", holds_until=date(2028, 1, 5))

    assert at_once([train] * 3) == [OK] * 3


@pytest.mark.rule("DEC-1", "LIC-7")
def test_nobody_slips_into_a_case_while_it_is_closed(house: House) -> None:
    seats(house)
    organisation = an_organisation(house)
    people = [a_licence(house, organisation, f"p{number}@swale.gov.uk").person_id for number in range(4)]

    def inviting(person_id: UUID, closed: bool) -> Callable[[], object]:
        def act() -> None:
            with acting(house) as ctx:
                use_cases.invite_to_case(ctx, reference="C-9", person_id=person_id, closed=closed)

        return act

    said = at_once([inviting(person, closed=number < 2) for number, person in enumerate(people)])

    assert said == [OK] * 4
    with house.reading(hub()) as ctx:
        assert ctx.session.scalars(select(func.count()).select_from(ClosedCase)).one() == 1
        live = select(CaseInvitation.closed).where(CaseInvitation.ended_at.is_(None))
        assert set(ctx.session.scalars(live)) == {True}
