"""`compliance …`: what an operator can do from the shell. Exit codes: 0 done, 1 something is wrong, 2 wrong usage.

`serve` and `scheduler` end with 3 where a witness contradicts the log.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import TextIO

import click
from flask_migrate import downgrade, upgrade

from compliance import scheduler
from compliance.app import house_of
from compliance.identity import queries
from compliance.identity import use_cases as identity
from compliance.identity.access_tokens import SCOPES
from compliance.identity.addresses import normalise
from compliance.identity.clients.queries import clients as known_clients
from compliance.identity.links import invitation_link
from compliance.kernel.context import Context, operator
from compliance.kernel.errors import Refusal
from compliance.kernel.jobs import run_as_of, run_now
from compliance.kernel.logs import start_logging
from compliance.kernel.secrets import complete_key_file, create_key_file, turn_key_file
from compliance.kernel.settings import Misconfigured
from compliance.licences.seed import load_contract
from compliance.sharing.statement import use_cases as statement
from signatories.seed import load_register

from .audit import audit
from .configured import application, fail, settings
from .demo import demo
from .doctor import examine
from .exporting import export
from .grants import CannotGrant, grant
from .kit import kit
from .papers import papers
from .resealing import reseal
from .restoring import agree_or_end, do_again_or_end
from .serving import serve_for_good

_YEARS = (1971, 9999)
_INSTANT = f"Give an instant from {_YEARS[0] + 1} on with its zone, such as 2026-11-21T10:00:00Z."


class _Refusals(click.Group):
    """A refusal ends a command with its words, its rule, and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            fail(f"{refusal.words} ({refusal.rule})" if refusal.rule else refusal.words)


@click.group(cls=_Refusals, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """The MARAC compliance service: governance, licensing and information sharing."""
    start_logging()


main.add_command(audit)
main.add_command(demo)
main.add_command(papers)
main.add_command(kit)
main.add_command(export)


@main.command()
@click.option("--port", default=8000, show_default=True, help="Port on 127.0.0.1.")
@click.option("--workers", default=2, show_default=True, help="Processes that answer.")
@click.option("--threads", default=32, show_default=True, help="Requests each process has in hand at once.")
def serve(port: int, workers: int, threads: int) -> None:
    """Answer requests; put a TLS proxy in front of it. Exit code 3: its log or its journal cannot be relied on (AUD-3, RET-12)."""
    agree_or_end(house_of(application()))
    serve_for_good(host="127.0.0.1", port=port, workers=workers, threads=threads)


@main.command("scheduler")
def run_scheduler() -> None:
    """Run what nobody clicks for: licences that end, eligibility that lapses, the heartbeat.

    Exit code 3: a witness contradicts the log (AUD-3), or its journal cannot be relied on (RET-12).
    """
    app = application()
    agree_or_end(house_of(app))
    with app.app_context():
        scheduler.run(app)


@main.group()
def keys() -> None:
    """The service's keys, which live outside the database."""


@keys.command("create")
def create_keys() -> None:
    """Make a new key file; one that is there is never replaced."""
    path = settings().key_file
    try:
        create_key_file(path)
    except FileExistsError:
        fail(f"{path} is there already. Keys turn by adding one, never by replacing the file.")
    click.echo(f"Made {path}. Back it up apart from the database: without it nothing sealed opens.")


@keys.command("complete")
def complete_keys() -> None:
    """Add what a key file made by an earlier version lacks."""
    path = settings().key_file
    click.echo(f"Added what {path} lacked. Back it up." if complete_key_file(path) else f"{path} is complete.")


@keys.command("turn")
def turn_keys() -> None:
    """Add a new key that seals from now on; the older ones still open. Restart, then `compliance keys reseal`."""
    path = settings().key_file
    try:
        name = turn_key_file(path)
    except Misconfigured as problem:
        fail(str(problem))
    click.echo(f"Key {name} seals once `serve` and `scheduler` are started anew. Back {path} up.")


@keys.command("reseal")
def reseal_values() -> None:
    """Seal whatever an older key sealed with the newest, so that the older one may be taken away."""
    count = reseal(house_of(application()))
    click.echo(f"{count} values sealed anew.")


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@click.argument("revision", default="head")
def upgrade_store(revision: str) -> None:
    """Bring the database up to a revision (default: the newest)."""
    with application().app_context():
        upgrade(revision=revision)


@db.command("downgrade")
@click.argument("revision")
def downgrade_store(revision: str) -> None:
    """Take the database back down to a revision, by its name. Never so far that the log would go (AUD-4)."""
    if not revision.isdigit():
        fail("Name the revision to go back to, such as 0002. The log is never taken away from here (AUD-4).")
    with application().app_context():
        downgrade(revision=revision)


@db.command("seed")
def seed_store() -> None:
    """Load the hub's register, areas, contract and confidentiality statement from the policy files; safe to repeat."""
    with house_of(application()).work(operator("db seed")) as ctx:
        load_register(ctx)
        load_contract(ctx)
        statement.begin(ctx)


@db.command("grant")
@click.argument("role")
def grant_rights(role: str) -> None:
    """Let ROLE serve, in PostgreSQL: it can add to the log and change nothing in it. Repeat after each upgrade."""
    with house_of(application()).engine.begin() as connection:
        try:
            grant(connection, role)
        except CannotGrant as problem:
            fail(str(problem))
    click.echo(f"{role} may serve. Put it into DATABASE_URL; migrate as the owner.")


@main.group()
def jobs() -> None:
    """The scheduler's work, by hand."""


@jobs.command("list")
def list_jobs() -> None:
    """Name every job and how often it runs."""
    for job in scheduler.JOBS:
        click.echo(f"{job.name}  every {job.every}")


@jobs.command("run")
@click.argument("name")
@click.option("--as-of", "as_of", metavar="INSTANT", help="Run as at this instant, such as 2026-11-21T10:00:00Z.")
@click.option("--json", "as_json", is_flag=True, help="Print the result for a program.")
def run_job(name: str, as_of: str | None, as_json: bool) -> None:
    """Run one job now; as of an instant, after what the calendar has run before it, such as warnings."""
    job = scheduler.job_named(name)
    if job is None:
        raise click.UsageError(f"There is no job {name}. `compliance jobs list` names them.")
    house = house_of(application())
    do_again_or_end(house)
    run = run_now(house, job) if as_of is None else run_as_of(house, job, _instant(as_of))
    counts = {"found": run.found, "done": run.done, "failed": run.failed}
    click.echo(json.dumps(counts) if as_json else ", ".join(f"{count} {word}" for word, count in counts.items()))
    if run.failed:
        sys.exit(1)


@main.group()
def clients() -> None:
    """Programs that may ask: the case system."""


@clients.command("create")
@click.option("--name", required=True, help="What people call the system.")
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice(SCOPES), help="Repeat for each; default: decisions."
)
@click.option(
    "--redirect", "redirects", multiple=True, help="Where people are sent back to, signed in. Repeat for each."
)
@click.option("--logout-redirect", "logout_redirects", multiple=True, help="Where they are sent back to, signed out.")
@click.option("--back-channel", help="Where it is told that somebody's sign-in ended.")
@click.option("--network", "networks", multiple=True, help="A network it may call from; default: any.")
@click.option("--keys", "key_file", type=click.File(), help="Its public keys: a JWKS, a JWK or a PEM.")
def create_client(
    name: str,
    scopes: tuple[str, ...],
    redirects: tuple[str, ...],
    logout_redirects: tuple[str, ...],
    back_channel: str | None,
    networks: tuple[str, ...],
    key_file: TextIO | None,
) -> None:
    """Register a client and print its id and secret, the secret for the only time."""
    with house_of(application()).work(operator("clients create")) as ctx:
        client, secret = identity.register_client(
            ctx, name=name, scopes=scopes or ("decisions",), redirects=redirects, logout_redirects=logout_redirects,
            back_channel=back_channel, networks=networks, public_keys=key_file.read() if key_file else "",
        )  # fmt: skip
        shown = {"id": client.client_id, "secret": secret}
    click.echo(json.dumps(shown))


@clients.command("end")
@click.argument("client_id")
def end_client(client_id: str) -> None:
    """Take a client's access away, at once."""
    with house_of(application()).work(operator("clients end")) as ctx:
        known = {client.client_id: client.id for client in known_clients(ctx)}
        if client_id not in known:
            fail(f"There is no client {client_id}.")
        identity.end_client(ctx, known[client_id])


@main.group()
def people() -> None:
    """Accounts of people."""


@people.command("invite")
@click.option("--name", "full_name", required=True)
@click.option("--email", required=True)
@click.option("--role", "roles", multiple=True, help="Repeat for each role, such as hub_manager.")
@click.option("--hub-team", is_flag=True, help="An account of the hub team.")
def invite_person(full_name: str, email: str, roles: tuple[str, ...], hub_team: bool) -> None:
    """Make an account and send its single-use link; where no mail is set up, print it.

    This is how the first hub manager gets in.
    """
    house = house_of(application())
    with house.work(operator("people invite")) as ctx:
        person, token = identity.invite_person(ctx, full_name=full_name, email=email, hub_team=hub_team, roles=roles)
        said = _where_the_link_is(ctx, person.email, token)
    click.echo(said)


@people.command("reset")
@click.option("--email", required=True)
@click.option("--identity-check", required=True, help="How you verified who they are; kept sealed.")
@click.option("--lost-second-factor", is_flag=True, help="They lost their phone or key too: everything begins anew.")
def reset_account(email: str, identity_check: str, lost_second_factor: bool) -> None:
    """Bring somebody back into their account, where no member of the hub can, such as the only hub manager.

    Their password and sign-ins end; the link to a new one is sent to them, or printed where no mail is set up.
    """
    with house_of(application()).work(operator("people reset")) as ctx:
        person = queries.person_by_email(ctx, normalise(email))
        if person is None:
            fail(f"There is no account with the address {email}.")
        begin = identity.recover_alone if lost_second_factor else identity.reset_account
        said = _where_the_link_is(ctx, person.email, begin(ctx, person.id, identity_check=identity_check))
    click.echo(said)


def _where_the_link_is(ctx: Context, email: str, token: str | None) -> str:
    return invitation_link(ctx, token) if token else f"The link is on its way to {email}."


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings for a program.")
def doctor(as_json: bool) -> None:
    """Examine configuration, store, keys, log, scheduler and the registers' invariants; exit 1 if anything is wrong."""
    findings = examine(application())
    if as_json:
        click.echo(json.dumps([{"check": f.check, "well": f.well, "says": f.says} for f in findings]))
    else:
        for finding in findings:
            click.echo(f"{'well ' if finding.well else 'WRONG'}  {finding.check}: {finding.says}")
    if not all(finding.well for finding in findings):
        sys.exit(1)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(_INSTANT) from None
    if instant.tzinfo is None or not _YEARS[0] < instant.year < _YEARS[1]:
        raise click.UsageError(_INSTANT)
    return instant
