"""The client is polite and bounded, and explains unusable answers."""

from __future__ import annotations

import gzip
import time
from typing import TYPE_CHECKING, Any

import pytest

from digest.errors import SourceError
from digest.sources import addresses, transport
from digest.sources.addresses import is_public
from digest.sources.client import Client, Limits
from digest.sources.request import Key, Request
from tests.pipeline.certificates import Authority
from tests.sources.server import LocalService, Reply, serving
from tests.sources.worlds import FakeTime

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from digest.sources.request import Answer, Content

JSON = Reply(b'{"data": []}', headers={"Content-Type": "application/json"})
SHORT = Limits(read=0.3, total=1.0, size=1 << 20, attempts=2)


def ask(
    service: LocalService,
    when: FakeTime | None = None,
    *,
    content: Content = "json",
    limits: Limits | None = None,
    environment: Mapping[str, str] | None = None,
    **more: Any,
) -> Answer:
    world = (when or FakeTime()).world(environment)
    request = Request(f"{service.url}/list?p=0", content, key=more.pop("key", None))
    with Client(world, contact="you@example.org", limits=limits) as client:
        return client.get(request, service="here", pause=1.0, allow_private=True, **more)


# --- manners


def test_it_says_who_asks() -> None:
    with serving(JSON) as service:
        ask(service)
    agent = service.asked[0].headers["User-Agent"]
    assert agent.startswith("digest/")
    assert agent.endswith(" (mailto:you@example.org)")


def test_too_many_requests_twice_and_then_an_answer() -> None:
    """`Retry-After` is obeyed to the second."""
    wait = Reply(status=429, headers={"Retry-After": "20"})
    when = FakeTime()
    with serving(wait, wait, JSON) as service:
        assert ask(service, when).body == JSON.body
    assert len(service.asked) == 3
    assert when.slept == [20.0, 20.0]


def test_a_date_in_retry_after() -> None:
    wait = Reply(status=503, headers={"Retry-After": "Mon, 30 Nov 2026 07:00:45 GMT"})
    when = FakeTime()
    with serving(wait, JSON) as service:
        ask(service, when)
    assert when.slept == [45.0]


def test_growing_waits_without_retry_after() -> None:
    when = FakeTime()
    with serving(Reply(status=503)) as service, pytest.raises(SourceError, match="answered 503"):
        ask(service, when)
    assert when.slept == [2.0, 4.0, 8.0]
    assert len(service.asked) == 4


def test_a_service_that_asks_for_an_hour_is_asked_again_later() -> None:
    when = FakeTime()
    wait = Reply(status=429, headers={"Retry-After": "3600"})
    with serving(wait) as service, pytest.raises(SourceError, match="429") as caught:
        ask(service, when)
    assert len(service.asked) == 1
    assert caught.value.retry_at is not None
    assert caught.value.retry_at.isoformat() == "2026-11-30T08:00:00+00:00"


def test_one_connection_and_the_pause_between_requests_over_all_hosts() -> None:
    when = FakeTime()
    with serving(JSON) as one, serving(JSON) as two, Client(when.world()) as client:
        for service in (one, two, one, two):
            request = Request(f"{service.url}/", "json")
            client.get(request, service="arxiv", pause=3.0, allow_private=True)
            (session,) = client._sessions.values()
            (pool,) = session._transport._pools.values()  # type: ignore[attr-defined]
            assert len(pool.connections) == 1
    assert when.slept == [3.0, 3.0, 3.0]
    assert one.connections == two.connections == 2


def test_another_service_does_not_wait() -> None:
    when = FakeTime()
    with serving(JSON) as service, Client(when.world()) as client:
        for name in ("arxiv", "crossref"):
            client.get(Request(service.url, "json"), service=name, pause=3.0, allow_private=True)
    assert when.slept == []


def test_what_has_not_changed_is_not_sent_again() -> None:
    with serving(Reply(status=304)) as service:
        answer = ask(service, etag='"abc"', modified="Mon, 30 Nov 2026 00:00:00 GMT")
    assert answer.status == 304
    assert service.asked[0].headers["If-None-Match"] == '"abc"'
    assert service.asked[0].headers["If-Modified-Since"] == "Mon, 30 Nov 2026 00:00:00 GMT"


# --- keys


@pytest.mark.parametrize("place", ["header", "query"])
def test_a_key_is_sent_and_never_shown(place: Any) -> None:
    key = Key(place, "api_key", "MY_KEY")
    with serving(JSON) as service:
        answer = ask(service, environment={"MY_KEY": "s3cret"}, key=key)
    asked = service.asked[0]
    assert "s3cret" in (asked.headers.get("api_key") or asked.path)
    assert "s3cret" not in repr(answer)


def test_a_key_is_not_carried_to_another_host() -> None:
    key = Key("header", "x-api-key", "MY_KEY")
    with serving(JSON) as other:
        to_other = Reply(status=302, headers={"Location": f"{other.url}/there"})
        with serving(to_other) as service:
            ask(service, environment={"MY_KEY": "s3cret"}, key=key)
    assert service.asked[0].headers["x-api-key"] == "s3cret"
    assert "x-api-key" not in other.asked[0].headers


def test_a_key_is_in_no_error() -> None:
    key = Key("query", "api_key", "MY_KEY")
    with serving(Reply(status=404)) as service, pytest.raises(SourceError) as caught:
        ask(service, environment={"MY_KEY": "s3cret"}, key=key)
    assert "s3cret" not in str(caught.value)


# --- answers that cannot be used


def slowly(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"[")
        handler.wfile.flush()
        time.sleep(0.05)


def silently(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(0.6)


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"data": [')


def endlessly(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(10_000):
        handler.wfile.write(b"[" * 65_536)


def rudely(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"220 mail.example.org ESMTP\r\n")


BOMB = Reply(gzip.compress(b"[" * (8 << 20)), headers={"Content-Encoding": "gzip"})
DAMAGED = Reply(b"\x1f\x8bnonsense", headers={"Content-Encoding": "gzip"})
PAGE = Reply(b"<!DOCTYPE html><html><body>Checking your browser</body></html>")


@pytest.mark.parametrize(
    ("script", "content", "words", "times"),
    [
        (slowly, "json", "did not come in time", 2),
        (silently, "json", "did not come in time", 2),
        (cut_off, "json", "cut off in the middle", 2),
        (rudely, "json", "cut off in the middle", 2),
        (endlessly, "json", "larger than 1 MiB", 1),
        (BOMB, "json", "larger than 1 MiB", 1),
        (DAMAGED, "json", "compressed answer is damaged", 2),
        (Reply(b""), "json", "empty, with status 200", 2),
        (Reply(b" \n"), "xml", "empty, with status 200", 2),
        (PAGE, "json", "a web page where JSON was expected", 1),
        (PAGE, "xml", "a web page where XML was expected", 1),
        (PAGE, "feed", "a web page where a feed was expected", 1),
        (Reply(b"so sorry"), "json", "not JSON", 1),
        (Reply(b'{"a": 1}'), "xml", "not XML", 1),
        (Reply(b"no such list", status=404), "json", r"answered 404 \(no such list\)", 1),
        (Reply(b"<html>", status=403), "json", "answered 403$", 1),
        (Reply(status=302, headers={"Location": "file:///etc/passwd"}), "any", "web address", 1),
        (Reply(status=302, headers={"Location": "ftp://example.org/"}), "any", "web address", 1),
        (Reply(status=302, headers={"Location": "/again"}), "any", "more than 5 times", 6),
    ],
)
def test_why_an_answer_cannot_be_used(
    script: Any, content: Content, words: str, times: int
) -> None:
    when = FakeTime()
    if script in (slowly, silently):
        when.clock = time.monotonic  # type: ignore[method-assign]
        when.sleep = lambda seconds: None  # type: ignore[method-assign]
    with serving(script) as service, pytest.raises(SourceError, match=words):
        ask(service, when, content=content, limits=SHORT)
    assert len(service.asked) == times


def test_a_name_that_nobody_knows() -> None:
    request = Request("http://nowhere.invalid/", "any")
    with (
        Client(FakeTime().world(), limits=SHORT) as client,
        pytest.raises(SourceError, match=r"the name nowhere\.invalid is unknown"),
    ):
        client.get(request, service="x", pause=0)


def test_a_port_where_nobody_listens() -> None:
    with serving(JSON) as service:
        pass
    with pytest.raises(SourceError, match="could not be reached"):
        ask(service, limits=SHORT)


@pytest.mark.parametrize("url", ["http://[::1/", "http://", "nonsense"])
def test_an_address_that_is_none(url: str) -> None:
    with Client(FakeTime().world()) as client, pytest.raises(SourceError):
        client.get(Request(url, "any"), service="x", pause=0)


# --- private addresses


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "[::1]", "0", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]",
        "100.64.0.1", "169.254.169.254", "10.1.2.3", "192.168.1.1", "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]", "[fec0::1]", "224.0.0.1",
    ],
)  # fmt: skip
def test_a_private_address_is_not_asked(host: str) -> None:
    with Client(FakeTime().world(), limits=SHORT) as client, pytest.raises(SourceError) as caught:
        client.get(Request(f"http://{host}/", "any"), service="x", pause=0)
    # Some of these are not addresses for every resolver; then the name is unknown.
    assert "allow_private: true" in str(caught.value) or "unknown" in str(caught.value)


def test_a_redirect_to_a_private_address_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    # 127.0.0.2 counts as public here, which no loopback address is.
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "127.0.0.2")
    with serving(JSON) as inside:
        to_inside = Reply(status=302, headers={"Location": f"{inside.url}/secret"})
        with (
            serving(to_inside, host="127.0.0.2") as outside,
            Client(FakeTime().world()) as client,
            pytest.raises(SourceError, match=r"127\.0\.0\.1 is a private address"),
        ):
            client.get(Request(f"{outside.url}/", "any"), service="x", pause=0)
    assert len(outside.asked) == 1
    assert inside.asked == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("::ffff:8.8.8.8", True),
        ("fe80::1%eth0", False),
        ("2001:0:1::1", False),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) == public


# --- proxies and certificates


def test_the_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(JSON) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        with Client(FakeTime().world()) as client:
            client.get(Request("http://papers.example.org/x", "json"), service="x", pause=0)
    assert proxy.paths == ["http://papers.example.org/x"]


def test_a_private_address_is_not_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(JSON) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        with Client(FakeTime().world()) as client, pytest.raises(SourceError, match="private"):
            client.get(Request("http://169.254.169.254/", "any"), service="x", pause=0)
    assert proxy.asked == []


def test_hosts_without_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(JSON) as service:
        assert ask(service).body == JSON.body


def test_the_certificates_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path / "authority")
    with serving(JSON, tls=authority.server("here", "IP:127.0.0.1")) as service:
        transport._ssl_context.cache_clear()
        with pytest.raises(SourceError, match="its certificate is not trusted"):
            ask(service, limits=SHORT)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        transport._ssl_context.cache_clear()
        assert ask(service).body == JSON.body
    transport._ssl_context.cache_clear()
