"""The register as the protocol starts it: the organisations of OP 11 and what they sign (SIG-1)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from compliance.kernel.context import Context
from policies.access import require
from policies.permissions import Permission
from policies.values import BrokenPolicy

from . import queries, use_cases
from .models import Instrument, Organisation
from .rules import Kind


@dataclass(frozen=True)
class Loaded:
    """What was new: how many organisations, instruments and versions."""

    organisations: int
    instruments: int
    versions: int


def load_register(ctx: Context) -> Loaded:
    """Take in what `organisations.toml` and `instruments.toml` list and the register does not hold yet.

    Running it again takes in nothing twice and changes nothing that is there: what the hub corrected stays.
    """
    require(ctx, Permission.REGISTER_SEED)

    directory = ctx.house.settings.policy_dir
    organisations = _organisations(ctx, _read(directory / "organisations.toml"))
    instruments, versions = _instruments(ctx, directory, _read(directory / "instruments.toml"))
    return Loaded(organisations, instruments, versions)


def _organisations(ctx: Context, tables: dict[str, Any]) -> int:
    known = set(ctx.session.scalars(select(Organisation.code)))
    new = [code for code in tables if code not in known]
    for code in new:
        table = tables[code]
        use_cases.register_organisation(
            ctx,
            code=code,
            name=table["name"],
            sector=table["sector"],
            kind=table.get("kind", Kind.STANDING),
            areas=table["areas"],
            domains=table["domains"],
            takes_licences=table.get("takes_licences", True),
        )
    return len(new)


def _instruments(ctx: Context, directory: Path, tables: dict[str, Any]) -> tuple[int, int]:
    known = set(ctx.session.scalars(select(Instrument.code)))
    new = [code for code in tables if code not in known]
    for code in new:
        use_cases.register_instrument(ctx, code=code, title=tables[code]["title"], source=tables[code].get("source"))

    published = {(version.instrument.code, version.label) for version in queries.versions(ctx)}
    waiting = [
        (code, version)
        for code, table in tables.items()
        for version in table["versions"]
        if (code, version["label"]) not in published
    ]
    for code, version in waiting:
        use_cases.publish_version(
            ctx,
            instrument=code,
            label=version["label"],
            file_name=version["file"],
            content=(directory / version["file"]).read_bytes(),
            effective_on=version["effective_on"],
            resign_by=version.get("resign_by"),
        )
    return len(new), len(waiting)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as problem:
        raise BrokenPolicy(f"{path.name}: {problem}") from problem
