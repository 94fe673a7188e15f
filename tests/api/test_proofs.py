"""The case system keeps checkpoints and proves its receipts by the log's public key alone (AUD-3, DEC-7)."""

from __future__ import annotations

from base64 import b64decode

import pytest

from audit import sealing, tree
from audit.notes import Checkpoint, open_note
from tests.builders.api import Calls, is_problem


def checkpoint(calls: Calls, note: str) -> Checkpoint:
    """What a checkpoint says, once the log's key was found to have signed it."""
    return open_note(note, sealing.verifiers(calls.house), origin=sealing.origin(calls.house))


def question(case: str) -> dict[str, object]:
    return {
        "subject": {"type": "person", "id": "nobody@kent.example.org"},
        "action": {"name": "case.view"},
        "resource": {"type": "case", "id": case, "properties": {"area": "medway"}},
    }


@pytest.mark.rule("AUD-3", "DEC-7")
def test_the_receipt_of_an_answer_is_proved_to_stand_in_the_log(calls: Calls) -> None:
    case_system = calls.a_program(["decisions"])
    given = [case_system.post("/access/v1/evaluation", question(f"C-{number}")).get_json() for number in range(9)]
    receipt = given[4]["context"]["receipt"]
    sealing.seal_all(calls.house)

    answer = case_system.get(f"/api/v1/audit/entries/{receipt['entry']}/proof")

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    head, note = answer.text.split("\n\n", 1)
    kind, index, *hashes = head.splitlines()
    assert (kind, index) == ("c2sp.org/tlog-proof@v1", f"index {receipt['entry']}")
    sealed = checkpoint(calls, note)
    path = [b64decode(each) for each in hashes]
    leaf = bytes.fromhex(receipt["hash"])
    assert tree.root_by_inclusion(receipt["entry"], sealed.size, leaf, path) == sealed.root
    another = bytes.fromhex(given[5]["context"]["receipt"]["hash"])
    assert tree.root_by_inclusion(receipt["entry"], sealed.size, another, path) != sealed.root


@pytest.mark.rule("AUD-3")
def test_whoever_keeps_a_checkpoint_sees_that_the_log_only_grew(calls: Calls) -> None:
    case_system = calls.a_program(["decisions"])
    sealing.seal_all(calls.house)
    kept = checkpoint(calls, case_system.get("/api/v1/audit/checkpoint").text)
    for number in range(5):
        case_system.post("/access/v1/evaluation", question(f"C-{number}"))
    sealing.seal_all(calls.house)

    said = case_system.get("/api/v1/audit/growth", since=kept.size).get_json()

    now = checkpoint(calls, said["checkpoint"])
    assert now.size >= kept.size + 5
    hashes = [b64decode(each) for each in said["hashes"]]
    assert tree.has_grown(kept.size, now.size, kept.root, now.root, hashes)
    for size in (0, now.size + 1, 2**63):
        is_problem(case_system.get("/api/v1/audit/growth", since=size), 422, "invalid")


@pytest.mark.rule("AUD-3")
def test_what_is_not_sealed_yet_is_told_apart_from_what_is_not_there(sqlite_calls: Calls) -> None:
    case_system = sqlite_calls.a_program(["decisions"])
    is_problem(case_system.get("/api/v1/audit/checkpoint"), 409, "not-sealed-yet")

    receipt = case_system.post("/access/v1/evaluation", question("C-1")).get_json()["context"]["receipt"]

    is_problem(case_system.get(f"/api/v1/audit/entries/{receipt['entry']}/proof"), 409, "not-sealed-yet")
    is_problem(case_system.get(f"/api/v1/audit/entries/{receipt['entry'] + 1000}/proof"), 404, "not-found")
