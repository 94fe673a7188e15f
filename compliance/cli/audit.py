"""`compliance audit …`: checking the log, and handing it to somebody who need not believe us (AUD-3)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from audit.export import export
from audit.notes import BadNote, Checkpoint, open_note
from audit.sealing import checkpoint, origin, seal_all, verifiers
from audit.verify import verify_log
from compliance.app import house_of
from compliance.kernel.context import House

from .configured import application, fail
from .witnessing import accept_rollback, list_witnesses


@click.group()
def audit() -> None:
    """The log."""


audit.add_command(list_witnesses)
audit.add_command(accept_rollback)


@audit.command("verify")
@click.option("--since", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="CHECKPOINT",
              help="A checkpoint that was kept elsewhere: only what came after it is read again.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the result for a program.")
def read_again(since: Path | None, as_json: bool) -> None:
    """Check that every entry is there, in order, is what its hash says, and is what was sealed."""
    house = house_of(application())
    known = _known(house, since) if since else None
    found = verify_log(house, since=known)
    if as_json:
        click.echo(json.dumps({"entries": found.entries, "first_bad": found.first_bad, "why": found.why}))
    else:
        click.echo(found.why or f"{found.entries} entries, each as it was written and sealed.")
    if found.why:
        sys.exit(1)


@audit.command("checkpoint")
def print_checkpoint() -> None:
    """Seal the log and print its checkpoint, to be kept where nobody who runs this machine can change it."""
    house = house_of(application())
    seal_all(house)
    with house.engine.connect() as connection:
        note = checkpoint(connection)
    click.echo(note or fail("The log is empty."), nl=False)


@audit.command("key")
def print_key() -> None:
    """Print the public key by which the log's checkpoints are checked."""
    for verifier in verifiers(house_of(application())):
        click.echo(str(verifier))


@audit.command("export")
@click.option("--to", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
def export_log(folder: Path) -> None:
    """Write the whole log with its checkpoint and public key; `python audit/offline.py DIR` checks it anywhere."""
    house = house_of(application())
    try:
        written = export(house, folder, progress=lambda done: click.echo(f"  {done} entries …", err=True))
    except FileExistsError:
        fail(f"{folder} is there already. Name a folder that is not.")
    click.echo(f"{written} entries in {folder}. Check them with: python audit/offline.py {folder}")


def _known(house: House, path: Path) -> Checkpoint:
    try:
        return open_note(path.read_text(), verifiers(house), origin=origin(house))
    except (BadNote, UnicodeDecodeError) as problem:
        fail(f"{path} cannot be relied on: {problem}.")
