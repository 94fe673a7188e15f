"""What cannot be right gets a clear problem document, and changes nothing."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.api.reading import Body, Code, Day, Line, Prose, fitted
from compliance.kernel.errors import Invalid
from tests.builders.api import Calls, is_problem, log_size
from tests.builders.licences import a_request, an_organisation
from tests.builders.reading import says_why
from tests.builders.signatories import a_pdf


class Everything(Body):
    line: Line = "a"
    prose: Prose = "a"
    code: Code = "a"
    day: Day | None = None
    number: int = 0
    yes: bool = False
    several: tuple[Line, ...] = ()


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"   ", b"{", b"[]", b'"text"', b"null", b"42", b"{} {}", b"\xff\xfe{}", b"\xef\xbb\xbf{}", "{}".encode("utf-16"),
        b'{"line": NaN}', b'{"number": Infinity}', b'{"number": 1' + b"0" * 5000 + b"}",
        b'{"line": "a", "line": "b"}', b'{"several": [{"a": 1, "a": 2}]}', b'{"line": "\x01"}',
        b'{"several": ' + b"[" * 100 + b"]" * 100 + b"}", b"[" * 200_000, b'{"a":' * 200_000,
    ],
)  # fmt: skip
def test_a_body_that_can_be_read_two_ways_or_none_is_not_guessed_at(raw: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        fitted(Everything, raw)

    assert refused.value.code == "malformed"


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"line": "a\u0000b"}, "/line"),
        ({"line": "a\u202eb"}, "/line"),
        ({"line": "a\ud800b"}, "/line"),
        ({"line": "a\nb"}, "/line"),
        ({"line": " "}, "/line"),
        ({"line": "a" * 201}, "/line"),
        ({"line": 5}, "/line"),
        ({"line": None}, "/line"),
        ({"line": ["a"]}, "/line"),
        ({"prose": "a" * 4001}, "/prose"),
        ({"prose": "a\u2066b"}, "/prose"),
        ({"code": "a" * 65}, "/code"),
        ({"day": "1250-01-01"}, "/day"),
        ({"day": "2525-01-01"}, "/day"),
        ({"day": "9999-12-31"}, "/day"),
        ({"day": "10000-01-01"}, "/day"),
        ({"day": "2026-02-29"}, "/day"),
        ({"day": "2026-11-31"}, "/day"),
        ({"day": "21/11/2026"}, "/day"),
        ({"day": "2026-11-21T00:00:00Z"}, "/day"),
        ({"day": 20260101}, "/day"),
        ({"number": "1"}, "/number"),
        ({"number": 1.5}, "/number"),
        ({"number": True}, "/number"),
        ({"yes": 1}, "/yes"),
        ({"yes": "true"}, "/yes"),
        ({"several": "a"}, "/several"),
        ({"several": ["a", 5]}, "/several/1"),
        ({"several": ["a", "b\u0007"]}, "/several/1"),
        ({"more": 1}, "/more"),
        ({"a/b~c": 1}, "/a~1b~0c"),
        ({"more": {"deep": "a\u0000"}}, "/more/deep"),
    ],
)
def test_a_member_that_is_not_right_is_pointed_at(said: dict[str, object], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        fitted(Everything, json.dumps(said).encode())

    assert [error.pointer for error in refused.value.fields] == [pointer]


def test_every_member_that_is_not_right_is_named_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        fitted(Everything, b'{"line": 5, "day": "never", "more": 1}')

    assert {error.pointer for error in refused.value.fields} == {"/line", "/day", "/more"}


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def refusal_of(raw: bytes) -> Invalid | None:
    """How these bytes are refused; None where they are taken. Anything but one of these is a fault of ours."""
    try:
        fitted(Everything, raw)
    except Invalid as refused:
        return refused
    return None


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from([*Everything.model_fields, "more"]), ANY_JSON, max_size=5))
def test_whatever_is_sent_is_taken_whole_or_refused_in_our_words(said: dict[str, object]) -> None:
    refused = refusal_of(json.dumps(said).encode())

    if refused is None:
        assert set(said) <= set(Everything.model_fields)
    else:
        assert refused.code == "malformed" or refused.fields


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200))
def test_whatever_bytes_are_sent_are_taken_or_refused_in_our_words(raw: bytes) -> None:
    refused = refusal_of(raw)

    assert refused is None or refused.code == "malformed" or refused.fields


NASTY: tuple[Any, ...] = (
    None, True, -1, 10**30, 1.5, "", " ", "\u0000", "a\u202eb", "x" * 5000, [], {}, ["\u0000"], [None], {"a": 1},
    "1250-01-01", "9999-12-31", "2026-02-30", "=cmd()", "../../etc/passwd", "a@gmail.com", "%00",
    "00000000-0000-0000-0000-000000000000",
)  # fmt: skip


def requests() -> Iterator[tuple[str, dict[str, Any]]]:
    """A right body for each change that takes one; nothing of it fits the things named, so none is made."""
    organisation, licence, person = uuid4(), uuid4(), uuid4()
    yield "/api/v1/people", {"full_name": "Kit Rowan", "email": "kit@kent.example.org", "roles": ["hub_coordinator"]}
    yield f"/api/v1/people/{person}/reset", {"identity_check": "Rang their line manager."}
    yield f"/api/v1/people/{person}/training", {"module": "elearning", "done_on": "2026-10-01"}
    yield "/api/v1/training", {"rows": [{"email": "kit@swale.gov.uk", "module": "dash", "done_on": "2026-10-01"}]}
    yield f"/api/v1/people/{person}/vetting", {"level": "NPPV 2", "holds_until": "2028-01-31"}
    yield (
        "/api/v1/licences",
        {
            "organisation_id": str(organisation), "full_name": "Kit Rowan", "email": "kit@swale.gov.uk",
            "areas": ["medway"], "reason": "Joins", "kind": "by_invite", "cases": ["C-1"], "ends_on": "2026-12-31",
        },
    )  # fmt: skip
    yield f"/api/v1/licences/{licence}/refusal", {"reason": "Not needed"}
    yield f"/api/v1/licences/{licence}/suspension", {"reason": "leave"}
    yield f"/api/v1/licences/{licence}/deactivation", {"reason": "leaver"}
    yield f"/api/v1/licences/{licence}/reallocation", {"to": str(uuid4())}
    yield f"/api/v1/organisations/{organisation}/domains", {"domain": "swale.gov.uk"}
    yield (
        f"/api/v1/organisations/{organisation}/policies",
        {
            "kind": "safeguarding", "title": "Ours", "owner": "Head of service",
            "dated_on": "2026-01-05", "next_review_on": "2027-01-05",
        },
    )  # fmt: skip
    yield (
        f"/api/v1/organisations/{organisation}/contacts",
        {"kind": "primary", "name": "Sam Vale", "email": "sam@swale.gov.uk", "telephone": "01234 567890"},
    )
    yield f"/api/v1/organisations/{organisation}/isa-checks", {"found": True, "source": "The partnership's list"}
    yield f"/api/v1/instruments/versions/{uuid4()}/refusals", {"organisation_id": str(organisation), "reasons": "None."}
    yield (
        "/api/v1/invitations",
        {"reference": "C-1", "person_id": str(person), "closed": True, "until": "2026-12-01T10:00:00Z"},
    )


def try_all(calls: Calls, nasty: Sequence[Any]) -> None:
    hub = calls.someone("hub_manager")
    before = log_size(calls)

    for path, body in requests():
        for member in body:
            for value in nasty:
                reply = hub.post(path, body | {member: value})
                if reply.status_code == 201:
                    before = log_size(calls)
                    continue
                assert 400 <= reply.status_code < 500, (path, member, value, reply.text)
                is_problem(reply, reply.status_code)
        assert log_size(calls) == before, path


def test_no_value_in_any_member_of_any_body_is_a_fault_of_ours_or_changes_anything(sqlite_calls: Calls) -> None:
    try_all(sqlite_calls, NASTY)


def test_what_a_store_could_stumble_over_does_not_reach_it(calls: Calls) -> None:
    try_all(calls, ("\u0000", 10**30, "9999-12-31"))


def test_a_list_asked_for_in_a_way_it_cannot_be_is_refused(calls: Calls) -> None:
    hub = calls.someone("hub_manager")

    for query in (
        "limit=0", "limit=501", "limit=x", "limit=1&limit=2", "after=nonsense", "after=W10", "after=e30",
        "as_at=1250-01-01", "as_at=9999-12-31", "as_at=2026-02-30", "as_at=2026-11-21T10:00:00", "as_at=tomorrow",
        "as_at=2026-11-22", "more=1", "search=%00", "search=%E2%80%AE", "state=asleep", "area=atlantis", "search=",
    ):  # fmt: skip
        reply = hub.get(f"/api/v1/organisations?{query}")
        assert is_problem(reply, reply.status_code)["status"] in {400, 422}, query


def test_an_entry_that_no_log_can_have_is_not_found(calls: Calls) -> None:
    officer = says_why(calls.someone("ig_officer"))

    for number in ("-1", "x", "9" * 30, str(2**63 - 2)):
        is_problem(officer.get(f"/api/v1/audit/entries/{number}"), 404, "not-found")


@pytest.mark.parametrize(
    "form",
    [
        {"letter_on": "2026-11-21", "reasons": "We leave."},
        {"instruments": "isa", "letter_on": "2026-11-21", "reasons": ["We", "leave"]},
        {"instruments": "isa", "letter_on": "1250-01-01", "reasons": "We leave."},
        {"instruments": "isa", "letter_on": "2026-11-21", "reasons": "We leave.", "more": "1"},
        {"instruments": "isa", "letter_on": "2026-11-21", "reasons": "We\u0000leave."},
    ],
)
def test_a_form_is_read_as_strictly_as_json(sqlite_calls: Calls, form: dict[str, Any]) -> None:
    hub = sqlite_calls.someone("hub_manager")
    path = f"/api/v1/organisations/{uuid4()}/withdrawals"

    for files in ({"letter": (io.BytesIO(a_pdf()), "a.pdf")}, {}):
        reply = hub.post(path, data=form | files, content_type="multipart/form-data")
        assert reply.status_code in {400, 422}
        is_problem(reply, reply.status_code)
    stray = form | {"letter": (io.BytesIO(a_pdf()), "a.pdf"), "other": (io.BytesIO(a_pdf()), "b.pdf")}
    is_problem(hub.post(path, data=stray, content_type="multipart/form-data"), 422)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="ascii"), max_size=60))
def test_no_cursor_is_a_fault_of_ours(sqlite_calls: Calls, after: str) -> None:
    program = sqlite_calls.a_program(["registers:read"])

    assert program.get("/api/v1/organisations", after=after).status_code in {200, 400, 422}


def test_a_request_made_by_a_person_stays_as_it_was_after_every_refusal(sqlite_calls: Calls) -> None:
    swale = an_organisation(sqlite_calls.house, "swale")
    licence = a_request(sqlite_calls.house, swale)
    hub = sqlite_calls.someone("hub_manager")
    before = hub.get(f"/api/v1/licences/{licence.id}").get_json()

    for step, body in (("refusal", {"reason": ""}), ("suspension", {"reason": "leave"}), ("resumption", {})):
        assert hub.post(f"/api/v1/licences/{licence.id}/{step}", body).status_code in {409, 422}

    assert hub.get(f"/api/v1/licences/{licence.id}").get_json() == before
