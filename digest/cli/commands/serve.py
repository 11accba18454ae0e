"""`digest serve`: serve the site and the reading list over HTTP."""

from __future__ import annotations

import secrets
import sys
from argparse import ArgumentTypeError
from getpass import getpass
from typing import TYPE_CHECKING, Final

from digest.cli.commands._options import DONE, count, open_library, plain_text, read_config
from digest.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from digest.cli.commands._options import Context
    from digest.config import Config

EXAMPLES = """\
  digest serve                                    on this machine: http://127.0.0.1:8765/
  digest serve --set-password --reader ann        let ann sign in
  digest serve --host 0.0.0.0                     also for other machines, with a login
  digest serve --new-token --reader ann           for a feed reader or a script
  digest serve --revoke --reader ann              remove ann's password and tokens
Ends on SIGTERM or Ctrl-C. docs/serve.md has nginx, Caddy and systemd."""

VARIABLE: Final = "DIGEST_SERVE_PASSWORD"
_PORT: Final = 8765


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest serve`."""
    parser.add_argument(
        "--host", type=plain_text, default="127.0.0.1", metavar="ADDRESS",
        help="where to listen (default: 127.0.0.1, this machine alone)",
    )  # fmt: skip
    parser.add_argument(
        "--port", type=_port, default=_PORT, metavar="N",
        help=f"default: {_PORT}; 0 takes a free one",
    )  # fmt: skip
    parser.add_argument(
        "--allow-host", action="append", default=[], type=plain_text, metavar="NAME",
        help="another name of this server, besides that of `site_url`",
    )  # fmt: skip
    parser.add_argument(
        "--login", action="store_true",
        help="ask for a login; this is the default as soon as somebody has a password or token",
    )  # fmt: skip
    parser.add_argument("--reader", type=plain_text, metavar="NAME", help="whose list it is")
    accounts = parser.add_mutually_exclusive_group()
    accounts.add_argument(
        "--set-password", action="store_true",
        help=f"set the reader's password, from a prompt or {VARIABLE}, and end",
    )  # fmt: skip
    accounts.add_argument(
        "--new-token", action="store_true", help="print a new token of the reader, and end"
    )
    accounts.add_argument(
        "--revoke", action="store_true",
        help="remove the reader's password and tokens, and end",
    )  # fmt: skip


def _port(text: str) -> int:
    """Parse an argument that is a port number."""
    number = count(text)
    if number > 65_535:
        raise ArgumentTypeError(
            f"{text!r} is not a port; use a number up to 65535, 0 for a free one"
        )
    return number


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Serve until a signal arrives, or change an account."""
    config = read_config(arguments)
    readers = list(dict.fromkeys(profile.reader for profile in config.profiles))
    if arguments.reader is not None and arguments.reader not in readers:
        raise UsageError(
            f"{config.path} has no reader {arguments.reader!r}; it has: {', '.join(readers)}"
        )
    if arguments.set_password or arguments.new_token or arguments.revoke:
        return _change_account(arguments, config, readers, context)
    try:
        import starlette  # noqa: F401 - whether the extra is there
        import uvicorn  # noqa: F401 - as above
    except ImportError:
        raise UsageError("serve needs more packages: pip install 'digest-papers[serve]'") from None
    return _serve(arguments, config, context)


def _serve(arguments: argparse.Namespace, config: Config, context: Context) -> int:
    from digest.serve.addresses import is_loopback
    from digest.serve.app import make_app
    from digest.serve.server import listen, make_server, url_of
    from digest.serve.state import Options, ServerState

    with open_library(config) as library:
        accounts = library.accounts.readers()
    is_wide = not is_loopback(arguments.host)
    if (is_wide or arguments.login) and not accounts:
        raise UsageError(
            "nobody could sign in; set a password first: `digest serve --set-password --reader "
            f"{config.profiles[0].reader}`"
        )
    options = Options(
        host=arguments.host,
        names=tuple(arguments.allow_host),
        login=bool(is_wide or arguments.login or accounts),
        reader=arguments.reader or "",
    )
    console = context.console
    served = ServerState(
        config, options, context.clock, lambda line: console.problem(f"digest: {line}")
    )
    listener = listen(arguments.host, arguments.port)
    url = url_of(listener)
    if is_wide and not served.is_secure:
        console.problem(
            "digest: without https a password can be read on its way; see docs/serve.md"
        )

    def tell() -> None:
        console.result(f"Serving {url} (Ctrl-C ends it)")
        console.out.flush()  # a program that started this one waits for the line

    server = make_server(make_app(served), ready=tell)
    server.answer(listener)
    console.note("digest: stopped")
    return DONE


# --- accounts ------------------------------------------------------------------------------------


def _change_account(
    arguments: argparse.Namespace, config: Config, readers: list[str], context: Context
) -> int:
    if arguments.reader is None and len(readers) > 1:
        raise UsageError(
            f"{config.path} has several readers; name one with --reader: {', '.join(readers)}"
        )
    reader = arguments.reader or readers[0]
    with open_library(config) as library:
        accounts = library.accounts
        if arguments.set_password:
            from digest.serve.passwords import hash_password

            accounts.set_password(reader, hash_password(_password(context)), context.clock())
            context.console.result(f"{reader} can sign in with the new password.")
        elif arguments.new_token:
            token = secrets.token_urlsafe(32)
            accounts.add_token(reader, token, context.clock())
            context.console.result(token)
            context.console.note("It is shown this once. Keep it like a password.")
        else:
            accounts.revoke(reader)
            context.console.result(f"{reader} cannot sign in any more.")
    return DONE


def _password(context: Context) -> str:
    """Return the password from the environment, or one that is typed twice."""
    from digest.serve.passwords import LEAST

    password = context.environment.get(VARIABLE)
    if password is None:
        if not sys.stdin.isatty():
            raise UsageError(f"there is no terminal to type a password; set {VARIABLE}")
        password = getpass("Password: ")
        if getpass("Once more: ") != password:
            raise UsageError("the two passwords differ")
    if len(password) < LEAST:
        raise UsageError(f"a password has at least {LEAST} characters")
    return password
