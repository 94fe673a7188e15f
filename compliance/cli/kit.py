"""`compliance kit`: knocking at a case system while its service misbehaves, and counting what opened (DEC-3)."""

from __future__ import annotations

import json
import sys

import click

from compliance.client.kit import Pretender, Result, doors, try_doors
from compliance.client.kit.doors import MANY
from compliance.client.kit.pretending import CLIENT_ID, SECRET
from compliance.client.kit.trying import NoHook

DEFAULT_PORT = 8765
_TELL_EVERY = 50
_SHOWN = 20


@click.command("kit")
@click.option("--hook", required=True, help="The case system's own address that says whether a door opens.")
@click.option("--port", default=DEFAULT_PORT, show_default=True, help="Where the pretended service answers.")
@click.option("--doors", "many", default=MANY, show_default=True, type=click.IntRange(min=100), help="How many to try.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome for a program.")
def kit(hook: str, port: int, many: int, as_json: bool) -> None:
    """Try a case system against a service that is off, slow, talks rubbish or repeats itself; exit 1 if it ever opens.

    Point the case system at http://127.0.0.1:PORT (any client and secret will do), and give as HOOK an address of it that takes
    POST {"person", "action", "type", "reference"} and answers {"opened": true} where it would have shown it.
    """
    with Pretender(port) as pretender:
        if not as_json:
            click.echo(f"The service is pretended at {pretender.base_url} (client {CLIENT_ID}, secret {SECRET}).")

        def tell(tried: int) -> None:
            if not as_json and tried % _TELL_EVERY == 0:
                click.echo(f"{tried} doors tried")

        try:
            result = try_doors(hook, pretender, doors(many), tell)
        except NoHook as problem:
            raise click.ClickException(str(problem)) from None
    _say(result, as_json)
    if not result.passed:
        sys.exit(1)


def _say(result: Result, as_json: bool) -> None:
    if as_json:
        opened, shut = (
            [{"mood": each.mood, "reference": each.reference} for each in them]
            for them in (result.opened, result.stayed_shut)
        )
        click.echo(
            json.dumps(
                {"tried": result.tried, "opened": opened, "stayed_shut": shut, "never_asked": result.never_asked}
            )
        )
        return
    for door in result.opened[:_SHOWN]:
        click.echo(f"OPENED {door.reference} for {door.action}, while the service {door.mood}")
    for door in result.stayed_shut[:_SHOWN]:
        click.echo(f"stayed shut: {door.reference} for {door.action}, though the service permitted it")
    if result.never_asked:
        click.echo(
            f"{result.never_asked} doors stayed shut and the service was not asked: does the case system ask here?"
        )
    click.echo(f"{len(result.opened)} of {result.tried} doors opened that had to stay shut.")
