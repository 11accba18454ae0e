"""Links in mails act once; forged, expired, replayed and scanned ones change nothing."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import strict
from typing import TYPE_CHECKING, NamedTuple

import pytest

from digest.mail.signed_links import Recipient, Signer
from digest.pipeline.recipients import LINK_KEY
from digest.serve.state import Options
from tests.browsers import axe_script, chromium, findings
from tests.pipeline.mail_sink import MailSink
from tests.pipeline.world import World
from tests.serve.host import Host, give_password
from tests.site.conftest import CONFIG, papers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADA = "ada@example.org"
LINK = re.compile(r"https://papers\.example\.org(/mail/(star|drop|unsubscribe)/[A-Za-z0-9_-]+)")
CLICK = b"List-Unsubscribe=One-Click"


class Mailed(NamedTuple):
    """A server, the mail server, and links of the first mail: two of a paper, and one to stop."""

    host: Host
    sink: MailSink
    star: str
    drop: str
    stop: str

    @property
    def world(self) -> World:
        return self.host.world

    def changes(self) -> tuple[int, object]:
        """Return how often the list was changed, and who has unsubscribed."""
        with self.world.library() as library:
            reading = library.marks.changed("daily")
            return reading, library.subscriptions.of("daily")

    def mark(self) -> tuple[str, bool]:
        with self.world.library() as library:
            mark = library.marks.get("daily", "2601.00001")
        return mark.state, mark.starred


@pytest.fixture
def mailed(tmp_path: Path) -> Iterator[Mailed]:
    with MailSink() as sink:
        world = World(
            tmp_path,
            f"{CONFIG.replace('site: true', 'served: true').partition('profiles:')[0]}"
            f"profiles: [{{name: daily, email: {{to: [{ADA}], from: digest@example.org}}}}]\n"
            f"smtp: {{host: 127.0.0.1, port: {sink.port}, timeout: 5}}\n",
        )
        world.drop("2026-01-05", *papers(0))
        assert world.run().complete
        ((_, content),) = sink.delivered
        mail = message_from_bytes(content, policy=strict)
        html = mail.get_body(("html",))
        assert html is not None
        links = [path for path, _ in LINK.findall(html.get_content())]
        with world.library() as library:
            signer = Signer(library.accounts.secret(LINK_KEY))
        who = Recipient("daily", ADA)
        day = world.now.date() + timedelta(days=30)
        star = f"/mail/star/{signer.act('star', who, '2601.00001', day)}"
        drop = f"/mail/drop/{signer.act('drop', who, '2601.00001', day)}"
        stop = f"/mail/unsubscribe/{signer.unsubscribe(who)}"
        assert {star, drop, stop} <= set(links), "as the mail has them"
        with Host(world) as host:
            yield Mailed(host, sink, star, drop, stop)


def test_looking_changes_nothing(mailed: Mailed) -> None:
    before = mailed.changes()
    for link in (mailed.star, mailed.drop, mailed.stop):
        for method in ("GET", "HEAD", "GET", "OPTIONS", "PUT", "DELETE"):
            mailed.host.ask(method, link)
        answer = mailed.host.get(link, {"Accept": "text/html"})
        assert answer.status == 200
        assert answer.text.partition("<dialog")[0].count("<button") == 1
        assert "Set-Cookie" not in answer.headers
        assert mailed.host.get(f"{link}?go=1&List-Unsubscribe=One-Click").status == 200
    assert mailed.changes() == before
    assert mailed.mark() == ("queued", False)


def test_a_forged_or_foreign_link_changes_nothing(mailed: Mailed) -> None:
    before = mailed.changes()
    star = mailed.star
    forged = [
        star[:-1] + ("A" if star[-1] != "A" else "B"), star[:-4], star + "AAAA",
        star.replace("/star/", "/drop/"), star.replace("/star/", "/unsubscribe/"),
        mailed.stop.replace("/unsubscribe/", "/star/"), "/mail/star/x", "/mail/star/%00",
        "/mail/star/" + "A" * 5_000, "/mail/unsubscribe/" + "A" * 35,
    ]  # fmt: skip
    with mailed.world.library() as library:
        other = Signer(b"another key" * 3).act(
            "star", Recipient("daily", ADA), "2601.00001", mailed.world.now.date()
        )
        nobody = Signer(library.accounts.secret(LINK_KEY)).act(
            "star", Recipient("daily", "bo@example.org"), "2601.00001", mailed.world.now.date()
        )
        unknown = Signer(library.accounts.secret(LINK_KEY)).act(
            "star", Recipient("daily", ADA), "no such paper", mailed.world.now.date()
        )
    forged += [f"/mail/star/{token}" for token in (other, nobody, unknown)]
    for link in forged:
        assert mailed.host.ask("POST", link, body=CLICK).status == 404, link
        assert mailed.host.get(link).status == 404, link
    assert mailed.changes() == before


def test_a_link_is_for_its_paper_alone(mailed: Mailed) -> None:
    before = mailed.changes()
    token = mailed.drop.rpartition("/")[2]
    content = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    other = content.replace(b"2601.00001", b"2601.10000")
    assert other != content
    link = f"/mail/drop/{base64.urlsafe_b64encode(other).decode().rstrip('=')}"
    assert mailed.host.ask("POST", link, body=b"").status == 404
    assert mailed.changes() == before


def test_who_subscribed_by_mail_may_stop_it_and_no_more(mailed: Mailed) -> None:
    """The list belongs to those whom the config names."""
    world, guest = mailed.world, Recipient("daily", "guest@example.org")
    text = world.config.read_text(encoding="utf-8")
    world.configure(text.replace(f"to: [{ADA}]", f"to: [{ADA}], open: true"))
    mailed.host.until(lambda: any("read again" in line for line in mailed.host.log))
    with world.library() as library:
        library.subscriptions.set(*guest, "subscribed", "mail", now=world.now)
        signer = Signer(library.accounts.secret(LINK_KEY))
    star = signer.act("star", guest, "2601.00001", world.now.date())
    assert mailed.host.ask("POST", f"/mail/star/{star}", body=b"").status == 404
    assert mailed.mark() == ("queued", False)
    stop = f"/mail/unsubscribe/{signer.unsubscribe(guest)}"
    assert mailed.host.ask("POST", stop, body=CLICK).status == 200


def test_an_expired_link_changes_nothing(mailed: Mailed) -> None:
    before = mailed.changes()
    mailed.world.wait(days=31)
    for link in (mailed.star, mailed.drop):
        assert mailed.host.ask("POST", link, body=b"").status == 404
    assert mailed.changes() == before
    assert mailed.host.ask("POST", mailed.stop, body=CLICK).status == 200, "it never expires"


def test_a_star_lands_in_the_list_and_its_file_once(mailed: Mailed) -> None:
    answer = mailed.host.ask("POST", mailed.star, body=b"")
    assert (answer.status, "Starred" in answer.text) == (200, True)
    assert mailed.mark() == ("queued", True)
    path = mailed.world.output / "daily/reading-list.md"
    assert "★" in path.read_text(encoding="utf-8")
    assert "used already" in mailed.host.ask("POST", mailed.star, body=b"").text
    before = mailed.changes()
    with mailed.world.library() as library:
        library.marks.undo("daily")
    assert mailed.mark() == ("queued", False)
    mailed.host.ask("POST", mailed.star, body=b"")
    assert mailed.mark() == ("queued", False), "a replay does not undo what the reader decided"
    assert mailed.changes() != before
    assert mailed.host.ask("POST", mailed.drop, body=b"").status == 200
    assert mailed.mark() == ("dropped", False)


def test_edits_by_hand_at_the_same_time_are_kept(mailed: Mailed) -> None:
    path = mailed.world.output / "daily/reading-list.md"
    text = path.read_text(encoding="utf-8")
    edited = re.sub(r"- \[ \](.*Routing number 0)", r"- [x]\1", text)
    assert edited != text
    path.write_text(edited, encoding="utf-8")
    mailed.host.ask("POST", mailed.star, body=b"")
    with mailed.world.library() as library:
        assert library.marks.get("daily", "2601.10000").state == "done"
    assert mailed.mark() == ("queued", True)


def test_a_run_at_the_same_moment_loses_nothing(mailed: Mailed) -> None:
    with mailed.world.library() as library, library.lock():
        answer = mailed.host.ask("POST", mailed.drop, body=b"")
    assert answer.status == 200
    assert mailed.mark() == ("dropped", False)
    mailed.world.run()
    assert mailed.mark() == ("dropped", False)
    text = (mailed.world.output / "daily/reading-list.md").read_text(encoding="utf-8")
    assert not re.search(r"\[ \].*at scale", text), "the run brings the file up to date"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded", CLICK),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\nOne-Click\r\n--b--\r\n',
        ),
    ],
)
def test_one_click_unsubscribes(mailed: Mailed, kind: str, body: bytes) -> None:
    answer = mailed.host.ask("POST", mailed.stop, {"Content-Type": kind}, body)
    assert answer.status == 200, "and no redirect (RFC 8058 section 3.1)"
    assert "no more of these mails" in answer.text
    assert mailed.host.ask("POST", mailed.stop, body=CLICK).status == 200
    mailed.world.wait()
    mailed.world.drop("2026-01-06", *papers(1))
    assert mailed.world.run().complete
    assert mailed.sink.recipients == [ADA], "the first one alone"


def test_links_work_without_a_login_and_show_nothing_else(mailed: Mailed) -> None:
    give_password(mailed.world, "daily")
    with Host(mailed.world, Options(login=True)) as host:
        answer = host.get(mailed.star, {"Accept": "text/html"})
        assert (answer.status, "<button" in answer.text) == (200, True)
        assert host.ask("POST", mailed.star, body=b"").status == 200
        assert host.get("/index.html", {"Accept": "text/html"}).status == 303
        foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        assert host.ask("POST", mailed.stop, foreign, CLICK).status == 200, "mail programs do so"


def test_a_hostile_title_is_text(mailed: Mailed) -> None:
    page = mailed.host.get(mailed.star).text
    assert "Pruning &lt;b&gt;at scale&lt;/b&gt; &amp; more" in page
    assert "<b>at scale" not in page


@pytest.mark.judges
@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_person_acts_from_a_mail_in_a_browser(mailed: Mailed, scheme: str) -> None:
    """One button, by keyboard; axe-core is content, and no policy is broken."""
    script = axe_script()
    with chromium() as browser:
        page = browser.new_context(color_scheme=scheme).new_page()
        messages: list[str] = []
        page.on("console", lambda message: messages.append(message.text))
        page.goto(f"{mailed.host.url}{mailed.star}")
        for width in (375, 600, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.get_by_role("button", name="Star").press("Enter")
        page.get_by_role("status").filter(has_text="Starred").wait_for()
        assert messages == []
        assert mailed.mark() == ("queued", True)
        judged = browser.new_context(color_scheme=scheme, bypass_csp=True).new_page()
        for link in (mailed.star, mailed.drop, mailed.stop, f"{mailed.star}x"):
            judged.goto(f"{mailed.host.url}{link}")
            judged.add_script_tag(path=str(script))
            assert findings(judged) == [], link
