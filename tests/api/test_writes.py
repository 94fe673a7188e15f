"""Every write that a case system depends on takes an `Idempotency-Key`, and an invitation sent twice under one is made once."""

from __future__ import annotations

import pytest

from compliance.api import document
from compliance.kernel.contract import Contract
from compliance.licences.models import CaseInvitation
from tests.builders.api import Calls, is_problem
from tests.builders.identity import every
from tests.builders.licences import a_licence, an_organisation, seats

INVITATIONS = "/api/v1/invitations"
WRITES = {
    "POST /api/v1/access-events", "POST /api/v1/facts", "POST /api/v1/sharing-decisions", "POST /api/v1/reuse-requests",
    "PUT /api/v1/retention/records/{reference}", "POST /api/v1/retention/records/{reference}/events",
    "POST /api/v1/retention/instructions/{instruction_id}/confirmation", "POST /api/v1/incidents",
    "POST /api/v1/invitations", "DELETE /api/v1/invitations/{invitation_id}",
}  # fmt: skip
"""What the contract names for case systems."""


def test_every_write_of_a_case_system_takes_a_key() -> None:
    contract = Contract(document.FILE)
    taking = {
        f"{operation.method} {operation.path}"
        for operation in contract.operations
        if {"$ref": "#/components/parameters/Idempotency-Key"} in operation.said.get("parameters", ())
    }

    assert taking >= WRITES


@pytest.mark.rule("LIC-7", "AUD-2")
def test_an_invitation_sent_twice_is_made_once_and_taken_back_once(sqlite_calls: Calls) -> None:
    seats(sqlite_calls.house)
    licence = a_licence(sqlite_calls.house, an_organisation(sqlite_calls.house))
    program = sqlite_calls.a_program(["facts:write"])
    body = {"reference": "C-7", "person_id": str(licence.person_id), "closed": True}
    key = {"Idempotency-Key": '"invite-1"'}

    first, again = (program.post(INVITATIONS, body, headers=key) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_data() == again.get_data()
    assert len(every(sqlite_calls.house, CaseInvitation)) == 1
    is_problem(program.post(INVITATIONS, body | {"reference": "C-8"}, headers=key), 422, "idempotency-key-reused")
    is_problem(program.post(INVITATIONS, body), 409, "case-invitation-already")

    one = f"{INVITATIONS}/{first.get_json()['id']}"
    ended = [program.delete(one, headers={"Idempotency-Key": '"end-1"'}) for _ in range(2)]
    assert [reply.status_code for reply in ended] == [200, 200]
    assert ended[0].get_data() == ended[1].get_data()
    assert ended[0].get_json()["receipt"]["entry"] > first.get_json()["receipt"]["entry"]
