from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.errors import BadSettingError, NotFoundError
from aggregator.settings import Settings
from aggregator.wiring import migrate_database, open_desk, read_secret


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path / "data")


def test_missing_instance_is_not_made_by_looking(settings):
    with pytest.raises(NotFoundError), open_desk(settings):
        pass
    assert not settings.data.exists()


def test_data_directory_is_made_for_its_owner_alone(settings):
    with open_desk(settings, create=True):
        pass
    assert stat.S_IMODE(settings.data.stat().st_mode) == 0o700


def test_data_directory_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadSettingError), open_desk(Settings(data=tmp_path / "file" / "data"), create=True):
        pass


def test_secret_stays_what_it_was_made(settings):
    with open_desk(settings, create=True) as first:
        made = first.secret
    with open_desk(settings) as second:
        assert made == second.secret
    assert len(made) == 64


def test_secret_of_the_settings_is_over_the_kept_one(tmp_path):
    assert read_secret(Settings(data=tmp_path, secret="given")) == b"given"
    assert not (tmp_path / "secret").exists()


def test_many_who_start_at_once_make_one_secret(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: read_secret(Settings(data=tmp_path)), range(32)))
    assert (1, ["secret"]) == (len(made), [path.name for path in tmp_path.iterdir()])


def test_empty_secret_is_told(tmp_path):
    (tmp_path / "secret").write_text("")
    with pytest.raises(BadSettingError):
        read_secret(Settings(data=tmp_path))


def test_keys_differ_by_purpose(settings):
    with open_desk(settings, create=True) as desk:
        assert len({desk.key("cookies"), desk.key("media"), desk.secret}) == 3


def test_desk_reads_the_clock_of_the_settings(tmp_path):
    start = datetime(2026, 2, 18, 12, 0, tzinfo=UTC)
    with open_desk(Settings(data=tmp_path / "data", clock="2026-02-18T12:00:00Z"), create=True) as desk:
        assert timedelta() <= desk.clock.now() - start < timedelta(minutes=1)


def test_up_to_date_database_needs_no_copy(settings):
    with open_desk(settings, create=True):
        pass
    assert migrate_database(settings) is None


def test_two_who_open_a_new_instance_at_once_agree(settings):
    settings.data.mkdir()

    def opened(_):
        with open_desk(settings) as desk, desk.database.read() as conn:
            return conn.exec_driver_sql("SELECT count(*) FROM list").scalar()

    with ThreadPoolExecutor(4) as pool:
        assert [1] * 4 == list(pool.map(opened, range(4)))
