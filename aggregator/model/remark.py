"""What was cut or mended in a document that counts as well: codes, which pages and command line put in words."""

from __future__ import annotations

from enum import StrEnum


class Remark(StrEnum):
    """One thing about a feed's last document; web/ and services/health.py hold the sentence for each."""

    CUT_OFF = "cut-off"  # it breaks off; the entry it breaks off in was left out
    MENDED = "mended"  # not well-formed; read as far as it could be
    NO_ENTRIES = "no-entries"  # a feed as it should be, with nothing in it
    MANY_ENTRIES = "many-entries"  # those over the limit were passed over (safety 18), as with the next four
    LONG_TEXTS = "long-texts"
    LONG_TITLES = "long-titles"
    MANY_CATEGORIES = "many-categories"
    MANY_FILES = "many-files"
    NOT_FOR_ALL = "not-for-all"  # posts of the fediverse that are not public were passed over
    NOT_READ = "not-read"  # posts of kinds we do not read, or that their own server does not give, were
    TWICE = "twice"  # entries given twice were read once
