"""Layers override each other in order, and whatever is not a setting is refused with its place named."""

from pathlib import Path

import pytest

from rialto.foundation.configuration import InvalidConfiguration, Settings, read_settings


def with_file(directory: Path, text: str) -> dict[str, object]:
    (directory / "rialto.toml").write_text(text, encoding="utf-8")
    return {"data_directory": directory}


def test_defaults_stand_when_nothing_is_given() -> None:
    settings = read_settings({}, {})
    database = (Path("data") / "rialto.sqlite").absolute()
    assert settings == Settings(database_url=f"sqlite:///{database}")
    assert (settings.host, settings.port) == ("127.0.0.1", 8_000)


def test_each_layer_overrides_the_ones_before(tmp_path: Path) -> None:
    arguments = with_file(tmp_path, 'host = "file"\nport = 1\nlog_level = "error"\n')
    environment = {"RIALTO_HOST": "environment", "RIALTO_PORT": "2", "HOME": "ignored"}
    settings = read_settings(environment, {**arguments, "host": "line", "port": None})
    assert (settings.host, settings.port, settings.log_level) == ("line", 2, "error")
    assert settings.body_bytes_max == Settings().body_bytes_max


def test_the_environment_names_the_directory_the_file_is_read_from(tmp_path: Path) -> None:
    with_file(tmp_path, "port = 77\n")
    settings = read_settings({"RIALTO_DATA_DIRECTORY": str(tmp_path)}, {})
    assert (settings.data_directory, settings.port) == (tmp_path, 77)
    assert settings.database_url == f"sqlite:///{tmp_path}/rialto.sqlite"


def test_variables_of_the_tests_are_no_settings() -> None:
    assert read_settings({"RIALTO_TEST_POSTGRES": "x", "RIALTO_SEED": "1"}, {}) == read_settings({}, {})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prot = 1", r"rialto\.toml names 'prot', which is no setting; did you mean 'port'\?"),
        ("zzz = 1", r"names 'zzz', which is no setting; there are: host, port,"),
        ("[limits]\nport = 1", "names 'limits'"),
        ('port = "1"', "gives port '1': Expected `int`, got `str`"),
        ("port = 65536", "gives port 65536: Expected `int` <= 65535"),
        ("projection_lag_max = 0", "gives projection_lag_max 0: Expected `int` >= 1"),
        ("port = ", "is not TOML"),
        ('data_directory = "x"', "sets data_directory, but lies in it"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidConfiguration, match=message):
        read_settings({}, with_file(tmp_path, text))


@pytest.mark.parametrize(
    ("environment", "arguments", "message"),
    [
        ({"RIALTO_PORTS": "1"}, {}, "the environment variable RIALTO_PORTS names 'ports'.*did you mean 'port'"),
        ({"RIALTO_PORT": "many"}, {}, "the environment variable RIALTO_PORT gives port 'many'"),
        ({"RIALTO_DATA_DIRECTORY": ""}, {}, "gives an empty data_directory"),
        ({}, {"log_level": "loud"}, "the option --log-level gives log_level 'loud'"),
        ({}, {"verbose": True}, "the option --verbose names 'verbose'"),
    ],
)
def test_a_mistake_elsewhere_is_named(environment: dict[str, str], arguments: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidConfiguration, match=message):
        read_settings(environment, arguments)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "rialto.toml").mkdir()
    with pytest.raises(InvalidConfiguration, match=r"rialto\.toml cannot be read"):
        read_settings({}, {"data_directory": tmp_path})


def test_the_password_in_a_database_url_is_never_shown() -> None:
    url = "postgresql://name:hidden@host/x"
    settings = read_settings({"RIALTO_DATABASE_URL": url}, {})
    assert settings.database_url == url
    assert "hidden" not in repr(settings)
    with pytest.raises(InvalidConfiguration) as refused:
        read_settings({"RIALTO_DATABASE_URL": url * 100}, {})
    assert "hidden" not in str(refused.value)
