"""Read keys and draw with prompt_toolkit; everything is decided in `session` and `frame`."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from digest.cli.triage.frame import draw, in_ascii
from digest.cli.triage.session import Decide, Edit, Note, Open, Quit, Undo, press, start

if TYPE_CHECKING:
    from prompt_toolkit.application import Application
    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.input import Input
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
    from prompt_toolkit.output import Output

    from digest.cli.triage.session import Effect, Session
    from digest.cli.triage.store import Store
    from digest.explain.why_in_inbox import InboxExplanation

STYLES: Final = {
    "title": "bold", "bold": "bold", "mark": "underline ansiyellow", "dim": "dim",
    "bar": "reverse",
}  # fmt: skip
"""Colour is an addition: without it, matched words are underlined."""
KEYS: Final = ("enter", "escape", "backspace", "up", "down", "space", "c-c")
ESCAPE_SECONDS: Final = 0.05
"""How long a single Esc may be the start of an arrow key; over ssh its bytes arrive together."""


class Screen:
    """The full-screen program; `input` and `output` are the terminal unless a test gives others."""

    def __init__(
        self,
        session: Session,
        store: Store,
        *,
        unicode: bool = True,
        color: bool = True,
    ) -> None:
        self._session = start(session)
        self._store = store
        self._unicode = unicode
        self._color = color
        self._began = store.now()

    def run(self, source: Input | None = None, output: Output | None = None) -> Session:
        """Show the session until the reader quits; return the final session."""
        application = self._application(source, output)
        application.ttimeoutlen = ESCAPE_SECONDS
        application.timeoutlen = ESCAPE_SECONDS
        application.run()
        return self._session

    def _application(self, source: Input | None, output: Output | None) -> Application[None]:
        from prompt_toolkit.application import Application
        from prompt_toolkit.layout import FormattedTextControl, Layout, Window
        from prompt_toolkit.output import ColorDepth
        from prompt_toolkit.styles import Style

        control = FormattedTextControl(self._text, focusable=True, show_cursor=False)
        return Application(
            layout=Layout(Window(control, always_hide_cursor=True)),
            key_bindings=self._bindings(),
            style=Style.from_dict(STYLES),
            color_depth=ColorDepth.DEPTH_4_BIT if self._color else ColorDepth.DEPTH_1_BIT,
            full_screen=True,
            input=source,
            output=output,
        )

    def _text(self) -> StyleAndTextTuples:
        from prompt_toolkit.application import get_app

        size = get_app().output.get_size()
        why = self._why() if self._session.view == "why" else None
        foot = self._store.foot() if self._session.view == "end" else ()
        lines = draw(self._session, size.columns, size.rows, why, foot)
        fragments: StyleAndTextTuples = []
        for number, line in enumerate(lines if self._unicode else in_ascii(lines)):
            if number:
                fragments.append(("", "\n"))
            for style, text in line:
                fragments.append((" ".join(f"class:{name}" for name in style.split()), text))
        return fragments

    def _why(self) -> InboxExplanation | None:
        card = self._session.card
        return None if card is None else self._store.why(card, self._session.cards)

    def _bindings(self) -> KeyBindings:
        from prompt_toolkit.key_binding import KeyBindings
        from prompt_toolkit.keys import Keys

        bindings = KeyBindings()

        @bindings.add(Keys.Any)
        def _(event: KeyPressEvent) -> None:
            self._press(event, event.data)

        @bindings.add(Keys.BracketedPaste)
        def _(event: KeyPressEvent) -> None:
            for character in " ".join(event.data.split()):
                self._press(event, "space" if character == " " else character)

        for name in KEYS:
            bindings.add(name)(lambda event, name=name: self._press(event, name))
        return bindings

    def _press(self, event: KeyPressEvent, key: str) -> None:
        self._session, effect = press(self._session, key, self._store.today)
        if self._session.view == "end":
            seconds = int((self._store.now() - self._began).total_seconds())
            self._session = replace(self._session, seconds=self._session.seconds or seconds)
        if effect is not None:
            self._do(event, effect)
        event.app.invalidate()

    def _do(self, event: KeyPressEvent, effect: Effect) -> None:
        match effect:
            case Quit():
                event.app.exit()
            case Decide(paper, decision):
                self._store.decide(paper, decision)
            case Undo():
                self._store.undo()
            case Note(paper, text):
                self._store.note(paper, text)
            case Open(url):
                self._open(event, url)
            case Edit(rule):
                self._edit(rule)

    def _open(self, event: KeyPressEvent, url: str) -> None:
        """Open an address in the browser, or over ssh copy it through the terminal."""
        if not self._store.open(url):
            # OSC 52, which most terminals support, also over ssh.
            event.app.output.write_raw(f"\x1b]52;c;{b64encode(url.encode()).decode()}\x07")
            self._session = replace(self._session, message=f"Copied: {url}", hint="")

    def _edit(self, rule: str) -> None:
        from prompt_toolkit.application import run_in_terminal

        editor = self._store.editor(rule)
        if editor is None:
            message = f"Set EDITOR; the rule is in {self._store.place_of(rule)}"
            self._session = replace(self._session, view="paper", message=message, hint="")
        else:
            run_in_terminal(editor)
