"""A small case system by somebody else: the six steps, from the documents and Python's standard library alone.

    python tests/story/outsider.py var/demo.json

Prints a line for each step; ends with 1 at the first thing that is not as the documents say.
"""

import base64
import hmac
import json
import secrets
import sys
import threading
import time
import urllib.parse
from datetime import UTC, datetime
from pathlib import Path

from outsider_asks import Desk, Service, asked, expect, permits, sign_in, told, totp


def signed(headers: dict, body: bytes, secret: str) -> bool:
    """Whether a message of a webhook is the service's own, and of these five minutes."""
    try:
        late = abs(time.time() - int(headers["webhook-timestamp"])) > 300
    except (KeyError, ValueError):
        return False
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    own = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), said, "sha256")
    own = b"v1," + base64.b64encode(own)
    return not late and any(hmac.compare_digest(own, s.encode()) for s in headers["webhook-signature"].split(" "))


class Follower(threading.Thread):
    """Reads the feed from now on, and notes whose rights moved."""

    def __init__(self, service: Service) -> None:
        super().__init__(daemon=True)
        self.service, self.seen, self.moved = service, [], threading.Condition()
        self.next = self.page("now", 0)["next"]

    def page(self, after: str, wait: int) -> dict:
        query = urllib.parse.urlencode({"after": after, "wait": wait})
        return self.service.get_json(f"/api/v1/changes?{query}", self.service.token("changes:read"))

    def run(self) -> None:
        while True:
            page = self.page(self.next, 20)
            with self.moved:
                self.next = page["next"]
                self.seen += page["items"]
                self.moved.notify_all()

    def of(self, person: str, kind: str, within: float = 30) -> dict:
        def found() -> dict | None:
            return next((i for i in self.seen if i["subject"]["id"] == person and i["type"].startswith(kind)), None)

        with self.moved:
            expect(self.moved.wait_for(found, within), f"no {kind} of {person} in the feed: {self.seen}")
            return found()


def main(where: str) -> None:
    demo = json.loads(Path(where).read_text())
    client, people = demo["client"], {}
    for person in demo["people"]:
        if person["licence"] == "active" and person["kind"] == "standing" and "mid-kent" in person["areas"]:
            people.setdefault(person["role"], person)
    holder, boss = people["licence_holder"], people["hub_manager"]
    service = Service(demo["base_url"], client)
    desk, area, case = Desk(service), "mid-kent", f"OUT-{secrets.token_hex(4)}"
    told("token", f"decisions, for {len(service.token('decisions'))} letters")

    who = sign_in(service, client["id"], client["base_url"] + "/signed-in", holder)
    expect(who["sub"] == holder["id"] and area in who["areas"], "who signed in")
    told("signed in", who["name"], "of", who["org"], "licence", who["licence"])
    page = service.get_json("/api/v1/organisations?limit=500", service.token("registers:read"))
    register = {o["code"]: o["id"] for o in page["items"]}
    organisation, me = register[who["org"]], who["sub"]
    sup, coord = people["hub_supervisor"]["id"], people["hub_coordinator"]["id"]

    follower = Follower(service)
    follower.start()
    told("following", "the feed from now")

    one = {"subject": {"type": "person", "id": me}, "action": {"name": "case_system.use"}}
    one["resource"] = {"type": "case_system", "id": "case-system"}
    try:
        expect(permits(service.ask(service.authzen["access_evaluation_endpoint"], one)), "may not use the case system")
    except ValueError as error:
        expect(False, str(error))
    told("asked", "case_system.use: yes")

    search = {"subject": {"type": "person", "id": me}}
    search["resource"] = {"type": "case", "id": case, "properties": {"area": area}}
    found = service.ask(service.authzen["search_action_endpoint"], search)["results"]
    expect({"name": "case.view"} in found and {"name": "case.close"} not in found, f"search: {found}")
    told("searched", f"{len(found)} actions")

    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    month, today = moment[:7], moment[:10]

    def saw(person: str, action: str, kind: str = "view", **more: object) -> None:
        event = {"id": secrets.token_hex(8), "kind": kind, "person": person, "at": moment, **more}
        if kind != "sign_in":
            event |= {"reference": case, "action": action, "involved": True}
        answer = service.tell("POST", "/api/v1/access-events", "access-events:write", {"events": [event]})
        expect(answer["receipts"][0]["id"] == event["id"], "an event's receipt")

    def counted(**counts: int) -> None:
        of = {"organisation_id": organisation, "area": area, "period": month, "reference": case}
        facts = [of | {"counter": name, "count": count} for name, count in counts.items()]
        answer = service.tell("POST", "/api/v1/facts", "facts:write", {"facts": facts})
        expect(answer["new"] == len(facts), f"facts: {answer}")

    def open_to(step: str, person: str, *actions: str | tuple[str, str, str]) -> None:
        expect(all(desk.may(person, case, *actions, area=area)), f"{step}: may not {actions}")
        told(step, "asked,", "yes to", *(a if isinstance(a, str) else a[0] for a in actions))

    saw(me, "", "sign_in")
    open_to("referral", me, "referral.submit")
    shared = {"reference": case, "decision": "share", "basis": "public_task", "words": "To keep somebody safe."}
    number = service.tell("POST", "/api/v1/sharing-decisions", "sharing", shared | {"person": me})["number"]
    told("referral", "decision to share", number)
    record = {"groups": [2], "opened_on": today, "subject": "S-" + case}
    kept = service.tell("PUT", f"/api/v1/retention/records/{case}", "retention", record, f"record-{case}")
    expect(kept["reference"] == case and kept["status"] == "kept", f"record: {kept}")
    told("record", "registered, its minimum ends on", kept["minimum_ends_on"])

    open_to("24-hour review", sup, "referral.review", "case.create")
    saw(sup, "referral.review")
    open_to("research", me, "case.view", ("research.write", "research", who["org"]))
    saw(me, "research.write")
    counted(research_due=1, research_sent=1)
    open_to("planning", coord, "case.update", "case.reallocate")
    saw(coord, "case.update")
    open_to("meeting", sup, "meeting.chair")
    open_to("meeting", me, "meeting.attend", ("action.accept", "action", who["org"]))
    saw(me, "meeting.attend")
    counted(meetings_attended=1, statement_read=1, actions_set=1, actions_done=1)
    expect(desk.may(me, case, "case.close", area=area) == [False], "a licence holder may close a case")
    open_to("closure", sup, "case.close")
    saw(sup, "case.close")
    event = {"event_id": "e-" + case, "kind": "new_offence", "happened_on": today}
    kept = service.tell("POST", f"/api/v1/retention/records/{case}/events", "retention", event)
    expect(kept["last_relevant_on"] == today, f"event: {kept}")
    told("closure", "an event told: the clear period begins anew; minimum ends on", kept["minimum_ends_on"])

    listed = service.get_json("/api/v1/retention/instructions", service.token("retention"))["items"]
    own = [i for i in listed if i["reference"] == case or i["reference"] in demo.get("disposed_here", [])]
    for one in own:
        done = {"method": "erased", "disposed_on": today}
        service.tell("POST", f"/api/v1/retention/instructions/{one['id']}/confirmation", "retention", done)
    told("instructions", f"{len(listed)} listed, {len(own)} of ours confirmed")

    begun = service.tell("POST", "/api/v1/sessions", "", {k: boss[k] for k in ("email", "password")}, bearer="none")
    token = begun["token"]
    code = {"code": totp(boss["totp_secret"])}
    token = service.tell("POST", "/api/v1/sessions/current/code", "", code, bearer=token)["token"]
    licences = service.get_json(f"/api/v1/licences?person={me}&status=active", token)["items"]
    path = f"/api/v1/licences/{licences[0]['id']}"
    service.tell("POST", path + "/suspension", "", {"reason": "leave"}, bearer=token)
    expect(desk.may(me, case, "case.view", area=area) == [False], "a suspended licence opens a case")
    moved = follower.of(me, "licence.")
    told("right ended", moved["type"], "seen in the feed, and the next decision is a no")
    service.tell("POST", path + "/resumption", "", {}, bearer=token)
    expect(desk.may(me, case, "case.view", area=area) == [True], "a resumed licence opens nothing")
    told("right given back", "and the next decision is a yes")

    body = json.dumps({"type": moved["type"], "timestamp": moved["timestamp"], "data": moved}).encode()
    secret, stamp = base64.b64encode(secrets.token_bytes(32)).decode(), str(int(time.time()))
    mac = hmac.digest(base64.b64decode(secret), f"m-1.{stamp}.".encode() + body, "sha256")
    sent = {"webhook-id": "m-1", "webhook-timestamp": stamp}
    sent["webhook-signature"] = "v1,b2xkZXI= v1," + base64.b64encode(mac).decode()
    old = sent | {"webhook-timestamp": str(int(stamp) - 301)}
    expect(signed(sent, body, "whsec_" + secret), "a webhook's own message")
    expect(not signed(sent, body + b" ", "whsec_" + secret) and not signed(old, body, "whsec_" + secret), "another's")
    told("webhook", "a right signature is taken, a wrong or old one is not")

    service.authzen["access_evaluations_endpoint"] = "http://127.0.0.1:9/access/v1/evaluations"
    expect(desk.may(me, case, "case.view", area=area) == [False], "open while the service cannot be asked")
    told("service away", "closed")
    told("addresses", json.dumps(sorted(asked)))


if __name__ == "__main__":
    main(sys.argv[1])
