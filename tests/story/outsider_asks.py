"""How a case system by somebody else signs people in and asks: from the documents, by Python's standard library alone."""

import base64
import hashlib
import hmac
import html
import http.cookiejar
import json
import re
import secrets
import struct
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC, datetime

RS256 = bytes.fromhex("3031300d060960864801650304020105000420")  # SHA-256 within PKCS #1 v1.5 (RFC 8017, 9.2)


def told(step: str, *of: object) -> None:
    sys.stdout.write(f"{step}: {' '.join(map(str, of))}\n")


def expect(holds: object, what: str) -> None:
    if not holds:
        sys.exit(f"not as the documents say: {what}")


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_of: object) -> None:
        return None


asked: set[tuple[str, str]] = set()
plain = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)


def send(request: urllib.request.Request, opener: urllib.request.OpenerDirector = plain, within: float = 60) -> tuple:
    """Status, headers, body; an error's answer is an answer."""
    asked.add((request.get_method().lower(), urllib.parse.urlsplit(request.full_url).path))
    try:
        with opener.open(request, timeout=within) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


class Service:
    """What this service is asked by a client: tokens are kept until shortly before they end."""

    def __init__(self, base: str, client: dict) -> None:
        self.base = base
        self.basic = "Basic " + base64.b64encode(f"{client['id']}:{client['secret']}".encode()).decode()
        self.found = self.get_json("/.well-known/openid-configuration")
        self.authzen = self.get_json("/.well-known/authzen-configuration")
        self.tokens: dict[str, tuple[str, float]] = {}

    def get_json(self, address: str, bearer: str = "") -> dict:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        status, _, body = send(urllib.request.Request(urllib.parse.urljoin(self.base, address), headers=headers))
        expect(status == 200, f"GET {address}: {status} {body[:300]!r}")
        return json.loads(body)

    def grant(self, **form: str) -> dict:
        data = urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(self.found["token_endpoint"], data, {"Authorization": self.basic})
        status, _, body = send(request)
        expect(status == 200, f"token: {status} {body!r}")
        return json.loads(body)

    def token(self, scope: str) -> str:
        token, until = self.tokens.get(scope, ("", 0.0))
        if until < time.monotonic():
            granted = self.grant(grant_type="client_credentials", scope=scope)
            token = granted["access_token"]
            self.tokens[scope] = token, time.monotonic() + granted["expires_in"] - 60
        return token

    def tell(self, method: str, path: str, scope: str, body: dict, key: str = "", bearer: str = "") -> dict:
        """Sent until it is taken, under one key; 5xx, 429 and `still-running` come again."""
        headers = {
            "Authorization": f"Bearer {bearer or self.token(scope)}",
            "Content-Type": "application/json",
            "Idempotency-Key": f'"{key or secrets.token_hex(16)}"',
        }
        if bearer:
            del headers["Idempotency-Key"]
        for pause in (0.5, 1, 2, 4, 0):
            request = urllib.request.Request(self.base + path, json.dumps(body).encode(), headers, method=method)
            status, answered, got = send(request)
            if status < 300:
                return json.loads(got)
            again = status >= 500 or status == 429 or (status == 409 and json.loads(got).get("code") == "still-running")
            expect(again, f"{method} {path}: {status} {got!r}")
            time.sleep(float(answered.get("Retry-After") or pause))
        sys.exit(f"{method} {path}: not taken")

    def ask(self, address: str, body: dict) -> dict:
        """One answer of a decision, or an error: whoever calls takes an error for a no."""
        request_id = secrets.token_hex(8)
        headers = {
            "Authorization": f"Bearer {self.token('decisions')}",
            "Content-Type": "application/json",
            "X-Request-ID": request_id,
        }
        status, answered, got = send(urllib.request.Request(address, json.dumps(body).encode(), headers), within=2)
        if status != 200 or answered.get_content_type() != "application/json" or answered["X-Request-ID"] != request_id:
            raise ValueError(f"{status} {got[:300]!r}")
        return json.loads(got, object_pairs_hook=once)


def once(pairs: list) -> dict:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a member stands there twice")
    return dict(pairs)


def permits(answer: object) -> bool:
    """DEC: `decision` is true, with a receipt, and still holds now."""
    try:
        context = answer["context"]
        until = datetime.fromisoformat(context["valid_until"])
        receipt = context["receipt"]
        return (
            answer["decision"] is True and bool(receipt["hash"]) and receipt["entry"] > 0 and until > datetime.now(UTC)
        )
    except (KeyError, TypeError, ValueError):
        return False


class Desk:
    """Asked before each screen; anything in doubt is a no."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def may(self, person: str, case: str, *wanted: str | tuple[str, str, str], area: str) -> list[bool]:
        questions = []
        for one in wanted:
            action, kind, owner = one if isinstance(one, tuple) else (one, "case", "")
            of = {"area": area, "closed": False} | ({"owner_organisation": owner, "case": case} if owner else {})
            questions.append({"action": {"name": action}, "resource": {"type": kind, "id": case, "properties": of}})
        body = {"subject": {"type": "person", "id": person}, "evaluations": questions}
        try:
            answers = self.service.ask(self.service.authzen["access_evaluations_endpoint"], body)["evaluations"]
        except (OSError, ValueError, KeyError, TypeError):
            return [False] * len(wanted)
        return [permits(a) for a in answers] if len(answers) == len(wanted) else [False] * len(wanted)


def form_of(page: str, field: str) -> tuple[str, dict]:
    """Where the form with this field is sent to, and what stands in it."""
    form = next(f for f in page.split("<form")[1:] if f'name="{field}"' in f).split("</form>")[0]
    tags = [dict(re.findall(r'([a-z]+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*>", form)]
    action = dict(re.findall(r'([a-z]+)="([^"]*)"', form.split(">")[0])).get("action", "")
    return html.unescape(action), {t["name"]: html.unescape(t.get("value", "")) for t in tags if "name" in t}


def totp(secret: str) -> str:
    key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def checked(token: str, service: Service, client: str, nonce: str) -> dict:
    """The claims of an ID token: RS256, ours, for us, of this sign-in, not over."""
    head, body, signature = token.split(".")
    header, claims, signed = json.loads(unpadded(head)), json.loads(unpadded(body)), unpadded(signature)
    key = next(k for k in service.get_json(service.found["jwks_uri"])["keys"] if k["kid"] == header["kid"])
    expect(header["alg"] == "RS256" == key["alg"], f"alg {header['alg']}")
    number, power, value = (int.from_bytes(b) for b in (unpadded(key["n"]), unpadded(key["e"]), signed))
    size = (number.bit_length() + 7) // 8
    whole = RS256 + hashlib.sha256(f"{head}.{body}".encode()).digest()
    whole = b"\x00\x01" + b"\xff" * (size - len(whole) - 3) + b"\x00" + whole
    expect(pow(value, power, number).to_bytes(size) == whole, "the ID token's signature")
    expect(claims["iss"] == service.found["issuer"] and client in (claims["aud"], *claims["aud"]), "iss, aud")
    expect(claims["nonce"] == nonce and claims["exp"] > time.time(), "nonce, exp")
    return claims


class ComeBack(urllib.request.HTTPRedirectHandler):
    """Follows the service's own pages, and stops at the address of ours."""

    def __init__(self, ours: str) -> None:
        self.ours, self.back = ours, ""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        if newurl.startswith(self.ours + "?"):
            self.back = newurl
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def sign_in(service: Service, client: str, ours: str, person: dict) -> dict:
    """By the pages, as a browser does, with the code of the second step."""
    verifier, state, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(16), secrets.token_urlsafe(16)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    question = {"response_type": "code", "client_id": client, "redirect_uri": ours, "scope": "openid profile email"}
    question |= {"state": state, "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256"}
    back = ComeBack(ours)
    jar = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(secure_protocols=("http", "https")))
    browser = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar), back
    )
    start = at = service.found["authorization_endpoint"] + "?" + urllib.parse.urlencode(question)
    data = None
    for _ in range(5):
        try:
            with browser.open(urllib.request.Request(at, data), timeout=60) as answer:
                at, page = answer.url, answer.read().decode()
        except urllib.error.HTTPError as error:
            expect(back.back, f"{at}: {error.code} {error.read()[:2000].decode()}")
        if back.back:
            break
        field = next((f for f in ("password", "code") if f'name="{f}"' in page), "")
        if not field:
            at, data = start, None  # signed in: a page that goes on by itself
            continue
        action, form = form_of(page, field)
        form |= (
            {"code": totp(person["totp_secret"])} if field == "code" else {n: person[n] for n in ("email", "password")}
        )
        at, data = urllib.parse.urljoin(at, action), urllib.parse.urlencode(form).encode()
    answered = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(back.back).query))
    expect(answered.get("state") == state and answered.get("iss") == service.found["issuer"], f"came back: {answered}")
    tokens = service.grant(
        grant_type="authorization_code", code=answered["code"], redirect_uri=ours, code_verifier=verifier
    )
    claims = checked(tokens["id_token"], service, client, nonce)
    said = service.get_json(service.found["userinfo_endpoint"], tokens["access_token"])
    expect(said["sub"] == claims["sub"], "userinfo is somebody else's")
    return claims | said
