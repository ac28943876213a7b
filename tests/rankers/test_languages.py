import re
from decimal import Decimal
from pathlib import Path

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from rankers import LANGUAGES, diff_rules, make_statement, parse_rule, published_rules, rank, whys
from rankers.messages import __file__ as folder
from rankers.messages import icu, messages
from rankers.messages.plurals import CARDINALS, ORDINALS, category
from rankers.sentences import Sentences
from tests.rankers.making import documents, tables

OTHERS = [code for code in LANGUAGES if code != "en"]
OF_THE_LANGUAGE = {"language", "decimal", "group", "comma", "and", "or", "ordinal"}
ALIKE = {"fr": {"source", "sources", "minute", "minutes"}}  # words that are the same in both languages


def named(message):
    """All placeholders of a message, also those inside its choices, with the keys a select chooses by."""
    found = set()

    def look(nodes):
        for node in nodes:
            if isinstance(node, str):
                continue
            name, kind, choices = node
            if kind == "select":
                found.add((name, tuple(key for key, _ in choices)))
            elif not choices or any("#" in str(inner) for _, inner in choices):  # else it only chooses among words
                found.add((name, ()))
            for _, inner in choices:
                look(inner)

    look(icu._parse(message))
    return found


def plural_forms(message):
    for kind, choices in re.findall(r"\{\w+, (plural|ordinal), ((?:\w+ \{[^}]*\} ?)+)\}", message):
        yield kind, set(re.findall(r"(\w+) \{", choices))


def test_each_file_is_a_listed_language_and_each_listed_language_a_file():
    files = {path.stem for path in Path(folder).parent.glob("*.toml")}
    assert files == set(LANGUAGES) == set(CARDINALS) == set(ORDINALS)
    assert all(code == messages(code)["language"] for code in LANGUAGES)


@pytest.mark.parametrize("code", OTHERS)
def test_a_language_says_what_english_says_with_the_same_facts(code):
    english, other = messages("en"), messages(code)
    assert english.keys() == other.keys()
    differing = {
        name: (named(text), named(other[name]))
        for name, text in english.items()
        if name not in OF_THE_LANGUAGE and named(text) != named(other[name])
    }
    assert {} == differing


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_is_left_in_english(code):
    english, other = messages("en"), messages(code)
    same = {name for name, text in other.items() if text == english[name]} - OF_THE_LANGUAGE
    words = {
        name: set(re.findall(r"[a-z]{3,}", re.sub(r"\{\w+(, \w+,)?|\w+ (?=\{)", "", english[name]))) for name in same
    }
    assert {} == {name: left for name, left in words.items() if left - ALIKE.get(code, set())}


@pytest.mark.parametrize("code", OTHERS)
def test_plurals_have_the_forms_of_the_language(code):
    locale = Locale.parse(code)
    needed = {"plural": locale.plural_form.tags - {"zero", "many"}, "ordinal": locale.ordinal_form.tags}
    for name, message in messages(code).items():
        for kind, forms in plural_forms(message):
            assert needed[kind] | {"other"} == forms - {"many"} or name == "test.none", name


@pytest.mark.parametrize("code", LANGUAGES)
@given(number=st.one_of(st.integers(0, 2_000_000), st.decimals(0, 2000, places=1)))
def test_plurals_are_those_of_cldr(code, number):
    number = Decimal(number).normalize()
    locale = Locale.parse(code)
    assert locale.plural_form(number) == category(code, number, is_ordinal=False)
    if number == int(number):
        assert locale.ordinal_form(number) == category(code, number, is_ordinal=True)


@pytest.mark.parametrize("code", LANGUAGES)
@given(document=documents(), after=documents(), table=tables())
def test_every_rule_change_and_reason_can_be_said(code, document, after, table):
    sentences = Sentences.of(code)
    said = [sentence.text for part in make_statement(document, sentences) for sentence in part.sentences]
    said += [change.text for change in diff_rules(document, after, sentences).changes]
    ranking = rank(document, table, table.now)
    for explanation in whys(ranking, range(min(5, len(table.uid))), sentences=sentences):
        said += [term.value_text for term in explanation.terms]
        said += [sentences.move(move, ranking.position) for move in explanation.moves]
    assert all(text.strip() for text in said if text)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("fr", "Fresh : jusqu’à 60 points selon l’âge de l’article, moitié moins à chaque période de 24 heures"),  # noqa: RUF001  # French is written so
        ("es", "Fresh: hasta 60 puntos por la antigüedad del artículo, la mitad con cada 24 horas"),
        ("ar", "Fresh: حتى 60 نقطة بحسب عمر المادة، النصف مع مرور كل 24 ساعة"),  # its comma
        ("ms", "Fresh: hingga 60 mata menurut usia artikel, separuh setiap 24 jam"),
        ("ko", "Fresh: 글이 나온 지 얼마나 되었는지에 따라 최대 60점, 24시간마다 절반"),
    ],
)
def test_a_statement_in_other_languages_reads_like_this(code, expected):
    parameters, *_ = make_statement(parse_rule(published_rules()["many-voices"]), Sentences.of(code))
    assert expected == parameters.sentences[0].text


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_small_number_has_the_plural_of_the_language(code):
    locale = Locale.parse(code)
    for number in [*range(250), 1000, 10**6, 2 * 10**6, 10**6 + 1]:
        assert locale.plural_form(number) == category(code, Decimal(number), is_ordinal=False), number
        assert locale.ordinal_form(number) == category(code, Decimal(number), is_ordinal=True), number
