"""Faults of the site and of the reading list over HTTP."""

from __future__ import annotations

from typing import Final

from tests.mutations.mutation import Mutation, tests_of

GUARD: Final = "digest/serve/guard.py"
IDENTITY: Final = "digest/serve/authentication.py"
ADDRESSES: Final = "digest/serve/addresses.py"
REPLIES: Final = "digest/serve/responses.py"
MAIL_ACTIONS: Final = "digest/serve/mail_actions.py"
SIGNED: Final = "digest/mail/signed_links.py"

OF_REQUESTS: Final = tests_of("serve/test_http", "serve/test_login")
OF_LOGINS: Final = tests_of("serve/test_login")
OF_LISTS: Final = tests_of("serve/test_list")
OF_LINKS: Final = tests_of("serve/test_mail_links")
OF_PAGES: Final = tests_of("site/test_build", "site/test_words")

SERVING: Final = (
    Mutation(
        "a form needs no secret",
        GUARD,
        "if not hmac.compare_digest(sent, csrf.encode()):",
        "if False:",
        "the page of another site drops papers of whoever opens it",
        OF_LOGINS,
    ),
    Mutation(
        "a form may come from another site",
        GUARD,
        'if site != "same-origin" or (',
        "if (",
        "a browser's `Sec-Fetch-Site: cross-site` is not heeded",
        OF_LOGINS,
    ),
    Mutation(
        "any name of the server will do",
        GUARD,
        "if not is_allowed(name, self._app_state.names, wide=self._app_state.is_wide):",
        "if False:",
        "a page elsewhere gives its name the address of this machine, and reads the list",
        OF_REQUESTS,
    ),
    Mutation(
        "answers come without a policy",
        GUARD,
        '    "Content-Security-Policy": POLICY,\n',
        "",
        "a script that slipped into a page would run",
        OF_REQUESTS,
    ),
    Mutation(
        "a page of another origin passes",
        ADDRESSES,
        "and parts.netloc.lower() == host.lower()",
        "and bool(parts.netloc)",
        "`Origin: https://elsewhere.example` sends forms",
        OF_REQUESTS,
    ),
    Mutation(
        "a login leads anywhere",
        ADDRESSES,
        "return target if len(target) <= _LONGEST and _BACK.fullmatch(target) else default",
        "return target if len(target) <= _LONGEST else default",
        "`login?back=//elsewhere.example` leads there after the password",
        OF_REQUESTS,
    ),
    Mutation(
        "hidden files are served",
        ADDRESSES,
        '_SEGMENT: Final = r"[A-Za-z0-9_][A-Za-z0-9._~-]*"',
        '_SEGMENT: Final = r"[A-Za-z0-9._~-]+"',
        "`/../config.yaml` is asked for",
        OF_REQUESTS,
    ),
    Mutation(
        "the token of one reader opens another's list",
        IDENTITY,
        'if reader is None or (is_basic and name not in ("", reader)):',
        "if reader is None:",
        "`bo` with the token of `ann` is taken for `ann`",
        OF_LOGINS,
    ),
    Mutation(
        "a feed reader's token changes the list",
        IDENTITY,
        'if is_basic and request.method in ("GET", "HEAD"):',
        "if is_basic:",
        "the address of a feed, which programs store in the clear, is enough to drop papers",
        OF_LOGINS,
    ),
    Mutation(
        "scripts read the cookie",
        IDENTITY,
        "httponly=True,",
        "httponly=False,",
        "a script that slipped into a page takes the login along",
        OF_LOGINS,
    ),
    Mutation(
        "cookies go to other sites' forms",
        IDENTITY,
        'samesite="lax",',
        'samesite="none",',
        "a form elsewhere is sent with the reader's login",
        OF_LOGINS,
    ),
    Mutation(
        "cookies go over plain http",
        IDENTITY,
        "secure=is_secure(request, app_state),",
        "secure=False,",
        "whoever listens on the way has the login",
        OF_LOGINS,
    ),
    Mutation(
        "passwords may be guessed without end",
        "digest/serve/attempt_limit.py",
        "if len(moments := self._recent(key, now)) >= self._most",
        "if len(moments := self._recent(key, now)) > self._most",
        "a sixth try, and all after it",
        OF_LOGINS,
    ),
    Mutation(
        "a wrong password is not counted",
        "digest/serve/login.py",
        "app_state.failures.add(keys, app_state.clock())",
        "pass",
        "passwords may be tried as fast as the network goes",
        OF_LOGINS,
    ),
    Mutation(
        "a login holds for ever",
        "digest/library/accounts.py",
        "ends > ?",
        "? IS NOT NULL",
        "a stolen cookie opens the list after years",
        OF_LOGINS,
    ),
    Mutation(
        "a feed comes anew at every poll",
        REPLIES,
        "if status == 200 and _is_known(request, tag, modified):",
        "if False:",
        "a feed reader that asks each minute gets the whole feed each time",
        OF_REQUESTS,
    ),
    Mutation(
        "packed and plain bytes share a tag",
        REPLIES,
        "f'\"{tag}-gzip\"' if packs else f'\"{tag}\"'",
        "f'\"{tag}\"'",
        "a cache hands gzip to a client that cannot read it",
        OF_REQUESTS,
    ),
    Mutation(
        "a request may trickle in",
        "digest/serve/deadline.py",
        "self._deadline = self.loop.call_later(self.seconds, self.transport.close)",
        "self._deadline = None",
        "five hundred connections that send a byte now and then keep everyone else out",
        tests_of("serve/test_request_deadline"),
    ),
    Mutation(
        "two changes share a form's tags",
        "digest/serve/actions.py",
        "tags = (set(mark.tags) - (old_tags - typed)) | (typed - old_tags)",
        "tags = typed",
        "a tag that was added meanwhile in `reading-list.md` is lost",
        OF_LISTS,
    ),
)

MAIL_LINKS: Final = (
    Mutation(
        "a link of a mail never ends",
        SIGNED,
        """            if expires is not None and today > expires:
                return None
            return Signed(""",
        "            return Signed(",
        "a mail found in an archive still drops papers",
        OF_LINKS,
    ),
    Mutation(
        "a link is valid for other papers",
        SIGNED,
        "self._mac(action, recipient.profile, address, paper, days.hex())",
        "self._mac(action, recipient.profile, address, days.hex())",
        "the id in a link is changed, and another paper is dropped",
        OF_LINKS,
    ),
    Mutation(
        "a link is valid for other actions",
        SIGNED,
        "self._mac(action, recipient.profile, address, paper, days.hex())",
        "self._mac(recipient.profile, address, paper, days.hex())",
        "`star` in a link becomes `drop`",
        OF_LINKS,
    ),
    Mutation(
        "a link acts each time",
        MAIL_ACTIONS,
        "library.subscriptions.use_link(signed.signature, now=reader_lists.now, expires=expires)",
        "True",
        "a link that is sent once more undoes what the reader decided since",
        OF_LINKS,
    ),
    Mutation(
        "looking at a link acts",
        MAIL_ACTIONS,
        'for handler, methods in ((show, ("GET",)), (act, ("POST",)))',
        'for handler, methods in ((act, ("GET",)), (act, ("POST",)))',
        "a scanner that opens all links of a mail drops its papers",
        OF_LINKS,
    ),
    Mutation(
        "who is out of the config still acts",
        MAIL_ACTIONS,
        "if paper is None or signed.recipient.address.casefold() not in readers:",
        "if paper is None:",
        "whoever left the group goes on changing its list",
        OF_LINKS,
    ),
)

SITE: Final = (
    Mutation(
        "tags in notes become HTML",
        "digest/rendering/filters.py",
        "return Markup(safe_html(source))",
        "return Markup(source)",
        "`<script>` in the note of a rule runs on the rule's page",
        OF_PAGES,
    ),
    Mutation(
        "the search index can end its script",
        "digest/site/search_index.py",
        r'.replace("<", "\\u003c")',
        "",
        "a title with `</script>` in it",
        OF_PAGES,
    ),
    Mutation(
        "a build forgets the neighbours of a day",
        "digest/site/build.py",
        "if digest.id > after or (later is not None and later.id > after):",
        "if digest.id > after:",
        "yesterday's page has no link to today's",
        OF_PAGES,
    ),
    Mutation(
        "public pages have private feeds",
        "digest/site/build.py",
        "if self._site.public_marks:",
        "if True:",
        "a public site tells what its reader starred",
        OF_PAGES,
    ),
    Mutation(
        "small plots have scales of their own",
        "digest/site/plots.py",
        "height = round(value / most * (_SMALL - 6))",
        "height = round(value / (max(values) or 1) * (_SMALL - 6))",
        "a rule of two papers a week looks like one of two hundred",
        OF_PAGES,
    ),
)
