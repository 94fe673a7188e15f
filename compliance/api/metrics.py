"""What the service counts of itself, for whoever watches it (Prometheus): how much is asked, how long it takes, how it is.

Nothing in it is anybody's: no names, no ids, no addresses. It is answered only to the networks that the settings name,
and to nothing that came through a proxy, because behind one everybody has the proxy's address.
"""

from __future__ import annotations

import os
import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from audit.models import HEAD, LogHead
from compliance.identity.whence import address_of
from compliance.kernel.context import House, house
from compliance.kernel.errors import NotFound
from compliance.kernel.jobs import last_beat

from .access import open_door
from .health import checks
from .replies import Reply

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

metrics = Blueprint("metrics", __name__)

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
"""What a proxy says that it is one with."""

SEVERAL = "PROMETHEUS_MULTIPROC_DIR"
"""Set by `compliance serve`: where each of its processes counts, to be added up."""

DOORS = (
    ("/access/", "decisions"), ("/api/v1/changes", "changes"), ("/api/", "api"), ("/oauth2/", "oauth"),
    ("/.well-known/", "oauth"), ("/static/", "files"), ("/live", "health"), ("/ready", "health"), ("/metrics", "health"),
)  # fmt: skip
"""By which door a request came, told from how its path begins; whatever else is a page."""

OURS = CollectorRegistry()
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_answers = Counter(
    "compliance_answers", "Answers given, by door and class of status.", ["door", "status"], registry=OURS
)
_seconds = Histogram(
    "compliance_answer_seconds", "Seconds from a request to its answer.", ["door"], buckets=_BUCKETS, registry=OURS
)
_REST_SECONDS = 1.0


class _Tally:
    """What went by since it was last told on: a request costs an addition or two, and the rest is done once a second."""

    def __init__(self) -> None:
        self._line = threading.Lock()
        self._told_at = 0.0
        self._answers: dict[tuple[str, int], int] = {}
        self._times: dict[str, list[float]] = {}

    def add(self, door: str, status: int, seconds: float, now: float) -> None:
        """One answer more; tells on what there is when it has not for a second."""
        with self._line:
            self._answers[door, status] = self._answers.get((door, status), 0) + 1
            times = self._times.get(door)
            if times is None:
                times = self._times[door] = [0.0] * (len(_BUCKETS) + 2)
            times[bisect_left(_BUCKETS, seconds)] += 1
            times[-1] += seconds
            if now - self._told_at < _REST_SECONDS:
                return
            self._told_at = now
        self.tell()

    def tell(self) -> None:
        """Tell on all there is."""
        with self._line:
            answers, self._answers = self._answers, {}
            times, self._times = self._times, {}
        for (door, status), count in answers.items():
            _answers.labels(door, f"{status}xx").inc(count)
        for door, counted in times.items():
            child = _seconds.labels(door)
            # Its own way in takes one time after another, each at the price of a search and two writes.
            for bucket, fell in zip(child._buckets, counted, strict=False):
                if fell:
                    bucket.inc(fell)
            child._sum.inc(counted[-1])


_tally = _Tally()


class Measured:
    """WSGI middleware: counts what goes by, and how long it took."""

    def __init__(self, onward: WSGIApplication) -> None:
        self._onward = onward

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        status = 5

        def begin(line: str, *more: object) -> object:
            nonlocal status
            status = int(line[0])
            return start_response(line, *more)  # type: ignore[arg-type]

        began = perf_counter()
        try:
            return self._onward(environ, begin)  # type: ignore[arg-type]
        finally:
            ended = perf_counter()
            _tally.add(door_of(environ["PATH_INFO"]), status, ended - began, ended)


def door_of(path: str) -> str:
    """The name of the door that this path leads to."""
    return next((name for start, name in DOORS if path.startswith(start)), "pages")


@metrics.get("/metrics")
@open_door
def read() -> Reply:
    """What is counted, in the text format of Prometheus; to everybody else there is nothing here."""
    if not _may_look():
        raise NotFound()
    _tally.tell()
    registry = OURS
    if SEVERAL in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    now = CollectorRegistry()
    now.register(_Now(house()))
    return Response(generate_latest(registry) + generate_latest(now), 200, content_type=CONTENT_TYPE_LATEST)


def _may_look() -> bool:
    address = address_of(request.remote_addr)
    if address is None or any(name in request.environ for name in FORWARDED):
        return False
    return any(address in network for network in house().settings.metrics_networks)


class _Now(Collector):
    """How the service is at this moment, asked of the store."""

    def __init__(self, here: House) -> None:
        self._here = here

    def collect(self) -> Iterator[Metric]:
        fit = GaugeMetricFamily(
            "compliance_fit", "1 where a check of /ready is well, 0 where it is not.", labels=["check"]
        )
        for name, check in checks(self._here).items():
            fit.add_metric([name], float(check.status == "ok"))
        yield fit
        try:
            with self._here.engine.connect() as connection:
                size = connection.execute(select(LogHead.size).where(LogHead.id == HEAD)).scalar()
            beat = last_beat(self._here, "scheduler")
        except SQLAlchemyError:
            return
        yield GaugeMetricFamily("compliance_log_entries", "Entries in the audit log.", value=float(size or 0))
        if beat is not None:
            seconds = (self._here.clock.now() - beat).total_seconds()
            yield GaugeMetricFamily(
                "compliance_scheduler_silent_seconds", "Seconds since the scheduler was heard.", value=seconds
            )
