"""IMAP servers for tests: a small one in Python, and Debian's dovecot as an independent judge."""

from __future__ import annotations

import getpass
import grp
import os
import pwd
import re
import shlex
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

USER, PASSWORD = "reader", "s3cret"


class Server(NamedTuple):
    """Where a server listens."""

    port: int
    commands: list[str]
    """What it was asked, as far as it can tell."""


class _Session(socketserver.StreamRequestHandler):
    """The few commands of IMAP4rev1 (RFC 3501) that reading a mailbox needs."""

    server: _SmallServer
    timeout = 20

    def handle(self) -> None:
        self._say("* OK ready")
        while line := self.rfile.readline():
            tag, _, command = line.decode().rstrip("\r\n").partition(" ")
            self.server.commands.append(re.sub(r"(LOGIN) .*", r"\1", command))
            verb = command.split(" ")[0].upper()
            if verb == "UID":
                verb += " " + command.split(" ")[1].upper()
            done = getattr(self, "on_" + verb.replace(" ", "_").lower())(command)
            self._say(f"{tag} {done}")
            if verb == "LOGOUT":
                return

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def on_capability(self, _: str) -> str:
        self._say("* CAPABILITY IMAP4rev1")
        return "OK done"

    def on_login(self, command: str) -> str:
        is_right = shlex.split(command)[1:] == [USER, PASSWORD]
        return "OK welcome" if is_right else "NO [AUTHENTICATIONFAILED] no"

    def on_examine(self, command: str) -> str:
        if "INBOX" not in command:
            return "NO there is no such folder"
        self._say(f"* {len(self.server.mails)} EXISTS")
        self._say("* OK [UIDVALIDITY 7] valid")
        return "OK [READ-ONLY] done"

    def on_status(self, _: str) -> str:
        self._say('* STATUS "INBOX" (UIDVALIDITY 7)')
        return "OK done"

    def on_uid_search(self, _: str) -> str:
        self._say("* SEARCH " + " ".join(str(uid) for uid in self.server.mails))
        return "OK done"

    def on_uid_fetch(self, command: str) -> str:
        uid = int(command.split(" ")[2])
        mail = self.server.mails[uid]
        self._say(f"* {uid} FETCH (UID {uid} BODY[] {{{len(mail)}}}")
        self.wfile.write(mail + b")\r\n")
        return "OK done"

    def on_close(self, _: str) -> str:
        return "OK done"

    on_unselect = on_close

    def on_logout(self, _: str) -> str:
        self._say("* BYE")
        return "OK done"


class _SmallServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, mails: Sequence[bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails = dict(enumerate(mails, start=1))
        self.commands: list[str] = []


@contextmanager
def small_server(mails: Sequence[bytes]) -> Iterator[Server]:
    """Run the small server with these mails in INBOX."""
    with _SmallServer(mails) as server:
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        thread.start()
        try:
            yield Server(server.server_address[1], server.commands)
        finally:
            server.shutdown()
            thread.join()


def has_dovecot() -> bool:
    return shutil.which("dovecot") is not None


_CONFIG = """
base_dir = {run}
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login_user}
first_valid_uid = 1
mail_location = maildir:{folder}/mail
passdb {{
  driver = passwd-file
  args = scheme=plain {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@contextmanager
def dovecot(folder: Path, mails: Sequence[bytes]) -> Iterator[Server]:
    """Run dovecot in a private folder, with these mails in INBOX."""
    # As root the server works under users of its own, which the package has made.
    is_root = os.getuid() == 0
    owner = pwd.getpwnam("nobody" if is_root else getpass.getuser())
    # The path of a socket has 107 bytes at most, which the folder of a test may need alone.
    run = Path(tempfile.mkdtemp(prefix="imap-"))
    run.chmod(0o711)
    for name in ("mail/cur", "mail/new", "mail/tmp"):
        (folder / name).mkdir(parents=True)
    for number, mail in enumerate(mails):
        (folder / "mail/cur" / f"1.{number}.test:2,").write_bytes(mail)
    (folder / "users").write_text(f"{USER}:{PASSWORD}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    if is_root:
        _let_in(folder, owner)
    text = _CONFIG.format(
        folder=folder,
        run=run,
        user="dovecot" if is_root else owner.pw_name,
        login_user="dovenull" if is_root else owner.pw_name,
        group="dovecot" if is_root else grp.getgrgid(owner.pw_gid).gr_name,
        uid=owner.pw_uid,
        gid=owner.pw_gid,
        port=port,
    )
    (folder / "dovecot.conf").write_text(text)
    process = subprocess.Popen(
        ["dovecot", "-F", "-c", str(folder / "dovecot.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process, folder)
        yield Server(port, [])
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(run, ignore_errors=True)


def _let_in(folder: Path, owner: pwd.struct_passwd) -> None:
    """Give the mails to their owner, and let others pass through the folders above."""
    for path in (folder / "mail").rglob("*"):
        os.chown(path, owner.pw_uid, owner.pw_gid)
    os.chown(folder / "mail", owner.pw_uid, owner.pw_gid)
    for path in (folder, *folder.parents):
        if path.stat().st_uid == 0 and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o011)


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as connection:
                if connection.recv(4) == b"* OK":
                    return
        except OSError:
            pass
        time.sleep(0.05)
    log = folder / "log"
    raise RuntimeError("dovecot does not answer: " + (log.read_text() if log.exists() else ""))
