"""How long the service keeps what is its own: a rule for each kind of record, and for each table and column the rule it follows (RET-9).

Rules stand in `own_records.toml`, tables in `own_tables.toml`. A table or column without a rule does not pass the suite.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any


class Keep(StrEnum):
    """For how long: some time after something, while something is so, for the contract, or as the log is kept."""

    AFTER = "after"
    WHILE = "while"
    CONTRACT = "contract"
    LOG = "log"


class Class(StrEnum):
    """How sensitive a table or a column is; docs/operating.md says what each asks for."""

    SECRET = "secret"  # noqa: S105 - a class, not a secret
    PERSONAL = "personal"
    EVIDENCE = "evidence"
    REGISTER = "register"


@dataclass(frozen=True)
class OwnRule:
    """How long one kind of our own records is kept.

    `since` says after what, or while what, in words. Where it is some time after, `days` says how long, or `value` names the
    value of the policy that does, in days or, where its name ends so, hours; and `job` is what disposes of it.
    """

    code: str
    name: str
    keep: str
    since: str
    days: int
    value: str
    job: str
    confirmed: bool
    clause: str

    def lasts(self, policy: Any) -> timedelta:
        """How long after `since` it is kept under this policy."""
        if not self.value:
            return timedelta(days=self.days)
        group, _, key = self.value.partition(".")
        held = int(getattr(getattr(policy, group), key))
        return timedelta(hours=held) if key.endswith("_hours") else timedelta(days=held)


@dataclass(frozen=True)
class OwnTable:
    """One table: its class, the rule its rows follow, or the table they go with, and the class of each column.

    `but` names the columns that follow another rule than their row.
    """

    name: str
    of_class: str
    rule: str
    goes_with: str
    columns: Mapping[str, str]
    but: Mapping[str, str]


def rules_of(found: Mapping[str, OwnRule]) -> dict[str, OwnRule]:
    """The rules; raises ValueError naming one that does not say how long."""
    for code, rule in found.items():
        timed = rule.keep == Keep.AFTER
        if (
            rule.keep not in list(Keep)
            or timed != bool(rule.job)
            or (timed and bool(rule.days) == bool(rule.value))
            or (not timed and (rule.days or rule.value))
        ):
            raise ValueError(
                f"{code} says for how long, by days or by a value, and which job disposes of it, or none of that"
            )
    return dict(found)


def tables_of(raw: Mapping[str, Any], rules: Mapping[str, OwnRule]) -> dict[str, OwnTable]:
    """The tables; raises ValueError naming one that has no class or rule, or a column that has."""
    tables: dict[str, OwnTable] = {}
    for name, said in raw.items():
        columns = {column: kind.value for kind in Class for column in said.get(kind.value, ())}
        table = OwnTable(
            name, said.get("class", ""), said.get("keep", ""), said.get("with", ""), columns, said.get("but", {})
        )
        listed = sum(len(said.get(kind.value, ())) for kind in Class)
        known = {"class", "keep", "with", "but", *Class}
        if (
            set(said) - known
            or table.of_class not in list(Class)
            or bool(table.rule) == bool(table.goes_with)
            or listed != len(columns)
            or not set(table.but) <= set(columns)
            or not {code for code in (table.rule, *table.but.values()) if code} <= set(rules)
        ):
            raise ValueError(f"{name} says its class, its rule or the table it goes with, and each column once")
        tables[name] = table
    for table in tables.values():
        if table.goes_with and table.goes_with not in tables:
            raise ValueError(f"{table.name} goes with {table.goes_with}, which there is not")
    return tables


def rule_of(tables: Mapping[str, OwnTable], table: str) -> str:
    """The code of the rule that the rows of a table follow, if need be by the table they go with."""
    held = tables[table]
    return held.rule or rule_of(tables, held.goes_with)
