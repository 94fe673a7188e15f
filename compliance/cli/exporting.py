"""`compliance export …`: what the hub takes out of the service, from the shell."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from errno import EISDIR
from pathlib import Path

import click

from compliance.app import house_of
from compliance.governance.figures.dresses import Form, dress
from compliance.governance.figures.report import DONE
from compliance.governance.outages import keeping, packing
from compliance.governance.outages.archive import BrokenPack
from compliance.governance.outages.sealing import DoesNotOpen
from compliance.governance.reports import use_cases as reports
from compliance.governance.reports.queries import compared_with
from compliance.kernel.context import House, operator

from .configured import application, fail

STEM = "pack"


@click.group("export")
def export() -> None:
    """Reports and packs, as files."""


@export.command("steering-pack")
@click.option("--quarter", required=True, metavar="QUARTER", help="The quarter, such as 2026Q4.")
@click.option(
    "--to", "to", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder to write to."
)
def export_steering_pack(quarter: str, to: Path) -> None:
    """Count the steering group's pack and write it to a folder: pack.json, pack.html, pack.pdf, pack.xlsx (GOV-1)."""
    _export(house_of(application()), "steering_pack", quarter, to)


@export.command("report")
@click.argument("kind")
@click.option(
    "--period", required=True, metavar="PERIOD", help="Such as 2026Q4, 2026H2 or 2026, by the kind of report."
)
@click.option(
    "--to", "to", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder to write to."
)
def export_report(kind: str, period: str, to: Path) -> None:
    """Count a report of this KIND and write it to a folder in each form (GOV-4)."""
    _export(house_of(application()), kind, period, to)


@export.command("outage-pack")
@click.option(
    "--to", "to", required=True, type=click.Path(path_type=Path), metavar="FILE", help="A file that is not there yet."
)
def export_outage_pack(to: Path) -> None:
    """Make a pack for when the case system is down, keep it, and write it to FILE, sealed with the passphrase (GOV-3).

    `age --decrypt` opens it anywhere. A file that is there is never written over.
    """
    house, actor = house_of(application()), operator("export outage-pack")
    if os.path.lexists(to):
        fail(f"{to} is there already. Name a file that is not.")
    if not to.parent.is_dir() or not os.access(to.parent, os.W_OK):
        fail(f"{to} cannot be written to: its folder is not there, or is not yours.")
    with house.reading(actor) as ctx:
        prepared = packing.prepare(ctx, _say)
    _say("sealing it, and opening it again")
    try:
        packed = packing.seal(house, prepared)
    except (packing.NotKept, DoesNotOpen, BrokenPack) as problem:
        fail(f"The pack was not made: {problem}.")
    for words in packed.problems:
        click.echo(words, err=True)
    with house.work(actor) as ctx:
        number = packing.hand_out(ctx, packed).passphrase
    try:
        keeping.hand_out(packed.sealed, to)
    except OSError as problem:
        fail(f"{to} cannot be written to: {problem.strerror}.")
    click.echo(
        f"Outage pack of {packed.people} people, as of {_said(packed.at)}: {to}. Passphrase number {number} opens it."
    )


def _export(house: House, kind: str, period: str, to: Path) -> None:
    """Count with nothing locked, write beside, keep that it was handed out, and only then put all in place, or none."""
    actor = operator("export")
    with house.reading(actor) as ctx:
        report = reports.count(ctx, kind, period, _progress)
        before = compared_with(ctx, report.kind, report.span)
    files = {}
    for form in Form:
        click.echo(f"  making {STEM}.{form.value} …", err=True)
        files[to / f"{STEM}.{form.value}"] = dress(house, report, form, before=before, stem=STEM).content
    try:
        with written(files) as put:
            with house.work(actor) as ctx:
                reports.counted(ctx, report, forms=list(Form))
            put()
    except OSError as problem:
        fail(f"{to} cannot be written to: {problem.strerror}.")
    click.echo(f"{report.title}, {report.span.name}, as of {_said(report.at)}: {to}/{STEM}.{{{','.join(Form)}}}")


@contextmanager
def written(files: Mapping[Path, bytes]) -> Iterator[Callable[[], None]]:
    """Write files that only their owner reads, each beside its place; what is given puts them all there.

    What was not put there is gone afterwards. Raises OSError before anything is in place.
    """
    parts = {path: path.with_name(f".{path.name}.part") for path in files}
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                raise IsADirectoryError(EISDIR, f"{path.name} is a folder", str(path))
            _write(parts[path], content)
        yield lambda: _put(parts)
    finally:
        for part in parts.values():
            with suppress(OSError):
                part.unlink()


def _put(parts: Mapping[Path, Path]) -> None:
    for path, part in parts.items():
        part.replace(path)


def _write(part: Path, content: bytes) -> None:
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _progress(code: str, done: int, of: int) -> None:
    if code != DONE:
        click.echo(f"  counting {code} ({done + 1} of {of}) …", err=True)


def _say(words: str) -> None:
    click.echo(f"  {words} …", err=True)


def _said(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
