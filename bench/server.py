"""What is served for the comparison: the service, and a bare Flask route that does nothing but read and write JSON."""

from __future__ import annotations

from flask import Flask, request

from compliance.app import create_app
from compliance.kernel.settings import Settings

bare = Flask(__name__)


@bare.post("/access/v1/evaluation")
def answer() -> dict[str, object]:
    asked = request.get_json()
    return {"decision": True, "context": {"id": asked["resource"]["id"]}}


def service() -> Flask:
    """The service as it is served."""
    return create_app(Settings.from_environment())
