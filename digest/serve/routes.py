"""The definition of an endpoint, and its argument.

A module of endpoints has a tuple `ENDPOINTS`; `digest.serve.app` joins them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct, field

from digest.serve.addresses import root_of
from digest.serve.authentication import needs_login

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from digest.serve.state import ServerState
    from digest.wording.languages import Words

Access: TypeAlias = Literal["reader", "anyone", "signed"]
"""Who may use an endpoint. `reader`: a signed-in reader, or everybody without a login. `anyone`:
also before the login. `signed`: anyone, and a POST may come from elsewhere, because the endpoint
checks a signature in its address itself; a POST to the other two must come from a page of this
server: see `digest.serve.guard`."""


class RequestContext(Struct, frozen=True):
    """A request that may be answered."""

    request: Request
    app_state: ServerState
    reader: str
    """Whose reading list is used; empty if nobody is signed in."""
    csrf: str
    """The value that a form must send back as its field `csrf`."""
    form: Mapping[str, str] = field(default_factory=dict)
    """The fields of a POST; of repeated ones the last."""

    @property
    def root(self) -> str:
        """The relative path from the requested page to the site's first page: `../`."""
        return root_of(self.request.url.path)

    @property
    def login(self) -> bool:
        """Whether this requires a login."""
        return needs_login(self.request, self.app_state)

    @property
    def words(self) -> Words:
        """The words of the reader's language."""
        return self.app_state.words(self.reader)

    def asked(self, name: str) -> str:
        """Return a parameter of the address; empty if it is missing."""
        return self.request.query_params.get(name, "")


class Endpoint(Struct, frozen=True):
    """A path and its function."""

    path: str
    """In starlette's syntax: `/papers/{name}`; a GET also answers HEAD."""
    handler: Callable[[RequestContext], Awaitable[Response]]
    methods: tuple[str, ...] = ("GET",)
    access: Access = "reader"
