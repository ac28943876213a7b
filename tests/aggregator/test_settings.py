from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.errors import BadSettingError
from aggregator.settings import Settings, load_settings


@pytest.fixture
def data(tmp_path):
    return tmp_path


def write(data, text):
    (data / "settings.toml").write_text(text, encoding="utf-8")


def test_nothing_given_is_the_defaults(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Settings() == load_settings({}, {})


def test_file_is_over_the_default(data):
    write(data, "port = 9000")
    assert load_settings({"BROADSHEET_DATA": str(data)}, {}).port == 9000


def test_environment_is_over_the_file(data):
    write(data, "port = 9000")
    assert load_settings({"BROADSHEET_DATA": str(data), "BROADSHEET_PORT": "9001"}, {}).port == 9001


def test_option_is_over_the_environment(data):
    assert load_settings({"BROADSHEET_PORT": "9001"}, {"data": data, "port": 9002}).port == 9002


def test_option_not_given_leaves_the_environment(data):
    assert load_settings({"BROADSHEET_PORT": "9001"}, {"data": data, "port": None}).port == 9001


def test_file_is_looked_for_in_the_data_directory_that_holds(data, tmp_path):
    write(data, "port = 9000")
    assert load_settings({"BROADSHEET_DATA": str(tmp_path / "other")}, {"data": data}).port == 9000


def test_secret_may_come_from_a_file(data):
    (data / "key").write_text("  from a file\n", encoding="utf-8")
    settings = load_settings({"BROADSHEET_SECRET_FILE": str(data / "key")}, {"data": data})
    assert settings.secret == "from a file"


def test_value_itself_is_over_its_file(data):
    given = {"BROADSHEET_SECRET_FILE": "/nowhere", "BROADSHEET_SECRET": "here"}
    assert load_settings(given, {"data": data}).secret == "here"


def test_file_that_cannot_be_read_is_told(data):
    with pytest.raises(BadSettingError, match="BROADSHEET_SECRET_FILE"):
        load_settings({"BROADSHEET_SECRET_FILE": str(data / "missing")}, {"data": data})


@pytest.mark.parametrize("text", ["prot = 9000", "port =", "[port]\nx = 1", 'port = "many"', "web_threads = 0"])
def test_settings_file_that_cannot_be_used_is_told(data, text):
    write(data, text)
    with pytest.raises(BadSettingError):
        load_settings({}, {"data": data})


@pytest.mark.parametrize(
    ("given", "hosts"),
    [
        ("", ()),
        ("10.0.0.5:8080", ("10.0.0.5:8080",)),
        (" printer.local:80 , [::1]:8080,", ("printer.local:80", "[::1]:8080")),
    ],
)
def test_private_hosts_are_read_from_a_list_with_commas(data, given, hosts):
    settings = load_settings({"BROADSHEET_ALLOW_PRIVATE_HOSTS": given}, {"data": data})
    assert settings.allow_private_hosts == hosts


def test_private_hosts_are_read_from_a_list_in_the_file(data):
    write(data, 'allow_private_hosts = ["10.0.0.5:8080"]')
    assert load_settings({}, {"data": data}).allow_private_hosts == ("10.0.0.5:8080",)


def test_private_host_without_a_port_is_refused(data):
    with pytest.raises(BadSettingError):
        load_settings({"BROADSHEET_ALLOW_PRIVATE_HOSTS": "10.0.0.5"}, {"data": data})


def test_data_is_a_path():
    assert load_settings({"BROADSHEET_DATA": "/srv/paper"}, {}).data == Path("/srv/paper")
