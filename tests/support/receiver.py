"""Somebody who takes webhooks, in a process of its own, over HTTP or HTTPS: what it was sent stands in a file.

    python -m tests.support.receiver FOLDER [CERTIFICATE KEY]

It writes its port to FOLDER/port, and a line of JSON a message to FOLDER/taken. How it answers stands in FOLDER/answer:
a status, `slow`, `long`, `hang-up`, or `to ADDRESS` for a redirect; 204 where there is none.
"""

from __future__ import annotations

import json
import ssl
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Taking(BaseHTTPRequestHandler):
    """One message."""

    protocol_version = "HTTP/1.1"
    folder: Path

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        answer = self._answer()
        said = {"path": self.path, "headers": dict(self.headers), "body": body, "answer": answer}
        with (self.folder / "taken").open("a") as file:
            file.write(json.dumps(said) + "\n")
        if answer == "hang-up":
            self.close_connection = True
            return
        if answer == "slow":
            time.sleep(30)
        self.send_response(302 if answer.startswith("to ") else int(answer) if answer.isdigit() else 200)
        if answer.startswith("to "):
            self.send_header("Location", answer.removeprefix("to "))
        self.send_header("Content-Length", str(10**9 if answer == "long" else 0))
        self.end_headers()
        if answer == "long":
            for _ in range(10**5):
                self.wfile.write(b"x" * 10_000)

    def _answer(self) -> str:
        path = self.folder / "answer"
        return path.read_text().strip() if path.exists() else "204"

    def log_message(self, *_: object) -> None:
        """Nothing."""


def main() -> None:
    Taking.folder = Path(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    part = Taking.folder / "port.part"
    part.write_text(str(server.server_port))
    part.rename(Taking.folder / "port")
    server.serve_forever()


if __name__ == "__main__":
    main()
