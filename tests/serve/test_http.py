"""Pages and feeds over HTTP: types, HEAD, conditions, gzip, names, and malicious paths."""

from __future__ import annotations

import gzip
import os
from typing import TYPE_CHECKING

import pytest

from digest.serve.addresses import host_name, is_same_origin, safe_back
from digest.serve.guard import HEADERS
from digest.site.files import STATE
from tests.serve.host import Host

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.pipeline.world import World


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory, world_made: World) -> Iterator[Host]:
    """Return one server for all tests here, which change nothing in the library."""
    world = world_made.copied(tmp_path_factory.mktemp("http"))
    with Host(world) as running:
        yield running


def test_every_answer_is_closed_to_other_sites(host: Host) -> None:
    for path in ("/", "/site.css", "/nothing", "/feeds/daily.xml"):
        headers = host.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/papers/2601.00001.html", "text/html; charset=utf-8"),
        ("/site.css", "text/css; charset=utf-8"),
        ("/site.js", "text/javascript; charset=utf-8"),
        ("/icon.svg", "image/svg+xml"),
        ("/feeds/daily.xml", "application/rss+xml; charset=utf-8"),
        ("/feeds/daily.atom", "application/atom+xml; charset=utf-8"),
        ("/feeds/daily.json", "application/feed+json"),
        ("/feeds/feeds.opml", "text/x-opml; charset=utf-8"),
    ],
)
def test_types_heads_and_conditions(host: Host, path: str, kind: str) -> None:
    answer = host.get(path)
    assert (answer.status, answer.headers["content-type"]) == (200, kind)
    for name, value in HEADERS.items():
        assert answer.headers[name.lower()] == value
    head = host.ask("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(answer.body))
    second = host.get(path, {"If-None-Match": answer.headers["etag"]})
    assert (second.status, second.body) == (304, b"")
    assert second.headers["etag"] == answer.headers["etag"]
    other = host.get(path, {"If-None-Match": '"another", W/"and-another"'})
    assert other.status == 200
    packed = host.get(path, {"Accept-Encoding": "br, gzip"})
    if packed.headers.get("content-encoding") == "gzip":
        assert gzip.decompress(packed.body) == answer.body
        assert packed.headers["etag"] != answer.headers["etag"], "other bytes, another tag"
        assert host.get(path, {"If-None-Match": packed.headers["etag"]}).status == 304
    else:
        assert len(answer.body) < 1_000
    plain = host.get(path, {"Accept-Encoding": "gzip;q=0"})
    assert "content-encoding" not in plain.headers


@pytest.fixture(scope="module")
def traps(host: Host) -> Host:
    """Return the server of a site in which lie links, a pipe and files that are none of it."""
    site = host.world.output / "site"
    outside = host.world.folder / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("secret", encoding="utf-8")
    (site / "link.html").symlink_to(outside / "secret.txt")
    (site / "inside").symlink_to(outside)
    (site / "secret.key").write_text("secret", encoding="utf-8")
    os.mkfifo(site / "pipe.html")
    return host


@pytest.mark.parametrize(
    "path",
    [
        "/../config.yaml",
        "/%2e%2e/config.yaml",
        "/..%2fconfig.yaml",
        "/%2e%2e%2f%2e%2e%2fdigest.db",
        "/feeds/../../config.yaml",
        "/..\\config.yaml",
        "/%5c..%5cconfig.yaml",
        "/index.html%00.css",
        "/%00",
        "//etc/passwd",
        "/./index.html",
        "/feeds//daily.xml",
        "/.built.json",
        "/.built.lock",
        "/feeds/",
        "/index.html/",
        "/link.html",
        "/inside/secret.txt",
        "/pipe.html",
        "/index.html;x",
        "/%ff%fe",
        "/secret.key",
        "/" + "a" * 3_000,
    ],
)
def test_paths_that_lead_astray_find_nothing(traps: Host, path: str) -> None:
    answer = traps.get(path)
    assert answer.status == 404
    assert b"secret" not in answer.body


@pytest.mark.parametrize(
    "name", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.example"]
)
def test_another_hosts_name_is_refused(host: Host, name: str) -> None:
    """A page elsewhere gives its own name this machine's address: DNS rebinding."""
    assert host.get("/", {"Host": f"{name}:{host.port}"}).status == 421


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "[::1]", "127.0.0.1:80"])
def test_own_names_are_taken(host: Host, name: str) -> None:
    assert host.get("/", {"Host": name}).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "papers.example.org"},
        {"X-Forwarded-For": "203.0.113.9"},
        {"Forwarded": "for=203.0.113.9"},
        {"Via": "1.1 proxy"},
    ],
)
def test_who_comes_through_another_server_has_to_sign_in(
    host: Host, headers: dict[str, str]
) -> None:
    """Nobody has set a password, and a web server in front passes on what the world asks."""
    for path in ("/", "/list", "/feeds/daily.xml", "/feeds/starred/daily.xml"):
        assert host.get(path, headers).status == 401
    page = host.get("/list", {"Accept": "text/html", **headers})
    assert page.headers["location"] == "./login?back=list"
    assert host.get("/login", headers).status == 200
    assert host.get("/reader", headers).status == 404


def test_a_request_names_one_host(host: Host) -> None:
    for lines in (b"", b"Host: localhost\r\nHost: evil.example\r\n", b"Host: a b\r\n"):
        answer = host.raw(b"GET / HTTP/1.1\r\n" + lines + b"Connection: close\r\n\r\n")
        assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 421")), answer[:100]


def test_a_page_takes_no_other_method(host: Host) -> None:
    for method in ("POST", "PUT", "DELETE", "TRACE", "OPTIONS"):
        assert host.ask(method, "/index.html").status == 405


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Example.org:80", "example.org"),
        ("example.org.", "example.org"),
        ("[::1]:8", "::1"),
        ("user@example.org", None),
        ("a/b", None),
        ("", None),
        ("a:b", None),
    ],
)
def test_names_of_hosts(header: str, name: str | None) -> None:
    assert host_name(header) == name


@pytest.mark.parametrize(
    ("target", "is_safe"),
    [
        ("", True),
        ("list?place=done&q=a+b", True),
        ("papers/2601.00001.html#p3", True),
        ("//evil.example", False),
        ("/evil.example", False),
        ("https://evil.example", False),
        ("javascript:alert(1)", False),
        ("\\\\evil.example", False),
        ("a/../../b", False),
        ("list\r\nSet-Cookie: x=1", False),
        ("list?x=\x00", False),
        ("." * 10, False),
        ("a" * 501, False),
    ],
)
def test_one_is_led_on_to_this_site_alone(target: str, is_safe: bool) -> None:
    assert safe_back(target, "other") == (target if is_safe else "other")


def test_origins() -> None:
    assert is_same_origin("https://papers.example.org", "papers.example.org")
    assert not is_same_origin("null", "papers.example.org")
    assert not is_same_origin("https://papers.example.org.evil.example", "papers.example.org")


def test_a_site_that_is_being_made_is_told_and_asked_for_again(host: Host) -> None:
    state = host.world.output / "site" / STATE
    missing = host.get("/nothing", {"Accept": "text/html"})
    assert missing.status == 404
    content = state.read_bytes()
    state.unlink()
    try:
        for path in ("/nothing", "/feeds/nothing.xml"):
            page = host.get(path, {"Accept": "text/html"})
            assert (page.status, page.headers["retry-after"]) == (503, "2")
            assert '<meta http-equiv="refresh" content="2">' in page.text
            assert "This site is being made" in page.text
        plain = host.get("/nothing")
        assert (plain.status, plain.text) == (503, "The site is being made.\n")
    finally:
        state.write_bytes(content)
