"""The demonstration's own mail: a small mail server on this machine, that puts what it takes into `var/mail`.

A message is a file there, readable by whoever runs the demonstration alone, with the instant first in its name.
"""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

END = (signal.SIGTERM, signal.SIGINT)


class Letterbox:
    """Takes every message, and keeps each as a file."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name there
        """Put the message down before it is said to be taken: what was taken is never lost."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
        partly = self.directory / f".{name}"
        handle = os.open(partly, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(cast(bytes, envelope.content))
        partly.rename(self.directory / f"{name}.eml")
        return "250 OK"


def receive(directory: Path, port: int) -> None:
    """Take mail on this port of this machine until told to stop."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    signal.pthread_sigmask(signal.SIG_BLOCK, END)
    controller = Controller(Letterbox(directory), hostname="127.0.0.1", port=port)
    controller.start()
    signal.sigwait(END)
    controller.stop()


def newest(directory: Path, address: str | None) -> EmailMessage | None:
    """The message that came last, or the last for this address; None where none did."""
    for path in sorted(directory.glob("*.eml"), reverse=True):
        message = message_from_bytes(path.read_bytes(), policy=default)
        if address is None or address.casefold() in str(message["To"]).casefold():
            return message
    return None
