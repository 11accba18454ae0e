"""The library as a whole: opening it, its transactions and its lock."""

from __future__ import annotations

from contextlib import closing, contextmanager, nullcontext, suppress
from os import urandom
from typing import TYPE_CHECKING, Self

from digest.errors import DigestError, LibraryError
from digest.library.accounts import Accounts
from digest.library.citations import Citations
from digest.library.connection import Connection, connect, explained
from digest.library.digests import Digests
from digest.library.dumps import Dumps
from digest.library.feed_files import FeedFiles
from digest.library.integrity import faults_of
from digest.library.list_files import ListFiles
from digest.library.lock import hold
from digest.library.marks import Marks
from digest.library.model_answers import ModelAnswers
from digest.library.outbox import Outbox
from digest.library.papers import Papers
from digest.library.profiles import Profiles
from digest.library.reading_lists import ReadingLists
from digest.library.references import References
from digest.library.rule_texts import RuleTexts
from digest.library.runs import Runs
from digest.library.schema import migrate
from digest.library.service_answers import Answers
from digest.library.similar_papers import SimilarPapers
from digest.library.site_queries import SiteQueries
from digest.library.subscriptions import Subscriptions
from digest.library.vocabulary import Vocabularies
from digest.library.word_index import Forms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from digest.library.prune import PruneResult


class Library:
    """An open library.

    Its parts are `dumps`, `papers`, `feeds`, `forms`, `profiles`, `digests`, `outbox`, `marks`,
    `reading`, `listings`, `citations`, `references`, `rule_texts`, `runs`, `site`,
    `subscriptions`, `vocabulary`, `answers` and `accounts`.

    It is a context manager that closes it. Each change is a transaction, unless it is made inside
    `transaction`.
    """

    def __init__(self, connection: Connection, path: Path | None) -> None:
        self._connection = connection
        self._path = path
        self._is_file = path is not None
        """False if a scratch library was upgraded, unlike its file."""
        self.accounts = Accounts(connection)
        self.answers = Answers(connection)
        self.dumps = Dumps(connection)
        self.papers = Papers(connection)
        self.feeds = FeedFiles(connection)
        self.forms = Forms(connection)
        self.profiles = Profiles(connection)
        self.digests = Digests(connection)
        self.outbox = Outbox(connection)
        self.marks = Marks(connection)
        self.reading = ReadingLists(connection)
        self.citations = Citations(connection)
        self.alike = SimilarPapers(connection)
        self.listings = ListFiles(connection)
        self.model_answers = ModelAnswers(connection)
        self.references = References(connection)
        self.rule_texts = RuleTexts(connection)
        self.runs = Runs(connection)
        self.site = SiteQueries(connection)
        self.subscriptions = Subscriptions(connection)
        self.vocabulary = Vocabularies(connection)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        scratch: bool = False,
        new_id: Callable[[], str] = lambda: urandom(16).hex(),
    ) -> Self:
        """Open the library at `path`; if it is missing, create it with an id from `new_id`.

        A `scratch` library takes changes like any other and discards them when it is closed; if
        there is no file, none is created. Raise `LibraryError` if the file cannot be used.
        """
        file = None if scratch and not path.exists() else path
        connection = connect(file)
        try:
            if scratch:
                # Deferred: as long as it only reads, others may write.
                connection.execute("BEGIN")
            migrated = migrate(connection, new_id)
        except BaseException:
            connection.close()
            raise
        library = cls(connection, file)
        library._is_file = file is not None and not (scratch and migrated)
        return library

    @classmethod
    def in_memory(cls) -> Self:
        """Open a new library in memory."""
        connection = connect(None)
        migrate(connection, lambda: urandom(16).hex())
        return cls(connection, None)

    @property
    def path(self) -> Path | None:
        """The library's file; None for one in memory."""
        return self._path

    @property
    def on_disk(self) -> bool:
        """Whether another connection to the file sees the same content."""
        changed = self._connection.in_transaction and self._connection.total_changes > 0
        return self._is_file and not changed

    @property
    def id(self) -> str:
        """A permanent random name of this library; no two libraries have the same."""
        (value,) = self._connection.execute(
            "SELECT value FROM meta WHERE name = 'library_id'"
        ).fetchone()
        return str(value)

    def transaction(self, *, durable: bool = True) -> AbstractContextManager[None]:
        """Commit the changes of a `with` block or, if it raises, none; blocks may be nested.

        Work that can be repeated after a power failure need not be `durable`.
        """
        return self._connection.transaction(durable=durable)

    @contextmanager
    def writing_back(self) -> Iterator[None]:
        """Copy committed changes from the log to the file in a thread, while the block runs.

        Closing then has less to copy; it copies whatever the thread could not.
        """
        from threading import Thread

        thread = Thread(target=_write_back, args=(self._path,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            thread.join()

    def prune(self, before: datetime, only: Iterable[str] | None = None) -> PruneResult:
        """Remove the texts of old papers that nobody marked: `digest.library.prune`."""
        from digest.library.prune import prune

        return prune(self._connection, before, only)

    def compact(self) -> None:
        """Return free space in the file to the disk."""
        from digest.library.prune import compact

        compact(self._connection)

    def lock(self, *, patience: float = 0.0) -> AbstractContextManager[None]:
        """Hold the library for one run; raise `LibraryError` if another run still holds it.

        It is tried again for `patience` seconds.
        """
        return nullcontext() if self._path is None else hold(self._path, patience=patience)

    def close(self) -> None:
        """Close the file, rolling back an open transaction: that of a scratch library."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Close the file; an error caused by damage becomes a `LibraryError`."""
        try:
            self.close()
        except LibraryError:
            if error is None:
                raise
        if error is None or isinstance(error, DigestError) or not isinstance(error, Exception):
            return
        if (explanation := explained(error, str(self._path))) is not None:
            raise explanation from error
        if self._path is not None and (faults := faults_of(self._path)):
            raise LibraryError(
                f"Cannot use the library {self._path}: it is damaged ({faults[0]}); `digest "
                "repair` restores what can be read of it."
            ) from error


def _write_back(path: Path | None) -> None:
    with suppress(LibraryError), closing(connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint")
