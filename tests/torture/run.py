"""One run: clients write, parts are killed and come back, and in the end the log is held to what was answered.

AUD-2: no acknowledged write is lost, none is doubled, and nothing is there that nobody sent.
"""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from audit.sealing import origin, verifiers
from compliance.app import furnished, house_of
from compliance.identity import use_cases as identity
from compliance.identity.models import SignIn
from compliance.kernel.context import Context, House, operator
from compliance.kernel.secrets import KeyRing
from compliance.kernel.settings import Settings
from tests.builders.identity import a_person
from tests.builders.licences import a_licence, an_organisation, keys, rows_made, seats
from tests.support.installation import Installation
from tests.support.postgres import PostgresServer

from .reckoning import Before, Reckoning, reckon
from .service import WORKERS, Service, kept_running, until
from .witness import Witness
from .writers import Ledger, World, writing

SCOPES = ("decisions", "access-events:write")
TWICE_IN = 0.2
"""How often two parts are killed at once."""

GIVE_UP_SECONDS = 120.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class Wanted:
    """How hard it is to be; `seed` decides who is killed and when."""

    kills: int
    writes: int
    writers: int
    seed: int


@dataclass
class Outcome:
    """What came of a run: kills and the seconds until all was well again, by what was killed, and the reckoning."""

    seconds: float = 0.0
    kills: int = 0
    back_in: dict[str, list[float]] = field(default_factory=dict)
    turned_away: dict[str, int] = field(default_factory=dict)
    reckoning: Reckoning = field(default_factory=Reckoning)

    @property
    def worst(self) -> float:
        return max((seconds for each in self.back_in.values() for seconds in each), default=0.0)


def torture(directory: Path, postgres: PostgresServer | None, wanted: Wanted, say: Say) -> Outcome:
    """Do it, on SQLite or on this server, which is killed as well."""
    url = _a_database(postgres) if postgres else None
    installation = Installation(directory, database_url=url, more={"COMPLIANCE_WAIT_SECONDS": "3"})
    installation.does("keys", "create")
    installation.does("db", "upgrade")
    house = house_of(furnished(Settings.from_environment(installation.environment)))
    world = _a_world(house, installation.port)
    before, outcome, began = Before.look(house), Outcome(), time.monotonic()
    witness = Witness(world, verifiers(house), origin(house))

    with kept_running(installation, postgres) as service:
        if until(service.is_ready, GIVE_UP_SECONDS) == float("inf"):
            raise RuntimeError(f"the service did not start: see {directory}")
        with writing(world, wanted.writers, wanted.seed) as ledger, watched(witness):
            _kill_again_and_again(service, ledger, witness, wanted, outcome, say)

    outcome.seconds = time.monotonic() - began
    outcome.turned_away = dict(ledger.turned_away)
    house.engine.dispose()
    outcome.reckoning = reckon(house, ledger, witness, before)
    house.engine.dispose()
    return outcome


def _kill_again_and_again(
    service: Service, ledger: Ledger, witness: Witness, wanted: Wanted, outcome: Outcome, say: Say
) -> None:
    """Kill, at a moment of chance in the midst of writing, and wait until all is well again."""
    dice = random.Random(wanted.seed)
    plan = _plan(dice, list(service.ways))
    share = max(1, wanted.writes // max(1, wanted.kills))
    while outcome.kills < wanted.kills:
        goal = ledger.acknowledged + dice.randrange(1, 2 * share)
        if until(lambda goal=goal: ledger.acknowledged >= goal, GIVE_UP_SECONDS) == float("inf"):  # type: ignore[misc]
            raise RuntimeError("nobody is answered any more")
        chosen = next(plan)[: wanted.kills - outcome.kills]
        killed_at = time.monotonic()
        written = ledger.newest
        for name in chosen:
            service.ways[name](dice)
        seconds = until(lambda: _is_well(service, ledger, witness, chosen, killed_at, written), GIVE_UP_SECONDS)  # noqa: B023
        outcome.kills += len(chosen)
        outcome.back_in.setdefault(" and ".join(sorted(chosen)), []).append(seconds)
        say(f"{outcome.kills:4} of {wanted.kills} kills, {ledger.acknowledged:6} writes acknowledged; "
            f"{' and '.join(chosen)}: well again after {seconds:.1f} s")  # fmt: skip
        if seconds == float("inf"):
            raise RuntimeError("it did not come back by itself")
    until(lambda: ledger.acknowledged >= wanted.writes, GIVE_UP_SECONDS * 10)


def _plan(dice: random.Random, ways: list[str]) -> Iterator[list[str]]:
    """What is killed, in which order: each once to begin with, then whatever chance says, at times two at once."""
    for way in dice.sample(ways, len(ways)):
        yield [way]
    while True:
        yield dice.sample(ways, 2 if dice.random() < TWICE_IN else 1)


def _is_well(
    service: Service, ledger: Ledger, witness: Witness, killed: list[str], killed_at: float, written: int
) -> bool:
    """Somebody who asked after the kill was answered, every process is back, it says it is ready, and what came is sealed."""
    return (
        ledger.answered_since(killed_at)
        and len(service.workers()) == WORKERS
        and service.is_ready()
        and ("the scheduler" not in killed or witness.size > written)
    )


@contextmanager
def watched(witness: Witness) -> Iterator[None]:
    """While a witness looks."""
    thread = threading.Thread(target=witness.run, name="witness")
    thread.start()
    try:
        yield
    finally:
        witness.over.set()
        thread.join()


def _a_world(house: House, port: int) -> World:
    """A register with somebody to ask about, somebody of the hub who is signed in, and the case system's client."""
    seats(house)
    organisation = an_organisation(house)
    a_licence(house, organisation)
    hub = a_person(house, "hub_manager")
    with house.work(operator("torture")) as ctx:
        client, _ = identity.register_client(ctx, name="Case system", scopes=SCOPES)
        client_id = client.client_id
        rows_made(ctx, *keys(ctx, hub.id))
        session = _a_session(ctx, hub.id)
    return World(port, house, client_id, SCOPES, session, organisation, ("alex@swale.gov.uk",))


def _a_session(ctx: Context, person_id: UUID) -> str:
    """A whole sign-in: its token."""
    token, now = f"mss_{secrets.token_hex(16)}", ctx.now()
    mark = ctx.the(KeyRing).fingerprint("session", token)
    ctx.session.add(SignIn(id=ctx.new_id(), person_id=person_id, token=mark, opened_at=now, seen_at=now, whole_at=now))
    return token


def _a_database(postgres: PostgresServer) -> str:
    with postgres.connect() as connection:
        connection.execute("CREATE DATABASE service")
    return postgres.url_for("service")
