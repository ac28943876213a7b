"""Every error Broadsheet raises on purpose.

BroadsheetError
├── NotFoundError              the thing asked for does not exist (or is not for this person to know of)
├── NotAllowedError            somebody known may not do this
├── NotSignedInError           nobody is signed in and this needs a person
├── BadInputError              what was given cannot be used; says which part and what would do
│   ├── BadDocumentError       a file or document is not what it should be (OPML, a rule, a feed)
│   └── BadSettingError        a setting has a value it cannot have
├── ConflictError              what was asked for is there already, or was used up
│   └── FailedCasesError       a rule whose own test cases fail is not published
├── UnusableRuleError          a published rule that no order can be worked out with here
├── WrongProofError            a name, password or passkey that do not belong together
├── BusyError                  try again later; says after how many seconds
│   ├── TooManyTriesError      somebody guessed too often here; says after how many seconds to go on
│   └── StorageFullError       the disk is full: reading goes on, writing waits
├── StoreError                 the database failed in a way nobody foresaw; carries its code
└── FetchError                 an address could not be fetched; carries a Fault

Facts are attributes; the sentences for people are composed from them in web/errors.py and cli/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aggregator.model.fault import Fault


class BroadsheetError(Exception):
    """The root of all errors raised on purpose."""


class NotFoundError(BroadsheetError):
    """No such thing: `kind` is our word for it ("feed", "entry", "list"), `key` what was asked with."""

    def __init__(self, kind: str, key: object) -> None:
        self.kind = kind
        self.key = key
        super().__init__(f"no {kind} {key!s:.200}")


class NotAllowedError(BroadsheetError):
    """The person is known and lacks `right`."""

    def __init__(self, right: str) -> None:
        self.right = right
        super().__init__(f"this needs the right to {right}")


class NotSignedInError(BroadsheetError):
    """Nobody is signed in and `right` needs a person."""

    def __init__(self, right: str) -> None:
        self.right = right
        super().__init__(f"sign in first: this needs the right to {right}")


class BadInputError(BroadsheetError):
    """`part` is what was given, `problem` says what is wrong with it and what would do."""

    def __init__(self, part: str, problem: str) -> None:
        self.part = part
        self.problem = problem
        super().__init__(f"{part}: {problem}")


class BadDocumentError(BadInputError):
    """A file or document that is not what it should be."""


class BadSettingError(BadInputError):
    """A setting with a value that it cannot have."""


class ConflictError(BroadsheetError):
    """`kind` is the thing, `problem` why it cannot be had again."""

    def __init__(self, kind: str, problem: str) -> None:
        self.kind = kind
        self.problem = problem
        super().__init__(f"{kind}: {problem}")


class FailedCasesError(ConflictError):
    """`cases` say which test cases of a rule fail: what each expects, and what came instead."""

    def __init__(self, cases: tuple[str, ...]) -> None:
        self.cases = cases
        super().__init__("rule", f"A test case of its own fails. {'. '.join(cases)}.")


class UnusableRuleError(BroadsheetError):
    """`rule` is its slug, `problem` why no order can be worked out with it here: a signal is missing or fails."""

    def __init__(self, rule: str, problem: str) -> None:
        self.rule = rule
        self.problem = problem
        super().__init__(f"the rule {rule} cannot be worked out here: {problem}")


class WrongProofError(BroadsheetError):
    """What was given to sign in does not belong together; which part is wrong is not said."""

    def __init__(self) -> None:
        super().__init__("the name and the password do not belong together")


class BusyError(BroadsheetError):
    """What is needed is in use; `retry_after` seconds from now it may be free."""

    def __init__(self, what: str, retry_after: int = 5) -> None:
        self.what = what
        self.retry_after = retry_after
        super().__init__(f"{what} is busy, try again in {retry_after} s")


class TooManyTriesError(BusyError):
    """There were too many tries for this account or from this address."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("signing in", retry_after=retry_after)


class StorageFullError(BusyError):
    """The disk is full: reading goes on, writing waits until there is space."""

    def __init__(self) -> None:
        super().__init__("the disk is full: storage", retry_after=60)


class StoreError(BroadsheetError):
    """The database failed in a way nobody foresaw; `code` is its own word for it, the cause has the rest."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"the database answered {code}")


class FetchError(BroadsheetError):
    """An address could not be fetched or read; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))
