"""Whatever text comes from outside, the log takes it whole, refuses it, or cuts it as written down; it never breaks (AUD-3)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
import structlog
from flask import Flask
from sqlalchemy import func, select

from audit import offline
from audit.events import Event
from audit.export import export
from audit.models import AuditEntry
from audit.record import Unwritable, record
from audit.verify import verify_log
from compliance.app import house_of
from compliance.kernel.context import Actor, House, Origin
from compliance.kernel.logs import start_logging
from tests.audit.test_encoding import NASTY
from tests.builders.decisions import MANY, ONE, CaseSystem, a_question, the_case_system

BAD = {
    name: said for name, said in NASTY.items() if name not in ("empty", "quotes", "json", "null", "number", "wide")
} | {
    "nul": "a\0b",
    "surrogate": "a\ud800b",
    "megabyte": "x" * 1_000_000,
}
"""What nobody types. Emoji are among it: joined ones hold a character that cannot be seen."""

PERSON = Actor("person", "0192f0c1-0000-7000-8000-000000000001")


@dataclass(frozen=True, kw_only=True)
class TestSaid(Event):
    """Something was said."""

    __test__ = False
    name: ClassVar[str] = "test.said"
    private: ClassVar[frozenset[str]] = frozenset({"by"})

    by: str | None = None


def length(house: House) -> int:
    with house.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(AuditEntry)).scalar_one()


def stands(house: House, folder: Path) -> bool:
    """Whether the log verifies, and its export does where nothing of ours is."""
    size = export(house, folder, progress=lambda _done: None)
    return verify_log(house).why is None and offline.check(folder, folder / "key", None) == size


def asked(case_system: CaseSystem, path: str, body: Any, **environ: str) -> int:
    """The status of an answer to a call with these headers, put there past every server that would refuse them."""
    client = case_system.app.test_client()
    environ["HTTP_AUTHORIZATION"] = f"Bearer {case_system.token}"
    return client.post(
        path, data=json.dumps(body), content_type="application/json", environ_overrides=environ
    ).status_code


@pytest.mark.rule("AUD-3", "DEC-3")
def test_a_question_with_such_text_is_refused_or_answered_no_and_the_log_stands(app: Flask, tmp_path: Path) -> None:
    house, case_system = house_of(app), the_case_system(app)
    for said in BAD.values():
        for body in (
            a_question(reference=said),
            a_question() | {"context": {"purpose": said}},
            a_question(said),
            a_question(area=said),
        ):
            before = length(house)
            assert asked(case_system, ONE, body) in (400, 413)
            assert length(house) == before
            assert asked(case_system, MANY, {"evaluations": [body, a_question()]}) in (200, 400, 413)
    assert stands(house, tmp_path / "log")


@pytest.mark.rule("AUD-3")
def test_a_request_id_agent_or_address_of_such_text_is_refused_or_left_out(
    sqlite_app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = structlog.get_config()
    start_logging()
    structlog.get_logger().warning("a line", said="".join(NASTY.values()), a="\ud800")
    house, case_system = house_of(sqlite_app), the_case_system(sqlite_app)
    for said in BAD.values():
        as_header = said.encode("utf-8", "surrogatepass").decode("latin-1")
        sent = {"HTTP_X_REQUEST_ID": as_header, "HTTP_USER_AGENT": as_header, "HTTP_X_FORWARDED_FOR": as_header}
        assert asked(case_system, ONE, a_question(), **sent) in (200, 400)
        assert asked(case_system, "/oauth2/token", {}, **sent) in (400, 401, 415)
        assert asked(case_system, "/api/v1/sign-ins", {"email": "a@b.gov.uk", "password": "x" * 20}, **sent) < 500

    with house.engine.connect() as connection:
        ids = (
            connection.execute(select(AuditEntry.request_id).where(AuditEntry.request_id.is_not(None))).scalars().all()
        )
    assert all(one.isascii() and one.isprintable() and len(one) <= 128 for one in ids)
    assert stands(house, tmp_path / "log")
    structlog.configure(**before)
    lines = capsys.readouterr().err.splitlines()
    assert lines
    assert all(isinstance(json.loads(line), dict) for line in lines), "every line that we print is one"


@pytest.mark.rule("AUD-2", "AUD-3")
@pytest.mark.parametrize("field", ["purpose", "reference", "outcome", "request_id", "address", "rules"])
def test_what_a_door_should_have_refused_is_never_cut_in_silence(house: House, field: str) -> None:
    for said in ("x" * 1_000_000, "a\0b", "a\ud800b"):
        given: dict[str, Any] = {field: (said,)} if field == "rules" else {field: said}
        where = Origin(**given) if field in ("request_id", "address") else Origin()
        with pytest.raises((Unwritable, ValueError)), house.work(Actor("client", "c"), where) as ctx:
            record(ctx, TestSaid(**({} if where != Origin() else given)))

    assert length(house) == 0


@pytest.mark.rule("AUD-3")
def test_what_is_private_may_hold_any_text_but_half_a_character(house: House, tmp_path: Path) -> None:
    for said in (*NASTY.values(), "a\0b"):
        with house.work(PERSON, Origin("198.51.100.7")) as ctx:
            record(ctx, TestSaid(by=said))
    with pytest.raises(ValueError), house.work(PERSON) as ctx:
        record(ctx, TestSaid(by="a\ud800b"))

    assert length(house) == len(NASTY) + 1
    assert stands(house, tmp_path / "log")
