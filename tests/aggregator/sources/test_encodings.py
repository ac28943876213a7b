"""Encodings: declared, sent, wrong, and applied twice."""

import pytest

from aggregator.sources.encodings import mend_encoding

FEED = '<rss version="2.0"><channel><title>{}</title></channel></rss>'


@pytest.mark.parametrize("text", ["Kältewelle", "l'économiste à «Paris»", "Ж", "日本 café", "£30", "Ångström & Ærø"])
def test_text_encoded_twice_is_decoded_once_more(read, text):
    twice = text.encode().decode("latin-1").encode()
    assert read(FEED.format("{}").encode().replace(b"{}", twice.replace(b"&", b"&amp;"))).feed.title == text


def test_signs_of_windows_encoded_twice(read):
    text = "l\u2019été \u2013 \u201cbien\u201d"
    twice = text.encode().replace(b"\x9d", b"").decode("cp1252")
    assert read(FEED.format(twice).encode()).feed.title.startswith("l\u2019été \u2013 \u201cbien")


@pytest.mark.parametrize(
    "text", ["Kältewelle", "Ã", "Â", "Ã ", "ÃÂ", "naïve café", "Ö² et é", "плюс", "²³", "là\u00a0» et déjà"]
)
def test_text_encoded_once_stays(text):
    assert mend_encoding(text.encode()) == text.encode()


def test_signs_of_windows_passed_through_are_what_was_meant(read):
    assert read(FEED.format("don\x92t \x93go\x94").encode()).feed.title == "don\u2019t \u201cgo\u201d"


@pytest.mark.parametrize(
    ("declared", "sent", "written"),
    [
        ("utf-8", "", "utf-8"),
        (None, "", "utf-8"),
        ("iso-8859-1", "", "latin-1"),
        (None, "application/xml; charset=iso-8859-1", "latin-1"),
        ("iso-8859-1", "text/xml; charset=utf-8", "utf-8"),
        ("windows-1252", "", "cp1252"),
        ("utf-16", "", "utf-16"),
        ("iso-8859-1", "text/xml; charset=utf-8", "latin-1"),
        (None, 'text/xml;charset="windows-1252"', "cp1252"),
    ],
)
def test_the_encoding_is_found(read, declared, sent, written):
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    document = read((head + FEED.format("Ünïcödé café")).encode(written), content_type=sent)
    assert document.feed.title == "Ünïcödé café"
