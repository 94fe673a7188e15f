"""A copy of the store is put back: what was disposed of and which rights ended since is done again before anything else."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.jobs import Run
from retention.disposals import certificates, use_cases
from retention.disposals.errors import CannotBeDisposed
from retention.disposals.models import DisposalManifest
from retention.holds import use_cases as holds
from retention.holds.models import RetentionHold
from retention.journal.keeping import keep
from retention.reviews import showing
from retention.reviews.models import RetentionReview
from tests.builders.api import is_problem
from tests.builders.disposals import agreed, confirms, items, may_go, proposed, waited
from tests.builders.identity import COMMAND, every, logged, someone
from tests.builders.licences import rows_made
from tests.builders.retention import RECORDS, a_keeper, a_record, records
from tests.retention.journal.conftest import again
from tests.witnesses.conftest import Past


@pytest.mark.rule("RET-12", "RET-8")
@pytest.mark.parametrize("copied", ["before the proposal", "before it was told", "before the confirmation"])
def test_a_record_that_was_disposed_of_is_disposed_of_again(
    app: Flask, kept_house: House, past: Past, clock: FixedClock, copied: str
) -> None:
    house = kept_house
    found = may_go(app, "R-1", "R-2")
    keep(house)
    if copied == "before the proposal":
        past.take()
    manifest = proposed(house, *found)
    agreed(house, manifest)
    keep(house)
    if copied == "before it was told":
        past.take()
    waited(house, clock)
    if copied == "before the confirmation":
        keep(house)
        past.take()
    assert confirms(app, items(house)["R-1"].id).get_json()["certificate"] == 1
    was = items(house)["R-1"]
    assert keep(house).forgotten == 0

    past.put_back()
    assert records(house)["R-1"].status != "disposed"
    kept = keep(house)

    assert kept.forgotten
    gone = records(house)["R-1"]
    assert (gone.status, gone.born_on, gone.subject, gone.next_review_on) == ("disposed", None, None, None)
    now = items(house)["R-1"]
    same = (
        "id",
        "status",
        "certificate",
        "method",
        "disposed_on",
        "rule",
        "minimum_ended_on",
        "confirmed_by",
        "confirmed_at",
    )
    assert {name: getattr(now, name) for name in same} == {name: getattr(was, name) for name in same}
    assert (records(house)["R-2"].status, items(house)["R-2"].status) == ("instructed", "instructed")
    assert ("disposal.confirmed", "exactly") in again(house)
    assert confirms(app, items(house)["R-2"].id).get_json()["certificate"] == 2
    assert every(house, DisposalManifest)[0].status == "done"

    assert keep(house).forgotten == 0, "a start after that finds nothing to do"
    assert len(logged(house, "restore.settled")) == 1


@pytest.mark.rule("RET-12", "RET-5")
def test_what_was_agreed_to_before_the_copy_waits_for_two_people_who_know_of_it(
    app: Flask, kept_house: House, past: Past, clock: FixedClock
) -> None:
    house = kept_house
    agreed(house, proposed(house, *may_go(app, "R-1")))
    keep(house)
    past.take()
    with house.work(*someone(house, "ig_officer")) as ctx:
        hold = holds.place(
            ctx, ground="inquiry", reach="record", value="R-1", reason="Asked for.", review_on=date(2027, 5, 1)
        )
    keep(house)
    past.put_back()

    assert keep(house).exactly == 1

    assert every(house, DisposalManifest)[0].status == "called_off"
    [put_back] = every(house, RetentionHold)
    same = ("id", "ground", "reach", "value", "review_on", "placed_by", "lifted_at")
    assert {name: getattr(put_back, name) for name in same} == {name: getattr(hold, name) for name in same}
    with pytest.raises(CannotBeDisposed):
        proposed(house, records(house)["R-1"])
    assert waited(house, clock) == Run()


@pytest.mark.rule("RET-12")
def test_a_record_that_the_store_never_had_is_not_registered_again(
    app: Flask, kept_house: House, past: Past, clock: FixedClock
) -> None:
    house = kept_house
    a_keeper(app)
    keep(house)
    past.take()
    agreed(house, proposed(house, *may_go(app, "R-1")))
    waited(house, clock)
    confirms(app, items(house)["R-1"].id)
    keep(house)
    past.put_back()
    keep(house)

    is_problem(a_keeper(app).put(f"{RECORDS}/R-1", a_record(3)), 409, "retention-disposed")
    assert ("disposal.confirmed", "exactly") in again(house)
    with house.work(*someone(house, "ig_officer")) as ctx:
        found = certificates.certified(ctx, items(house)["R-1"].id)
    assert (found.said["certificate"], found.item.confirmed_by == found.entry.actor_id) == (1, False)


@pytest.mark.rule("RET-12")
def test_a_manifest_that_was_called_off_is_called_off_again(app: Flask, kept_house: House, past: Past) -> None:
    house = kept_house
    manifest = proposed(house, *may_go(app, "R-1"))
    keep(house)
    past.take()
    with house.work(*someone(house, "hub_manager")) as ctx:
        use_cases.call_off(ctx, manifest.id)
    keep(house)
    past.put_back()
    keep(house)

    assert again(house) == [("disposal.called_off", "exactly")]
    assert items(house)["R-1"].status == "called_off"


@pytest.mark.rule("RET-12")
def test_a_review_that_the_copy_still_has_open_is_over(
    sqlite_app: Flask, kept_house: House, past: Past, clock: FixedClock
) -> None:
    house = kept_house
    found = may_go(sqlite_app, "R-1", decision=None)
    keep(house)
    past.take()
    [review] = every(house, RetentionReview)
    with house.work(COMMAND) as ctx:
        now = ctx.session.get_one(RetentionReview, review.id)
        now.status, now.decision, now.decided_by, now.decided_at = "decided", "dispose", "test", ctx.now()
        rows_made(ctx, now)
    agreed(house, proposed(house, *found))
    waited(house, clock)
    confirms(sqlite_app, items(house)["R-1"].id)
    keep(house)
    past.put_back()
    assert every(house, RetentionReview)[0].decided_at is None
    keep(house)

    after = every(house, RetentionReview)[0]
    assert (after.status, after.decision, after.decided_by) == ("decided", "dispose", "after-restore")
    with house.work(*someone(house, "ig_officer")) as ctx:
        assert showing.view(ctx, after.id).reason == ""
