"""Two answers at once to one request: one counts, and the other is told so (SHA-2); three hundred rounds on each store.

A naive version, which looks at the request without holding it, is raced too, to show that the race would find it.
"""

from __future__ import annotations

import threading
from collections import Counter
from time import sleep
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from audit.models import AuditEntry
from compliance.kernel.context import Context, House
from compliance.kernel.db import WRITES
from compliance.kernel.secrets import KeyRing
from compliance.sharing.reuse.models import ReuseRequest
from compliance.sharing.reuse.rules import NEXT, Status, Step
from tests.builders.identity import COMMAND, Acting
from tests.builders.licences import rows_made
from tests.builders.sharing import Cast, a_cast, answer, me
from tests.support.together import Act, together

ROUNDS = 300


def waiting(house: House, cast: Cast, number: int) -> UUID:
    """An open request, as a row alone, so that a round costs no more than its race."""
    with house.work(COMMAND) as ctx:
        new_id, now = ctx.new_id(), ctx.now()
        row = ReuseRequest(
            id=new_id, year=2026, number=number, reference=f"C-{number}", purpose="other", supplier_id=cast.supplier_id,
            asking_organisation_id=cast.asker_id, asked_by=me(cast.asker), recorded_by="-", asked_at=now,
            answer_by=now.date(), status="open",
            words=ctx.the(KeyRing).seal(b"-", place=f"reuse_requests.words:{new_id}"),
        )  # fmt: skip
        rows_made(ctx, row)
    return new_id


def taking(request: UUID, step: Step) -> Act:
    more = {"reason": "child_protection"} if step is Step.RELY else {}
    return lambda ctx: answer(ctx, request, step.value, seen="open", **more)


RACES = {
    "permit against refuse": (("supplier", Step.PERMIT), ("second", Step.REFUSE)),
    "two permissions": (("supplier", Step.PERMIT), ("second", Step.PERMIT)),
    "refuse against rely": (("supplier", Step.REFUSE), ("manager", Step.RELY)),
    "permit against withdraw": (("supplier", Step.PERMIT), ("asker", Step.WITHDRAW)),
}


@pytest.mark.rule("SHA-2")
@pytest.mark.parametrize("race", RACES)
def test_of_two_answers_at_once_one_counts(house: House, race: str) -> None:
    acts, cast = RACES[race], a_cast(house)
    seen: Counter[Step] = Counter()
    for number in range(ROUNDS):
        request = waiting(house, cast, number + 1)
        ends = together(house, [(getattr(cast, who), taking(request, step)) for who, step in acts])
        assert sorted(ends) in (["AnsweredMeanwhile", "done"], ["NoSuchAnswer", "done"]), ends
        won = acts[ends.index("done")][1]
        with house.reading(COMMAND) as ctx:
            assert ctx.session.get_one(ReuseRequest, request).status == NEXT[Status.OPEN, won]
            entries = select(func.count()).where(AuditEntry.subject_id == str(request))
            assert ctx.session.scalar(entries.where(AuditEntry.event.startswith("reuse."))) == 1
        seen[won] += 1
    assert sum(seen.values()) == ROUNDS


@pytest.mark.rule("SHA-2")
def test_the_race_finds_answers_that_look_without_holding(house: House) -> None:
    cast = a_cast(house)
    request = waiting(house, cast, 1)

    def naively(who: Acting, step: Step) -> Act:
        def go(_ctx: Context | None) -> None:
            with house.reading(*who) as looking:
                status = looking.session.scalar(select(ReuseRequest.status).where(ReuseRequest.id == request))
            assert status == "open"
            sleep(0.2)
            with house.engine.execution_options(**{WRITES: True}).begin() as store:
                table = ReuseRequest.__table__
                store.execute(
                    update(table).where(table.c.id == request).values(status=NEXT[Status.OPEN, step].value)  # type: ignore[arg-type]
                )

        return go

    ends = apart([naively(cast.supplier, Step.PERMIT), naively(cast.second, Step.REFUSE)])

    assert ends == ["done", "done"], "both answered"


def apart(acts: list[Act]) -> list[str]:
    """Both acts at once, none of them in a unit of work: on SQLite one takes its turn before it looks."""
    ends: list[str] = []

    def run(act: Act) -> None:
        act(None)  # type: ignore[arg-type]
        ends.append("done")

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return ends
