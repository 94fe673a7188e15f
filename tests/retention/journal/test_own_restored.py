"""What the schedule of our own records had taken from a store that was turned back goes at once; what is held stays (RET-12, RET-9, RET-6)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from compliance.breaches.models import IncidentDraft
from compliance.changes.webhooks import use_cases as endpoints
from compliance.cli.restoring import do_again_or_end
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.idempotency import IdempotencyKey
from policies.values import packaged
from retention.holds import use_cases as holds
from retention.journal.keeping import keep
from tests.builders.identity import COMMAND, every, someone
from tests.builders.webhooks import an_endpoint
from tests.witnesses.conftest import Past


def an_answer_and_a_draft(house: House) -> None:
    """Each is disposed of by the job of another room, which knows nothing of holds."""
    writer = someone(house, "delegate").actor.id
    with house.work(COMMAND) as ctx:
        key = IdempotencyKey(
            caller="program", route="/facts", key="k-1", fingerprint=bytes(32), status=200, answer="{}",
            answered_at=ctx.now(),
        )  # fmt: skip
        draft = IncidentDraft(id=ctx.new_id(), person_id=UUID(writer), content=b"sealed", saved_at=ctx.now())
        ctx.session.add_all([key, draft])


@pytest.mark.rule("RET-12", "RET-9", "RET-6")
def test_what_is_due_again_goes_at_once_by_whichever_room_but_what_a_hold_names_stays(
    sqlite_app: Flask, kept_house: House, past: Past, clock: FixedClock
) -> None:
    house = kept_house
    an_answer_and_a_draft(house)
    endpoint = an_endpoint(house, "https://case.example/changes")
    clock.move(
        timedelta(days=1) + max(packaged().own_records[code].lasts(packaged()) for code in ("answers", "breach_drafts"))
    )
    with house.work(*someone(house, "ig_officer")) as ctx:
        soon = (ctx.now() + timedelta(days=60)).date()
        holds.place(ctx, ground="inquiry", reach="kind", value="answers", reason="Asked for.", review_on=soon)
    keep(house)
    past.take()
    with house.work(*someone(house, "hub_manager")) as ctx:
        endpoints.end_endpoint(ctx, endpoint)
    keep(house)
    past.put_back()

    do_again_or_end(house)

    assert every(house, IncidentDraft) == []
    assert [each.key for each in every(house, IdempotencyKey)] == ["k-1"]
