"""`compliance papers …`: telling whether a document is one of ours, and untouched (SIG-2)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from compliance.app import house_of
from compliance.kernel.secrets import KeyRing
from compliance.papers.signing import Verdict, check

from .configured import application

SAYS = {
    Verdict.WHOLE: "is ours, and nothing in it was changed since it was signed.",
    Verdict.ALTERED: "is NOT as it was signed: something in it was changed. Do not rely on it.",
    Verdict.UNSIGNED: "bears no signature at all. If it looks like one of ours, do not rely on it.",
    Verdict.STRANGER: "was NOT signed by this service: none of our keys made its signature.",
}


@click.group()
def papers() -> None:
    """Certificates and evidence packs."""


@papers.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the finding for a program.")
def check_paper(file: Path, as_json: bool) -> None:
    """Say whether FILE is a document that this service signed, and untouched; exit 1 if it is not."""
    verdict = check(file.read_bytes(), house_of(application()).the(KeyRing).papers)
    well = verdict is Verdict.WHOLE
    click.echo(json.dumps({"well": well, "found": verdict.value}) if as_json else f"{file} {SAYS[verdict]}")
    if not well:
        sys.exit(1)


@papers.command("certificates")
def print_certificates() -> None:
    """Print the certificates that documents are checked by, the one that signs now first."""
    for key in house_of(application()).the(KeyRing).papers:
        click.echo(key.certificate, nl=False)
