"""Every table and column of the store has a class and a rule, and every rule that needs one has a job and a kind (RET-9)."""

from __future__ import annotations

import re

import pytest

from compliance import scheduler
from compliance.cli.grants import forgotten
from compliance.kernel.db import Base
from compliance.kernel.jobs import Job
from compliance.kernel.settings import REPOSITORY
from compliance.web.views.own_records import EVERY
from policies import own
from policies.own import Keep, OwnRule
from policies.values import packaged
from retention.own.kinds import Part
from tests.inventory import own as document

POLICY = packaged()
TABLES = Base.metadata.tables


@pytest.mark.rule("RET-9")
def test_every_table_and_every_column_has_a_class_and_a_rule() -> None:
    said = {name: set(table.columns) for name, table in POLICY.own_tables.items()}

    assert said == {name: {column.name for column in table.columns} for name, table in TABLES.items()}, (
        "policies/own_tables.toml: name the new one with its class, and say how long it is kept"
    )


@pytest.mark.rule("RET-9")
def test_what_is_sealed_is_nobodys_to_read_without_a_permission() -> None:
    sealed = {
        (table.name, column.name)
        for table in TABLES.values()
        for column in table.columns
        if type(column.type).__name__ == "Sealed"
    }

    assert {
        (table, column)
        for table, column in sealed
        if POLICY.own_tables[table].columns[column] not in ("secret", "personal")
    } <= {("accepted_rollbacks", "seal")}


@pytest.mark.rule("RET-9")
def test_what_goes_with_another_table_points_at_it_or_is_numbered_by_it() -> None:
    for table in POLICY.own_tables.values():
        if table.goes_with and table.goes_with != "audit_entries":
            pointed = {key.column.table.name for key in TABLES[table.name].foreign_keys}
            assert table.goes_with in pointed, f"{table.name} does not point at {table.goes_with}"


@pytest.mark.rule("RET-9", "AUD-4")
def test_the_log_follows_a_rule_that_nothing_disposes_by() -> None:
    logs = {
        name for name in POLICY.own_tables if POLICY.own_records[own.rule_of(POLICY.own_tables, name)].code == "log"
    }

    assert logs == {
        "audit_entries", "audit_personal", "log_checkpoints", "log_head", "log_seal", "log_tiles", "rights_changes",
    }  # fmt: skip
    assert POLICY.own_records["log"].keep == Keep.LOG
    assert not {kind.rows.__tablename__ for kind in EVERY} & logs


@pytest.mark.rule("RET-9")
def test_every_rule_with_a_time_has_a_job_and_each_job_of_ours_a_rule() -> None:
    timed = {rule.code: rule.job for rule in POLICY.own_records.values() if rule.keep == Keep.AFTER}

    assert {job for job in timed.values() if not isinstance(scheduler.job_named(job), Job)} == set()
    assert {kind.code for kind in EVERY} <= set(timed)
    disposed = {code for code, job in timed.items() if job.startswith("dispose-of-") and code != "personal_detail"}
    assert {kind.code for kind in EVERY} == disposed, "the page of our own records counts what is due of each"
    assert {job.name for job in scheduler.JOBS if job.name.startswith("dispose-of-")} <= set(timed.values())
    assert all(rule.lasts(POLICY).total_seconds() > 0 for rule in POLICY.own_records.values() if rule.code in timed)


@pytest.mark.rule("RET-9")
def test_each_kinds_rows_and_parts_follow_its_rule() -> None:
    def tables(parts: tuple[Part, ...]) -> set[str]:
        return {name for part in parts for name in ({part.rows.__tablename__} | tables(part.parts))}

    for kind in EVERY:
        rows = tables(kind.parts) | ({kind.rows.__tablename__} if kind.instead is None else set())
        assert {own.rule_of(POLICY.own_tables, name) for name in rows} <= {kind.code}


@pytest.mark.rule("RET-9")
def test_nothing_that_stays_points_at_what_goes_unless_it_keeps_it() -> None:
    keeps = {("incidents", "access_flags"), ("complaints", "complaints")} | {
        (table, "uploads") for table in ("instrument_versions", "policy_documents", "signatures", "withdrawals")
    }
    """Whose rows hold back what they point at, by the condition of the kind (`schedule`)."""

    def inside(parts: tuple[Part, ...]) -> set[str]:
        return {name for part in parts for name in ({part.rows.__tablename__} | inside(part.parts))}

    for kind in EVERY:
        if kind.instead is None:
            goes = inside(kind.parts) | {kind.rows.__tablename__}
            pointing = {
                (table.name, key.column.table.name)
                for table in TABLES.values()
                for key in table.foreign_keys
                if key.column.table.name in goes and (table.name not in goes or table.name == key.column.table.name)
            }
            assert pointing <= keeps, f"{kind.code}: {pointing - keeps}"


@pytest.mark.rule("RET-9")
def test_the_guide_names_every_class_as_the_policy_has_it() -> None:
    guide = (REPOSITORY / "docs" / "operating.md").read_text()
    said = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|$", guide, re.MULTILINE))

    assert {name: said.get(name) for name in POLICY.own_tables} == {
        name: table.of_class for name, table in POLICY.own_tables.items()
    }


@pytest.mark.rule("RET-9", "SIG-2")
def test_the_services_role_may_delete_what_the_schedule_takes_and_no_evidence() -> None:
    def inside(parts: tuple[Part, ...]) -> set[str]:
        return {name for part in parts for name in ({part.rows.__tablename__} | inside(part.parts))}

    taken = {name for kind in EVERY if kind.instead is None for name in {kind.rows.__tablename__} | inside(kind.parts)}
    taken |= {
        "passwords",
        "saved_searches",
        "training",
        "vetting",
        "known_devices",
        "idempotency_keys",
        "incident_drafts",
    }

    assert taken <= forgotten()
    assert {name for name in forgotten() if POLICY.own_tables[name].of_class == "evidence"} == {"uploads"}
    assert not forgotten() & {
        "people",
        "licences",
        "roles_held",
        "organisations",
        "retention_records",
        "disposal_items",
    }


@pytest.mark.rule("RET-9")
def test_the_document_of_our_own_records_says_what_is_so() -> None:
    assert document.DOCUMENT.read_text() == document.write(POLICY), "run `make docs`"


@pytest.mark.parametrize(
    "said",
    [
        {"keep": "after", "job": ""},
        {"keep": "after", "days": 0},
        {"keep": "after", "value": "sessions.kept_days"},
        {"keep": "contract"},
        {"keep": "sometimes", "job": "", "days": 0},
    ],
)
def test_a_rule_that_does_not_say_how_long_is_not_loaded(said: dict[str, object]) -> None:
    whole = {
        "name": "N",
        "keep": "after",
        "since": "s",
        "days": 5,
        "value": "",
        "job": "j",
        "confirmed": False,
        "clause": "ours",
    }
    rule = OwnRule(code="x", **(whole | said))  # type: ignore[arg-type]

    with pytest.raises(ValueError, match="how long"):
        own.rules_of({"x": rule})


@pytest.mark.parametrize(
    "said",
    [
        {"class": "", "keep": "contract", "register": ["id"]},
        {"class": "register", "register": ["id"]},
        {"class": "register", "keep": "contract", "with": "y", "register": ["id"]},
        {"class": "register", "keep": "nothing", "register": ["id"]},
        {"class": "register", "keep": "contract", "register": ["id"], "secret": ["id"]},
        {"class": "register", "keep": "contract", "register": ["id"], "but": {"words": "contract"}},
        {"class": "register", "with": "y", "register": ["id"]},
    ],
)
def test_a_table_that_does_not_say_its_class_and_rule_is_not_loaded(said: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        own.tables_of({"x": said}, POLICY.own_records)
