"""A case system by somebody else, from the documents alone, against the real service: all six steps, by its own process."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, delete

from compliance.app import furnished, house_of
from compliance.identity import use_cases as identity
from compliance.identity.access_tokens import SCOPES
from compliance.identity.models import SpentStep
from compliance.kernel.clock import london_date
from compliance.kernel.context import House, operator
from compliance.kernel.settings import REPOSITORY, Settings
from compliance.licences import use_cases as licences
from compliance.sharing.statement import use_cases as statement
from tests.builders.identity import PASSWORD, an_account
from tests.builders.licences import a_licence, acting, an_organisation, hub, seats
from tests.support.databases import Fresh
from tests.support.installation import Installation
from tests.support.store import migrated

PROGRAM = Path(__file__).with_name("outsider.py")
OURS = "http://127.0.0.1:9"
AREA = "mid-kent"
STEPS = (
    "token", "signed in", "following", "asked", "searched", "referral", "record", "24-hour review", "research", "planning",
    "meeting", "closure", "instructions", "right ended", "right given back", "webhook", "service away",
)  # fmt: skip


@pytest.mark.rule("DEC-1")
@pytest.mark.rule("DEC-3")
def test_the_documents_suffice_for_a_case_system(sqlite_url: Fresh, tmp_path: Path) -> None:
    installation = Installation(tmp_path / "var", database_url=(url := sqlite_url(migrated)))
    installation.does("keys", "create")
    house = house_of(furnished(Settings.from_environment(installation.environment)))
    demo = tmp_path / "demo.json"
    demo.write_text(json.dumps({"base_url": installation.base_url} | _town(house)))
    engine = create_engine(url)
    with engine.begin() as connection:  # whoever enrolled spent the code of this half minute
        connection.execute(delete(SpentStep))
    engine.dispose()
    with installation.served(workers=2):
        ran = subprocess.run([sys.executable, PROGRAM, demo], capture_output=True, text=True, timeout=120, check=False)
    house.engine.dispose()
    assert ran.returncode == 0, ran.stdout + ran.stderr
    said = dict(line.split(": ", 1) for line in ran.stdout.splitlines())
    assert [step for step in STEPS if step not in said] == []

    paths = json.loads((REPOSITORY / "compliance/api/openapi.json").read_text())["paths"]
    documented = [(m, re.sub(r"\{\w+\}", "[^/]+", path)) for path, methods in paths.items() for m in methods]
    used = json.loads(said["addresses"])
    assert len(used) > 15
    assert [one for one in used if not any(one[0] == m and re.fullmatch(p, one[1]) for m, p in documented)] == []


def test_it_needs_nothing_but_the_standard_library() -> None:
    for part in (PROGRAM, PROGRAM.with_name("outsider_asks.py")):
        for node in ast.walk(ast.parse(part.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            assert {n.split(".")[0] for n in names} <= sys.stdlib_module_names | {"outsider_asks"}


def _town(house: House) -> dict[str, object]:
    """What `make demo` leaves in its file: a client of the case system, and people who may sign in to it."""
    seats(house, standing=10)
    with house.work(operator("tests")) as ctx:
        statement.begin(ctx)
        client, secret = identity.register_client(
            ctx, name="Somebody’s case system", scopes=SCOPES, redirects=[f"{OURS}/signed-in"]
        )
        of_client = {"id": client.client_id, "secret": secret, "base_url": OURS}
    homes = {code: an_organisation(house, code, areas=(AREA,)) for code in ("kent-police", "swale")}
    people = []
    for role, code in (
        ("hub_manager", "kent-police"), ("hub_supervisor", "kent-police"), ("hub_coordinator", "kent-police"),
        ("licence_holder", "swale"),
    ):  # fmt: skip
        roles = () if role == "licence_holder" else (role,)
        email, name = f"{role}@{code}.gov.uk", f"{role} Made-Up"
        account = an_account(
            house, *roles, full_name=name, email=email, organisation_id=homes[code], hub_team=bool(roles)
        )
        today = london_date(house.clock.now())
        with acting(house, hub("hub_coordinator")) as ctx:
            for module in ("case-system", "elearning"):
                licences.record_training(ctx, account.person.id, module=module, done_on=today - timedelta(days=30))
            licences.record_vetting(ctx, account.person.id, level="NPPV 2", holds_until=today + timedelta(days=400))
        a_licence(house, homes[code], email, areas=(AREA,))
        people.append({
            "id": str(account.person.id), "email": email, "password": PASSWORD, "totp_secret": account.secret,
            "role": role, "areas": [AREA], "licence": "active", "kind": "standing",
        })  # fmt: skip
    return {"client": of_client, "people": people}
