"""A change and its entry commit together, or neither does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest
from sqlalchemy import delete, func, select, update

from audit.encoding import digest
from audit.events import Event
from audit.guard import Unrecorded
from audit.models import COLUMNS, AuditEntry, LogHead, RightsChange
from audit.record import receipts, record
from compliance.kernel.context import Context, House, operator
from compliance.licences.models import SeatContract
from signatories.models import Organisation

SOMEBODY = operator("test")


@dataclass(frozen=True, kw_only=True)
class OrganisationNoted(Event):
    name: ClassVar[str] = "test.organisation.noted"
    subject_kind = "organisation"


def an_organisation(ctx: Context, code: str = "swale") -> Organisation:
    row = Organisation(
        id=ctx.new_id(), code=code, name="Swale", sector="Housing", kind="standing", created_at=ctx.now()
    )
    ctx.session.add(row)
    return row


@pytest.mark.rule("AUD-2")
def test_a_change_that_no_event_names_does_not_commit(house: House) -> None:
    with pytest.raises(Unrecorded, match="Organisation"), house.work(SOMEBODY) as ctx:
        an_organisation(ctx)

    with house.reading(SOMEBODY) as ctx:
        assert ctx.session.scalar(select(func.count()).select_from(Organisation)) == 0


@pytest.mark.rule("AUD-2")
def test_an_event_that_names_another_row_does_not_let_the_change_through(house: House) -> None:
    with pytest.raises(Unrecorded), house.work(SOMEBODY) as ctx:
        an_organisation(ctx)
        record(ctx, OrganisationNoted(subject=ctx.new_id()))


@pytest.mark.rule("AUD-2", "DEC-7")
def test_a_change_answers_with_the_number_and_hash_of_its_entry(house: House) -> None:
    with house.work(SOMEBODY) as ctx:
        record(ctx, OrganisationNoted(subject=an_organisation(ctx).id))

    receipt = receipts(ctx)[0]
    with house.reading(SOMEBODY) as ctx:
        entry = ctx.session.get_one(AuditEntry, receipt.entry)
        assert entry.hash.hex() == receipt.hash
        assert entry.hash == digest({name: getattr(entry, name) for name in COLUMNS})
        assert entry.actor_id == "test"


@pytest.mark.rule("AUD-2")
def test_what_fails_half_way_leaves_neither_change_nor_entry(house: House) -> None:
    with pytest.raises(ZeroDivisionError), house.work(SOMEBODY) as ctx:
        record(ctx, OrganisationNoted(subject=an_organisation(ctx).id))
        ctx.session.flush()
        raise ZeroDivisionError

    with house.reading(SOMEBODY) as ctx:
        assert ctx.session.scalar(select(func.count()).select_from(Organisation)) == 0
        assert ctx.session.scalar(select(func.count()).select_from(AuditEntry)) == 0
        assert ctx.session.get_one(LogHead, 1).size == 0


@pytest.mark.rule("AUD-2")
@pytest.mark.parametrize("statement", [update(Organisation).values(name="x"), delete(SeatContract)])
def test_a_statement_on_a_whole_audited_table_is_refused(sqlite_house: House, statement: object) -> None:
    with pytest.raises(Unrecorded), sqlite_house.work(SOMEBODY) as ctx:
        ctx.session.execute(statement)  # type: ignore[call-overload]


@pytest.mark.rule("DEC-4")
def test_a_change_of_rights_moves_the_state_on_and_says_whose(house: House) -> None:
    with house.work(SOMEBODY) as ctx:
        organisation = an_organisation(ctx)
        record(ctx, OrganisationNoted(subject=organisation.id))

    with house.reading(SOMEBODY) as ctx:
        head = ctx.session.get_one(LogHead, 1)
        moved = ctx.session.scalars(select(RightsChange)).one()
        assert (head.state_version, moved.state_version) == (1, 1)
        assert (moved.kind, moved.subject_id) == ("organisation", organisation.id)
        assert ctx.session.scalars(select(AuditEntry)).one().state_version == 1
