"""The conformance kit: a service that misbehaves in every way it can, and a count of the doors a case system opened for it.

A case system passes where it opens what the service permits, and nothing else: not while the service is off, slow, answers
rubbish, answers late, or answers what it answered before (DEC-3).
"""

from .doors import Door, doors
from .pretending import Pretender
from .trying import Result, try_doors

__all__ = ["Door", "Pretender", "Result", "doors", "try_doors"]
