"""`compliance demo`: Kent and Medway's register with made-up people, started and stopped by one command.

Nothing of it is meant for service: it signs people up with passwords that it prints, on this machine only.
Stopping and starting again keeps what was done; `reset` starts afresh.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import click
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import func, select

from compliance.app import furnished, house_of
from compliance.kernel.secrets import complete_key_file, create_key_file
from compliance.kernel.settings import REPOSITORY, Settings
from signatories.models import Organisation

from . import demo_case_system, demo_mail
from .demo_story import tell
from .demo_told import Told
from .restoring import agree_or_end

PROCESSES = {
    "mail": ["compliance.cli", "demo", "receive-mail", "--port", "{mail_port}"],
    "service": ["compliance.cli", "serve", "--port", "{port}"],
    "scheduler": ["compliance.cli", "scheduler"],
    "case-system": [demo_case_system.MODULE],
}
_OURS = (b"compliance", b"wsgi:application", demo_case_system.MODULE.encode())
READY_WITHIN_SECONDS = 60


@click.group()
def demo() -> None:
    """The demonstration: Kent and Medway's register with made-up people."""


@demo.command()
@click.option("--port", default=lambda: int(os.environ.get("PORT", "8000")), help="Port on 127.0.0.1 (default 8000).")
def up(port: int) -> None:
    """Make what is missing, start service, scheduler, mail and case system, and say who can sign in."""
    environment = _environment(port) | _own_mail()
    settings = Settings.from_environment(environment)
    if _running(settings.var_dir):
        click.echo(f"The demo runs already, on {settings.base_url}. `make demo-stop` stops it.")
        return
    told = _prepare(settings)
    _write_settings(settings, environment)
    _start(settings.var_dir, port, environment | demo_case_system.environment(settings, told))
    _await_ready(settings)
    _say(settings, told)


@demo.command()
def down() -> None:
    """Stop service, scheduler, mail and case system; what was done is kept."""
    var_dir = Settings.from_environment(_environment(8000)).var_dir
    for name in reversed(PROCESSES):
        _stop(var_dir / "run" / f"{name}.pid")
    click.echo("The demo is stopped. `make demo` starts it again as it was.")


@demo.command()
@click.option("--port", default=lambda: int(os.environ.get("PORT", "8000")), help="Port on 127.0.0.1 (default 8000).")
@click.pass_context
def reset(context: click.Context, port: int) -> None:
    """Stop, forget everything, and start afresh."""
    context.invoke(down)
    settings = Settings.from_environment(_environment(port))
    if settings.key_file.exists() and settings.database_url.startswith("postgresql"):
        with furnished(settings).app_context():
            downgrade(revision="base")
    for left in (
        *settings.var_dir.glob("compliance.sqlite*"),
        settings.key_file,
        settings.var_dir / "demo.json",
        settings.var_dir / "compliance.env",
    ):
        left.unlink(missing_ok=True)
    for folder in ("mail", "witness", "journal", "case_system"):
        shutil.rmtree(settings.var_dir / folder, ignore_errors=True)
    context.invoke(up, port=port)


@demo.command()
@click.argument("address", required=False)
def mail(address: str | None) -> None:
    """Print the newest letter, or the newest to ADDRESS."""
    message = demo_mail.newest(_mail_dir(), address)
    if message is None:
        raise click.ClickException(f"No letter{f' to {address}' if address else ''} has come so far.")
    click.echo(f"To: {message['To']}\nSubject: {message['Subject']}\nDate: {message['Date']}\n")
    click.echo(message.get_content())


@demo.command("receive-mail", hidden=True)
@click.option("--port", type=int, required=True)
def receive_mail(port: int) -> None:
    """Take the demonstration's mail, until stopped."""
    demo_mail.receive(_mail_dir(), port)


def _mail_dir() -> Path:
    return Settings.from_environment(_environment(8000)).var_dir / "mail"


def _own_mail() -> dict[str, str]:
    """A mail server of the demo's own, on a port that is free now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port = asked.getsockname()[1]
    return {"SMTP_URL": f"smtp://127.0.0.1:{port}", "COMPLIANCE_MAIL_FROM": "MARAC Hub (demo) <hub@marac.example>"}


def _environment(port: int) -> dict[str, str]:
    """The demo's own configuration, with the operator's where they gave one."""
    var = os.environ.get("COMPLIANCE_VAR", str(REPOSITORY / "var"))
    return {
        **os.environ,
        "COMPLIANCE_DEMO": "1",
        # Passkeys are made for a name: with DEMO_HOST=localhost they can be tried.
        "COMPLIANCE_BASE_URL": f"http://{os.environ.get('DEMO_HOST', '127.0.0.1')}:{port}",
        "COMPLIANCE_VAR": var,
        # On a real machine this would be another's; here it shows what one keeps.
        "COMPLIANCE_WITNESSES": os.environ.get("COMPLIANCE_WITNESSES", str(Path(var).resolve() / "witness")),
        "COMPLIANCE_JOURNAL": os.environ.get("COMPLIANCE_JOURNAL", str(Path(var).resolve() / "journal")),
        "COMPLIANCE_OUTWARD_NETWORKS": os.environ.get("COMPLIANCE_OUTWARD_NETWORKS", demo_case_system.NETWORKS),
    }


def _prepare(settings: Settings) -> Told:
    for folder in ("witness", "journal"):
        (settings.var_dir / folder).mkdir(parents=True, exist_ok=True)
    if not settings.key_file.exists():
        click.echo("Making keys …")
        create_key_file(settings.key_file)
    complete_key_file(settings.key_file)
    app = furnished(settings)
    click.echo("Making the database …")
    with app.app_context():
        upgrade()
    told = _told_before(settings, app)
    if told is None:
        click.echo("Loading Kent and Medway's register, and the people of the story …")
        told = tell(app, lambda step: click.echo(f"  {step}"))
        _keep(settings, told)
    agree_or_end(house_of(app))
    told = demo_case_system.moved(app, told)
    _keep(settings, told)
    demo_case_system.hand_over_keys(app, settings)
    house_of(app).engine.dispose()
    return told


def _write_settings(settings: Settings, environment: dict[str, str]) -> None:
    """Leave the demo's configuration where every command finds it, so that `compliance doctor` works as it stands."""
    names = (
        "COMPLIANCE_DEMO", "COMPLIANCE_BASE_URL", "DATABASE_URL", "SMTP_URL", "COMPLIANCE_MAIL_FROM",
        "COMPLIANCE_WITNESSES", "COMPLIANCE_JOURNAL", "COMPLIANCE_OUTWARD_NETWORKS",
    )  # fmt: skip
    lines = [f"{name}={environment[name]}" for name in names if environment.get(name)]
    path = settings.var_dir / "compliance.env"
    path.write_text("# The demonstration's settings, written by `make demo`.\n" + "\n".join(lines) + "\n")
    path.chmod(0o600)


def _told_before(settings: Settings, app: Flask) -> Told | None:
    """What an earlier start wrote down; its address is brought up to date."""
    with house_of(app).engine.connect() as connection:
        if not connection.execute(select(func.count()).select_from(Organisation)).scalar():
            return None
    path = settings.var_dir / "demo.json"
    if not path.exists():
        raise click.ClickException(
            "The database holds data and var/demo.json is gone. `make demo-reset` starts afresh."
        )
    told: Told = json.loads(path.read_text())
    told["base_url"] = settings.base_url
    return told


def _keep(settings: Settings, told: Told) -> None:
    path = settings.var_dir / "demo.json"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(told, file, indent=2, ensure_ascii=False)


def _start(var_dir: Path, port: int, environment: dict[str, str]) -> None:
    for folder in ("run", "log"):
        (var_dir / folder).mkdir(exist_ok=True)
    for name, arguments in PROCESSES.items():
        given = [word.format(port=port, mail_port=urlsplit(environment["SMTP_URL"]).port) for word in arguments]
        command = [sys.executable, "-m", *given]
        with (var_dir / "log" / f"{name}.log").open("a") as log:
            process = subprocess.Popen(  # noqa: S603 - our own commands
                command, cwd=REPOSITORY, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        (var_dir / "run" / f"{name}.pid").write_text(str(process.pid))


def _await_ready(settings: Settings) -> None:
    click.echo(f"Waiting for {settings.base_url}/ready ", nl=False)
    until = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < until:
        try:
            with urlopen(f"{settings.base_url}/ready", timeout=2) as answer:  # noqa: S310 - our own address
                if answer.status == 200:
                    click.echo(" ready.")
                    return
        except (URLError, OSError):
            click.echo(".", nl=False)
        time.sleep(0.5)
    raise click.ClickException(f"It did not get ready. {settings.var_dir}/log says why.")


def _running(var_dir: Path) -> bool:
    return any(_alive(var_dir / "run" / f"{name}.pid") for name in PROCESSES)


def _alive(pid_file: Path) -> bool:
    """Whether the process written there lives, and is ours: the number may have gone to another since."""
    try:
        pid = int(pid_file.read_text())
        said = Path(f"/proc/{pid}/cmdline").read_bytes()
        return any(ours in said for ours in _OURS)
    except (OSError, ValueError):
        return False


def _stop(pid_file: Path) -> None:
    if _alive(pid_file):
        group = int(pid_file.read_text())
        os.killpg(group, signal.SIGTERM)
        for _ in range(100):
            if not _alive(pid_file):
                break
            time.sleep(0.1)
        else:
            os.killpg(group, signal.SIGKILL)
    pid_file.unlink(missing_ok=True)


def _say(settings: Settings, told: dict[str, Any]) -> None:
    click.echo(f"\n{settings.base_url}\n\nWho can sign in (the code comes from the authenticator secret):\n")
    shown = [person for person in told["people"] if person["password"]]
    for person in shown:
        where = person["organisation"] or "the hub"
        licence = f", licence {person['licence']}" if person["licence"] else ""
        click.echo(f"  {person['role']:<22} {person['email']}  ({where}{licence})")
        secret = person["totp_secret"] or "(no authenticator app yet: enrols at the first sign-in)"
        click.echo(f"  {'':<22} password {person['password']}  secret {secret}")
    client = told["client"]
    where = client["base_url"] if demo_case_system.answers(told) else f"did not start: {settings.var_dir}/log says why"
    click.echo(f"\nThe case system: {where}  client {client['id']}  secret {client['secret']}")
    click.echo("Anyone above with an active licence signs in to it, with the same password and code.")
    click.echo(
        f"\nLetters to them arrive in {settings.var_dir}/mail; `compliance demo mail ADDRESS` prints the newest."
    )
    click.echo(f"\nAll of this, for a program: {settings.var_dir}/demo.json\n")
