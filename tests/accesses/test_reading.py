"""Why somebody reads, which searches they keep, and what they take away, on either store."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from audit.ways import Asked
from compliance.accesses.reading import cases, days, exports, queries, use_cases
from compliance.accesses.reading.errors import PurposeNeeded, SearchNameTaken
from compliance.accesses.reading.reader import reader
from compliance.accesses.reading.rules import DENIED, PERMITTED, SEEN, TAKEN
from compliance.identity.models import SignIn
from compliance.kernel.clock import FixedClock, london_date
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from policies.permissions import Permission
from tests.builders.accesses import an_item, answered, answered_together, reported
from tests.builders.identity import Acting, a_person, an_account, at_work, every, signed_in, someone
from tests.builders.licences import an_organisation
from tests.builders.reading import an_officer, as_reader


@pytest.mark.rule("AUD-1")
def test_why_is_kept_with_the_sign_in_that_said_it_and_with_no_other(house: House, clock: FixedClock) -> None:
    account = an_account(house, "ig_officer")
    clock.move(timedelta(minutes=1))
    opened = signed_in(house, account)
    actor, origin = at_work(house, account.person)
    here = Acting(actor, replace(origin, session_id=opened.session_id))

    with pytest.raises(PurposeNeeded), house.work(*here) as ctx:
        reader(ctx)
    with pytest.raises(PurposeNeeded), house.work(*here) as ctx:
        use_cases.say_purpose(ctx, "curiosity")
    with house.work(*here) as ctx:
        use_cases.say_purpose(ctx, "concern", matter="FLAG-7")
    with pytest.raises(Forbidden), house.work(*someone(house, "delegate")) as ctx:
        use_cases.say_purpose(ctx, "concern")

    said = {row.id: (row.reads_for, row.matter) for row in every(house, SignIn)}
    assert said.pop(opened.session_id) == ("concern", "FLAG-7")
    assert set(said.values()) <= {(None, None)}


@pytest.mark.rule("AUD-1")
def test_a_search_is_kept_once_under_a_name_and_asks_only_what_a_search_can(house: House) -> None:
    officer, other = an_officer(house), an_officer(house)

    with house.work(*officer) as ctx:
        kept = use_cases.save_search(ctx, " Refused ", {"outcome": "refused", "who": "", "next": "/evil"}).id
    with pytest.raises(SearchNameTaken), house.work(*officer) as ctx:
        use_cases.save_search(ctx, "Refused", {"outcome": "deny"})
    with pytest.raises(Invalid), house.work(*officer) as ctx:
        use_cases.save_search(ctx, "Hidden \u202e", {"outcome": "deny"})
    with house.work(*other) as ctx:
        use_cases.save_search(ctx, "Refused", {"outcome": "deny"})
    with pytest.raises(NotFound), house.work(*other) as ctx:
        use_cases.drop_search(ctx, kept)

    with house.reading(*officer) as ctx:
        (found,) = queries.saved_searches(ctx)
    assert (found.name, found.asked) == ("Refused", {"outcome": "refused"})


@pytest.mark.rule("AUD-1")
def test_a_case_readers_and_a_day_are_the_same_on_either_store(house: House) -> None:
    swale, now = an_organisation(house), house.clock.now()
    person = a_person(house, "delegate", organisation_id=swale)
    reported(house, person.id, now, "view", reference="C-7")
    reported(house, person.id, now, "export", reference="C-7")
    reported(house, person.id, now, "view", reference="C-7", refused=True)
    answered(house, person.id, now, reference="C-7")
    answered_together(house, now, [an_item(person.id, permit=False, reference="C-7"), an_item(None, reference="C-7")])
    officer = an_officer(house)

    with house.work(*officer) as ctx:
        found = cases.readers_of(ctx, "C-7", reader=as_reader(house, officer))
    with house.work(*officer) as ctx:
        first = days.person_day(ctx, person.id, london_date(now), reader=reader(ctx), after=None, limit=4)
        rest = days.person_day(ctx, person.id, london_date(now), reader=reader(ctx), after=first.after)

    known = {each.person_id: each for each in found.reads}
    theirs = known[str(person.id)]
    assert (theirs.organisation_id, theirs.opened, theirs.refused, theirs.in_batches) == (str(swale), True, 1, 1)
    assert {what: theirs.counts[what] for what in (SEEN, TAKEN, PERMITTED, DENIED)} == dict.fromkeys(
        (SEEN, TAKEN, PERMITTED, DENIED), 1
    )
    assert known[None].counts == {PERMITTED: 1}
    lines = [*first.lines, *rest.lines]
    assert len(first.lines) == 4
    assert [line.order for line in lines] == sorted({line.order for line in lines})
    assert {line.place for line in lines} == {days.HERE, days.DECIDED, days.IN_BATCH, days.CASE_SYSTEM}


@pytest.mark.parametrize("form", list(exports.Form))
def test_every_kind_of_file_is_written_on_either_store(house: House, form: str) -> None:
    with house.work(*an_officer(house)) as ctx:
        settled = exports.take(ctx, form, Asked(), reader=reader(ctx, Permission.AUDIT_EXPORT))

    assert len(b"".join(exports.written(house, settled))) > 1_000
    assert settled.numbers == sorted(settled.numbers, reverse=True)
