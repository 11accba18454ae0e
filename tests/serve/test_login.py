"""Logins, tokens, cookies, forged forms, and separation of readers."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from digest.serve.attempt_limit import MOST, PERIOD, Failures
from digest.serve.passwords import Cost, hash_password, is_password
from digest.serve.state import Options
from tests.serve.host import CHEAP, PASSWORD, Browser, Host, give_password

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.pipeline.world import World

PAPER = "2601.00001"


@pytest.fixture
def closed(two_readers: World) -> Iterator[Host]:
    """Return a server that asks for a login; ann and bo have one."""
    give_password(two_readers, "ann", "bo")
    with Host(two_readers, Options(login=True)) as running:
        yield running


def signed_in(host: Host, name: str) -> Browser:
    browser = Browser(host)
    answer = browser.sign_in(name)
    assert (answer.status, answer.headers["location"]) == (303, "./")
    return browser


def star(browser: Browser, paper: str = PAPER) -> int:
    fields = {"csrf": browser.csrf("/list"), "paper": paper, "do": "star", "back": "list"}
    return browser.post("/act", fields).status


PATHS = (
    "/", "/index.html", "/list", "/triage", "/feeds.html", "/feeds/ann.xml", "/search.js",
    "/feeds/starred/ann.xml", "/feeds/feeds.opml", "/papers/2601.00001.html", "/list.md",
    "/list.bib", "/trends.html", "/nothing", "/.built.json",
)  # fmt: skip


def test_nothing_is_told_before_the_login(closed: Host) -> None:
    for path in PATHS:
        answer = closed.get(path)
        assert answer.status == 401, path
        assert answer.headers["www-authenticate"].startswith("Basic ")
        script = closed.get(path, {"Sec-Fetch-Mode": "cors"})
        assert "www-authenticate" not in script.headers, "a browser must not ask by itself"
        person = closed.get(path, {"Accept": "text/html"})
        assert person.status == 303
        assert person.headers["location"].lstrip("./").startswith("login?back=")
        for method in ("POST", "PUT"):
            assert closed.ask(method, path, body=b"").status in (401, 403, 405)


def test_the_login_has_its_looks(closed: Host) -> None:
    page = closed.get("/login", {"Accept": "text/html"}).text
    for name in ("site.css", "site.js", "icon.svg"):
        assert f'"{name}"' in page
        assert closed.get(f"/{name}").status == 200


def test_a_login_leads_back_and_its_cookie_is_kept_from_scripts(closed: Host) -> None:
    browser = Browser(closed)
    login = browser.get("/login?back=list%3Fplace%3Ddone")
    assert 'value="list?place=done"' in login.text
    fields = {"csrf": browser.csrf("/login"), "name": "ann", "password": PASSWORD}
    answer = browser.post("/login", fields | {"back": "list?place=done"})
    assert (answer.status, answer.headers["location"]) == (303, "./list?place=done")
    (cookie,) = answer.cookies
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= parts
    assert any(part.startswith("max-age=") for part in parts)
    assert browser.get("/list").status == 200


def test_a_login_leads_to_no_other_site(closed: Host) -> None:
    browser = Browser(closed)
    for back in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        assert "evil" not in browser.get(f"/login?{urlencode({'back': back})}").text
        fields = {"csrf": browser.csrf("/login"), "name": "ann", "password": PASSWORD}
        assert browser.post("/login", {**fields, "back": back}).headers["location"] == "./"


@pytest.mark.parametrize(
    ("headers", "is_secure"),
    [
        ({}, False),
        ({"Host": "papers.example.org", "Origin": "https://papers.example.org"}, True),
        ({"X-Forwarded-Proto": "https"}, True),
    ],
)
def test_over_https_cookies_are_for_https_alone(
    closed: Host, headers: dict[str, str], is_secure: bool
) -> None:
    """A site that is published over https says nothing of a server on this machine."""
    browser = Browser(closed)
    page = browser.get("/login", headers).text
    csrf = re.findall(r'name="csrf" value="([^"]+)"', page)[0]
    fields = {"csrf": csrf, "name": "ann", "password": PASSWORD}
    (cookie,) = browser.post("/login", fields, headers).cookies
    assert cookie.startswith("__Host-") == is_secure
    assert ("; secure" in cookie.lower()) == is_secure


def test_signing_out_ends_the_session(closed: Host) -> None:
    browser = signed_in(closed, "ann")
    kept = dict(browser.cookies)
    assert browser.post("/logout", {"csrf": browser.csrf("/list")}).status == 303
    browser.cookies = kept
    assert browser.get("/list").status == 303, "a stolen cookie is of no use either"


def test_a_session_ends_by_itself_and_with_the_password(closed: Host) -> None:
    browser = signed_in(closed, "ann")
    other = signed_in(closed, "ann")
    closed.world.wait(days=29)
    assert browser.get("/list").status == 200
    give_password(closed.world, "ann")
    assert other.get("/list").status == 303
    browser = signed_in(closed, "ann")
    closed.world.wait(days=31)
    assert browser.get("/list").status == 303


def test_a_session_is_never_one_that_the_client_chose(closed: Host) -> None:
    browser = Browser(closed)
    browser.sign_in("ann")
    (name,) = browser.cookies
    before = browser.cookies[name]
    browser.cookies[name] = "chosen"
    browser.sign_in("ann")
    assert browser.cookies[name] not in ("chosen", before)


# --- guessing ------------------------------------------------------------------------------------


def test_guesses_are_bounded(closed: Host) -> None:
    browser = Browser(closed)
    for _ in range(MOST):
        assert browser.sign_in("ann", "wrong password").status == 403
    refused = browser.sign_in("ann")
    assert refused.status == 429, "even with the right password"
    assert int(refused.headers["retry-after"]) > 0
    assert browser.sign_in("bo").status == 429, "from the same address"
    closed.world.wait(days=(PERIOD + timedelta(seconds=1)) / timedelta(days=1))
    assert browser.sign_in("ann").status == 303


def test_nobody_learns_which_readers_there_are(closed: Host) -> None:
    browser = Browser(closed)
    known = browser.sign_in("ann", "wrong password")
    unknown = browser.sign_in("eve", "wrong password")
    assert known.status == unknown.status
    assert known.text.replace('value="ann"', "") == unknown.text.replace('value="eve"', "")


def test_failures_are_forgotten_in_time_and_bounded(world: World) -> None:
    failures = Failures(most=2)
    now = world.now
    failures.add(["a"], now)
    assert failures.wait(["a"], now) is None
    failures.add(["a"], now)
    assert failures.wait(["a", "b"], now) == PERIOD
    assert failures.wait(["b"], now) is None
    assert failures.wait(["a"], now + PERIOD) is None
    for number in range(20_000):
        failures.add([str(number)], now)
    assert len(failures._moments) <= 10_000


def test_hashes_carry_their_salt_and_cost() -> None:
    one, other = hash_password(PASSWORD, CHEAP), hash_password(PASSWORD, CHEAP)
    assert one != other
    assert is_password(PASSWORD, one)
    assert not is_password(PASSWORD + " ", one)
    assert not is_password(PASSWORD, None)
    assert Cost() == (15, 8, 3)


# --- tokens --------------------------------------------------------------------------------------


def basic(name: str, token: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{name}:{token}".encode()).decode()}


def test_a_token_reads_feeds_and_acts_for_a_script(closed: Host) -> None:
    with closed.world.library() as library:
        library.accounts.add_token("ann", "a-token", closed.world.now)
    assert closed.get("/feeds/ann.xml", basic("ann", "a-token")).status == 200
    assert closed.get("/feeds/ann.xml", basic("", "a-token")).status == 200
    assert closed.get("/feeds/ann.xml", basic("bo", "a-token")).status == 401
    assert closed.get("/feeds/ann.xml", basic("ann", "wrong")).status == 401
    assert closed.get("/feeds/ann.xml", {"Authorization": "Basic %%%"}).status == 401
    body = urlencode({"paper": PAPER, "do": "star"}).encode()
    answer = closed.ask("POST", "/act", {"Authorization": "Bearer a-token"}, body)
    assert answer.status == 303
    by_basic = closed.ask("POST", "/act", basic("ann", "a-token"), body)
    assert by_basic.status == 401, "a browser sends this by itself, also for another site"
    with closed.world.library() as library:
        assert library.marks.get("ann", PAPER).starred
        assert "a-token" not in str(library.accounts.readers())
        library.accounts.revoke("ann")
    assert closed.get("/feeds/ann.xml", basic("ann", "a-token")).status == 401


def test_a_token_is_a_password_at_the_login(closed: Host) -> None:
    with closed.world.library() as library:
        library.accounts.add_token("bo", "a-token", closed.world.now)
    browser = Browser(closed)
    assert browser.sign_in("ann", "a-token").status == 403
    assert browser.sign_in("bo", "a-token").status == 303


# --- forged forms --------------------------------------------------------------------------------


ELSEWHERE = (
    {"Origin": "https://evil.example", "Sec-Fetch-Site": ""},
    {"Origin": "null", "Sec-Fetch-Site": ""},
    {"Origin": "", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "", "Sec-Fetch-Site": "same-site"},
    {"Origin": "", "Sec-Fetch-Site": "none"},
)


def test_forms_of_other_sites_are_refused(closed: Host) -> None:
    browser = signed_in(closed, "ann")
    fields = {"csrf": browser.csrf("/list"), "paper": PAPER, "do": "star", "name": "bo"}
    for headers in ELSEWHERE:
        for path in ("/act", "/undo", "/logout", "/login"):
            assert browser.post(path, fields, headers).status == 403, (path, headers)
    assert browser.get("/list").status == 200, "still signed in"


def test_a_form_needs_the_secret_of_its_own_session(closed: Host) -> None:
    ann, bo = signed_in(closed, "ann"), signed_in(closed, "bo")
    for csrf in ("", "x", "é", bo.csrf("/list"), Browser(closed).csrf("/login")):
        fields = {"csrf": csrf, "paper": PAPER, "do": "star"}
        assert ann.post("/act", fields).status == 403
    bare = {"Origin": "", "Sec-Fetch-Site": ""}
    assert ann.post("/act", {"paper": PAPER, "do": "star"}, bare).status == 403
    with closed.world.library() as library:
        assert not library.marks.get("ann", PAPER).starred


NO_FORMS: tuple[tuple[dict[str, str], bytes, int], ...] = (
    ({"Content-Type": "application/json"}, b"{}", 415),
    ({"Content-Type": "text/plain"}, b"a=b", 415),
    ({}, b"a=" + b"x" * 70_000, 413),
    ({}, b"&".join(b"a%d=1" % number for number in range(50)), 400),
    ({}, b"\xff\xfe=%ff", 400),
)


def test_what_is_no_form_of_ours_is_refused(closed: Host) -> None:
    browser = signed_in(closed, "ann")
    for headers, body, status in NO_FORMS:
        known = browser._headers({"Origin": closed.url, **headers})
        assert closed.ask("POST", "/act", known, body).status == status


def test_get_changes_nothing(closed: Host) -> None:
    browser = signed_in(closed, "ann")
    for path in (f"/act?paper={PAPER}&do=star", "/undo", "/logout"):
        assert browser.get(path).status == 404
    assert browser.get("/list").status == 200


# --- two readers ---------------------------------------------------------------------------------


def test_two_readers_do_not_mix(closed: Host) -> None:
    ann, bo = signed_in(closed, "ann"), signed_in(closed, "bo")
    before = {path: bo.get(path).text for path in ("/list", "/papers/2601.00001.html", "/")}
    assert star(ann) == 303
    fields = {"csrf": ann.csrf("/list"), "paper": PAPER, "do": "note", "text": "secret #mine"}
    assert ann.post("/act", fields).status == 303
    assert 'aria-pressed="true"' in ann.get("/papers/2601.00001.html").text
    for path, text in before.items():
        assert bo.get(path).text == text
    assert ann.get("/feeds/starred/ann.xml").status == 200
    assert ann.get("/feeds/tags/ann/mine.xml").status == 200
    for path in ("/feeds/starred/ann.xml", "/feeds/tags/ann/mine.xml", "/list.md?profile=ann"):
        assert bo.get(path).status == 404
    for path in ("/feeds.html", "/feeds/feeds.opml"):
        assert "mine" in ann.get(path).text
        assert "mine" not in bo.get(path).text
    assert bo.post("/undo", {"csrf": bo.csrf("/list"), "change": "1"}).status == 303
    with closed.world.library() as library:
        assert library.marks.get("ann", PAPER).starred
    assert bo.get("/list?change=1").text == before["/list"], "not even what was just done"


def test_without_a_login_a_reader_is_chosen_once(two_readers: World) -> None:
    with Host(two_readers) as host:
        browser = Browser(host)
        answer = browser.get("/list?place=done")
        assert answer.headers["location"] == "./reader?back=list%3Fplace%3Ddone"
        fields = {"csrf": browser.csrf("/reader"), "name": "bo", "back": "list?place=done"}
        assert browser.post("/reader", {**fields, "name": "eve"}).status == 404
        assert browser.post("/reader", fields).headers["location"] == "./list?place=done"
        assert star(browser) == 303
        with two_readers.library() as library:
            assert library.marks.get("bo", PAPER).starred
            assert not library.marks.get("ann", PAPER).starred


def test_a_reader_who_left_the_config_cannot_go_on(closed: Host) -> None:
    browser = signed_in(closed, "bo")
    text = closed.world.config.read_text(encoding="utf-8")
    closed.world.configure(text.replace(", {name: bo}", "").replace("Morning", "New"))
    closed.until(lambda: browser.get("/list").status == 303)
