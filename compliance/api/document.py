"""The contract itself, for whoever builds a case system: one OpenAPI 3.1 document, open to all.

The file beside this one is written by the suite, from what this service does, and held equal to it by a test.
"""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response

from compliance.kernel.context import house
from compliance.kernel.contract import Contract

from .access import open_door
from .replies import Reply

document = Blueprint("document", __name__)

FILE = Path(__file__).with_name("openapi.json")


@document.get("/openapi.json")
@open_door
def openapi() -> Reply:
    """This document."""
    contract = house().the(Contract)
    response = Response(contract.raw, 200, content_type="application/json")
    response.set_etag(contract.tag)
    return response
