"""`digest preview`: write a digest as files to look at, without changing the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.cli.commands._options import (
    DONE,
    add_json,
    one_profile,
    open_library,
    read_runnable_config,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from digest.cli.commands._options import Context
    from digest.config import Config
    from digest.library import Library
    from digest.model import Digest, Profile, RenderingFormat

EXAMPLES = """\
  digest preview daily                what the next run would send, as files
  digest preview daily --open         the same, in a browser
  digest preview daily --last         the last digest, with the templates of today
  digest preview daily --into look/   in a folder of your own"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `digest preview`."""
    parser.add_argument("profile", nargs="?", metavar="PROFILE", help="needed if there are several")
    parser.add_argument("--last", action="store_true", help="the last digest, not the next one")
    parser.add_argument("--into", metavar="FOLDER", help="default: a new temporary folder")
    parser.add_argument("--open", action="store_true", help="open the mail in a browser")
    add_json(parser)


def execute(arguments: argparse.Namespace, context: Context) -> int:
    """Write the parts of one digest, and print their paths."""
    from digest.pipeline.publish import Publisher

    config = read_runnable_config(arguments)
    profile = one_profile(config, arguments.profile)
    with open_library(config, scratch=True) as library:
        digest = _chosen(arguments, config, library, profile, context)
        publisher = Publisher(library, config.rules, site_url=config.site_url)
        letter = publisher.maker.letter(profile, digest)
        pages = dict(publisher.maker.pages(profile, digest, letter, ("markdown", "html")))
    files = _write(arguments.into, digest, pages)
    if arguments.json:
        named = {name: str(path) for name, path in files.items()}
        context.console.json(
            {"profile": profile.name, "day": digest.day.isoformat(), "files": named}
        )
    else:
        _print(digest, files, context)
    if arguments.open:
        _open(files["html"], context)
    return DONE


def _chosen(
    arguments: argparse.Namespace,
    config: Config,
    library: Library,
    profile: Profile,
    context: Context,
) -> Digest:
    """Return the next digest, or the last one if the next run would make none."""
    from digest.digests.storage import last_digest
    from digest.pipeline.run import Options, Run

    if not arguments.last:
        run = Run(
            config,
            library,
            clock=context.clock,
            environment=context.environment,
            progress=context.console.progress,
        )
        outcome = run.execute(Options((profile,), dry=True))
        if outcome.faults:
            raise outcome.faults[0].error
        (result,) = outcome.profiles
        if result.digest is not None:
            return result.digest
        context.console.note(
            f"digest: the next run would send {profile.name} nothing: it had its digest today, and "
            "nothing new came. This is the last one."
        )
    return last_digest(library, profile)


def _write(
    into: str | None, digest: Digest, pages: Mapping[RenderingFormat, bytes]
) -> dict[str, Path]:
    """Write the parts; raise `DeliveryError` if that is impossible."""
    import tempfile
    from pathlib import Path

    from digest.delivery.files import write_file
    from digest.pipeline.digest_maker import SUFFIXES

    folder = Path(into or tempfile.mkdtemp(prefix="digest-preview-"))
    files: dict[str, Path] = {}
    for name, suffix in SUFFIXES.items():
        write_file(folder, f"{digest.name}{suffix}", pages[name])
        files[name] = folder / f"{digest.name}{suffix}"
    return files


def _print(digest: Digest, files: dict[str, Path], context: Context) -> None:
    from digest.cli.console import table

    names = {"markdown": "Markdown", "html": "e-mail", "text": "plain text", "eml": "message"}
    context.console.result(f"{digest.title} · {digest.summary}")
    context.console.result(table([(f"  {names[name]}", str(path)) for name, path in files.items()]))


def _open(page: Path, context: Context, browse: Callable[[str], bool] | None = None) -> None:
    """Open `page` in a browser, if there is one."""
    import webbrowser

    if not (browse or webbrowser.open)(page.resolve().as_uri()):
        context.console.note(f"digest: found no browser; open {page} in one")
