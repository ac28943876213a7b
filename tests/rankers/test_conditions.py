import numpy as np
import pytest
from hypothesis import given

from tests.rankers.making import CONDITIONS, HOUR, leave_out, rule, table, tables


def holds(condition, made):
    return rule(leave_out("it", condition)).filters[0].leave_out.match(made).tolist()


MADE = table(
    [0, HOUR, 10 * HOUR, 0],
    number={"words": [100, 600, None, 900]},
    label={"language": ["pt-BR", "pt", "ptx", None], "source": ["a.example", "a.exam", "A.example", "b.example"]},
    sets={
        "folder": [("News/Local", "Work"), ("News",), ("Newsroom",), None],
        "has": [("image",), (), None, ("audio",)],
    },
    flags={"copy": [1, 0, None, 1]},
    leaves={"title:rent": [True, False, True, False]},
    age_known=[True, True, True, False],
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("{ language = 'pt' }", [1, 1, 0, 0]),
        ("{ language = 'pt-br' }", [1, 0, 0, 0]),
        ("{ language = ['PT', 'ptx'] }", [1, 1, 1, 0]),
        ("{ folder = 'News' }", [1, 1, 0, 0]),
        ("{ folder = 'news/local' }", [1, 0, 0, 0]),
        ("{ folder = 'Work' }", [1, 0, 0, 0]),
        ("{ source = 'a.example' }", [1, 0, 0, 0]),
        ("{ has = ['image', 'audio'] }", [1, 0, 0, 1]),
        ("{ words = { at_least = 600 } }", [0, 1, 0, 1]),
        ("{ words = { at_least = 600, at_most = 600 } }", [0, 1, 0, 0]),
        ("{ words = { at_most = 99 } }", [0, 0, 0, 0]),
        ("{ none = [{ words = { at_least = 600 } }] }", [1, 0, 1, 0]),
        ("{ reading_minutes = { at_most = 1 } }", [1, 0, 0, 0]),
        ("{ age_hours = { at_most = 1 } }", [1, 1, 0, 0]),
        ("{ copy = true }", [1, 0, 0, 1]),
        ("{ copy = false }", [0, 1, 0, 0]),
        ("{ none = [{ copy = true }] }", [0, 1, 1, 0]),
        ("{ title = 'rent' }", [1, 0, 1, 0]),
        ("{ title = ['rent', 'unknown leaf'], copy = true }", [1, 0, 0, 0]),
        ("{ any = [{ copy = true }, { title = 'rent' }] }", [1, 0, 1, 1]),
        ("{ all = [{ copy = true }, { title = 'rent' }] }", [1, 0, 0, 0]),
        ("{ story_sources = { at_most = 20 } }", [0, 0, 0, 0]),  # a column the table lacks
        ("{ none = [{ kind = 'note' }] }", [1, 1, 1, 1]),
    ],
)
def test_a_condition_holds_where_it_says(condition, expected):
    assert expected == holds(condition, MADE)


@given(tables(), CONDITIONS, CONDITIONS)
def test_none_is_not_any(made, one, other):
    some = holds(f"{{ any = [{one}, {other}] }}", made)
    assert (~np.array(some, dtype=np.bool_)).tolist() == holds(f"{{ none = [{one}, {other}] }}", made)


@given(tables(), CONDITIONS, CONDITIONS)
def test_all_is_none_of_the_opposites(made, one, other):
    opposite = f"{{ none = [{{ none = [{one}] }}, {{ none = [{other}] }}] }}"
    assert holds(f"{{ all = [{one}, {other}] }}", made) == holds(opposite, made)
