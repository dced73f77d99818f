from pathlib import Path

import pytest

from gateword.settings import FILE_NAME, BadSettings, Settings, load


def faults_of(environ: dict[str, str], **given: object) -> str:
    """Return the message that refuses settings."""
    with pytest.raises(BadSettings) as bad:
        load(environ, **given)
    return str(bad.value)


def with_file(folder: Path, text: str | bytes) -> dict[str, str]:
    """Return an environment that names a data folder with this settings file in it."""
    data = text if isinstance(text, bytes) else text.encode()
    (folder / FILE_NAME).write_bytes(data)
    return {"GATEWORD_DATA_DIR": str(folder)}


def test_settings_have_defaults() -> None:
    """A process that is told nothing listens on loopback, over TLS, with one worker."""
    settings = load({})
    assert Settings() == settings
    assert ("127.0.0.1", "dev", 1) == (settings.host, settings.tls, settings.workers)


def test_environment_is_read_by_our_names_only() -> None:
    """Each setting has its variable; others with the prefix belong to the platform."""
    environ = {
        "GATEWORD_PORT": "8443",
        "GATEWORD_HASH_MAX_WAIT_S": "0.5",
        "GATEWORD_HOST": "::",
        "GATEWORD_DATA_DIR": "/srv/nowhere",
        "GATEWORD_SERVICE_PORT_8443_TCP": "tcp://10.0.0.1:8443",
        "PORT": "1",
    }
    settings = load(environ)
    assert (8443, 0.5, "::", Path("/srv/nowhere")) == (
        settings.port,
        settings.hash_max_wait_s,
        settings.host,
        settings.data_dir,
    )


def test_file_in_the_data_folder_is_read(tmp_path: Path) -> None:
    """Settings may stand in a TOML file."""
    text = 'port = 9000\nhost = "ü.example"\nhash_max_wait_s = 2\n'
    settings = load(with_file(tmp_path, text))
    assert (9000, "ü.example", 2.0) == (settings.port, settings.host, settings.hash_max_wait_s)


def test_given_wins_over_environment_over_file(tmp_path: Path) -> None:
    """What was typed counts most, then the environment, then the file, then the default."""
    environ = with_file(tmp_path, "port = 1\nworkers = 2\nargon2_passes = 3") | {
        "GATEWORD_PORT": "2",
        "GATEWORD_WORKERS": "4",
    }
    settings = load(environ, port=3, tls=None)
    assert (3, 4, 3, "dev") == (
        settings.port,
        settings.workers,
        settings.argon2_passes,
        settings.tls,
    )


@pytest.mark.parametrize("name", ["PORT", "HOST", "TLS", "DATA_DIR", "ENCRYPTION_KEY"])
def test_variable_is_not_set_when_empty(name: str) -> None:
    """An empty variable is one that nobody gave."""
    assert Settings() == load({f"GATEWORD_{name}": ""})


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("port = 1.5", "port is not of type int"),
        ("port = true", "port is not of type int"),
        ("port = []", "port is not of type int"),
        ('port = "x"', "port is not of type int"),
        ("hash_max_wait_s = true", "hash_max_wait_s is not of type float"),
        ("hash_max_wait_s = nan", "hash_max_wait_s is not of type float"),
        ("hash_max_wait_s = inf", "hash_max_wait_s is not of type float"),
        ("log_stream_private_hosts = 1", "log_stream_private_hosts is not of type bool"),
        ('log_stream_private_hosts = "on"', "log_stream_private_hosts is not of type bool"),
        ("host = 1", "host is not of type str"),
        ("host = []", "host is not of type str"),
        ("ports = 1", "unknown setting ports"),
        ("[port]", "port is not of type int"),
    ],
)
def test_value_is_refused_when_of_another_type(tmp_path: Path, text: str, fault: str) -> None:
    """No value is coerced from one type into another."""
    assert fault == faults_of(with_file(tmp_path, text))


@pytest.mark.parametrize("text", [b"port =", b'host = "\xff"', "port = 1\nport = 2", "\0"])
def test_file_is_refused_when_it_is_no_toml(tmp_path: Path, text: str | bytes) -> None:
    """A file that cannot be read is named in the message."""
    assert str(tmp_path / FILE_NAME) in faults_of(with_file(tmp_path, text))


@pytest.mark.parametrize(
    ("environ", "fault"),
    [
        ({"TLS": "on"}, "tls is dev, off or files"),
        (
            {"VALKEY_URL": "cache:6379"},
            "valkey_url begins with valkey://, valkeys://, redis://, rediss://, unix://",
        ),
        ({"SMTP_URL": "mail.example:25"}, "smtp_url begins with smtp:// or smtps://"),
        ({"CHANGE_PASSWORD_BURST": "-1"}, "change_password_burst is at least 0"),
        ({"TLS": "files", "TLS_CERT": "/c"}, "tls files needs tls_cert and tls_key"),
        ({"WORKERS": "0"}, "workers is at least 1"),
        ({"PORT": "-1"}, "port is 0 to 65535"),
        ({"PORT": "65536"}, "port is 0 to 65535"),
        ({"ARGON2_MEMORY_KIB": "7"}, "argon2_memory_kib is at least 8"),
        ({"ARGON2_PASSES": "0"}, "argon2_passes is at least 1"),
        ({"HASH_THREADS": "-1"}, "hash_threads is at least 0"),
        ({"HASH_MAX_WAIT_S": "-0.1"}, "hash_max_wait_s is at least 0"),
        ({"TOKEN_RATE_PER_S": "-1"}, "token_rate_per_s is at least 0"),
        ({"USERINFO_RATE_PER_MIN": "-1"}, "userinfo_rate_per_min is at least 0"),
        ({"BODY_TIMEOUT_S": "0"}, "body_timeout_s is at least 0.01"),
        ({"PURGE_EVERY_S": "0"}, "purge_every_s is at least 0.01"),
        ({"TRUSTED_PROXIES": "proxy"}, "trusted_proxies: proxy is no address or network"),
        (
            {"TRUSTED_PROXIES": "10.0.0.0/8,10.0.0.0/33"},
            "trusted_proxies: 10.0.0.0/33 is no address or network",
        ),
    ],
)
def test_value_is_refused_when_out_of_range(environ: dict[str, str], fault: str) -> None:
    """A value that could not work is refused at the start, not at the first request."""
    assert fault == faults_of({f"GATEWORD_{name}": value for name, value in environ.items()})


@pytest.mark.parametrize(
    ("environ", "name", "expected"),
    [
        ({"PORT": "0"}, "port", 0),
        ({"PORT": "65535"}, "port", 65535),
        ({"ARGON2_MEMORY_KIB": "8"}, "argon2_memory_kib", 8),
        ({"HASH_MAX_WAIT_S": "0"}, "hash_max_wait_s", 0.0),
        ({"TOKEN_RATE_PER_S": "0"}, "token_rate_per_s", 0),
        ({"LOG_STREAM_PRIVATE_HOSTS": "true"}, "log_stream_private_hosts", True),
        ({"LOG_STREAM_PRIVATE_HOSTS": "0"}, "log_stream_private_hosts", False),
        ({"LOG_RETENTION_DAYS": "0"}, "log_retention_days", 0),
        ({"TLS": "files", "TLS_CERT": "/c", "TLS_KEY": "/k"}, "tls", "files"),
        ({"TRUSTED_PROXIES": " 10.1.2.3/8 ,::1,"}, "trusted_proxies", " 10.1.2.3/8 ,::1,"),
    ],
)
def test_value_is_taken_at_its_bound(environ: dict[str, str], name: str, expected: object) -> None:
    """The bounds themselves can be set."""
    settings = load({f"GATEWORD_{key}": value for key, value in environ.items()})
    assert expected == getattr(settings, name)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("twilio_url", "http://sms.example"),
        ("twilio_url", "ftp://127.0.0.1"),
        ("twilio_url", "https://"),
        ("twilio_url", "https://host:port"),
        ("phone_webhook_url", "http://127.0.0.1.example/in"),
    ],
)
def test_codes_are_sent_nowhere_in_clear(name: str, url: str) -> None:
    """Where codes go must be https; only this machine itself may be reached without."""
    environ = {f"GATEWORD_{name.upper()}": url, "GATEWORD_PHONE_WEBHOOK_SECRET": "k" * 32}
    assert f"{name} begins with https://" in faults_of(environ)


@pytest.mark.parametrize("url", ["https://x.example/in", "http://localhost:1/", "http://[::1]:1/"])
def test_receiver_of_codes_may_be_near_or_private(url: str) -> None:
    """A small program beside the server needs no certificate."""
    environ = {"GATEWORD_PHONE_WEBHOOK_URL": url, "GATEWORD_PHONE_WEBHOOK_SECRET": "k" * 32}
    assert url == load(environ).phone_webhook_url


@pytest.mark.parametrize("secret", ["", "k" * 31])
def test_receiver_of_codes_needs_a_key(secret: str) -> None:
    """Whoever receives must be able to tell us from others, by a key that nobody guesses."""
    environ = {
        "GATEWORD_PHONE_WEBHOOK_URL": "https://x.example/in",
        "GATEWORD_PHONE_WEBHOOK_SECRET": secret,
    }
    assert "phone_webhook_url needs a phone_webhook_secret" in faults_of(environ)


def test_all_faults_are_named_at_once() -> None:
    """Nobody should have to start five times to find five mistakes."""
    environ = {"GATEWORD_PORT": "x", "GATEWORD_WORKERS": "1.5", "GATEWORD_HASH_MAX_WAIT_S": "soon"}
    assert faults_of(environ, colour="red") == (
        "unknown setting colour; port is not of type int; workers is not of type int; "
        "hash_max_wait_s is not of type float"
    )


@pytest.mark.parametrize("name", ["encryption_key", "database_url", "valkey_url"])
def test_secret_setting_is_not_in_the_repr(name: str) -> None:
    """Promise D10: keys and addresses with passwords do not show when settings are printed."""
    scheme = "valkey" if name == "valkey_url" else "postgresql"
    hush = f"{scheme}://gateword:hush@db/gateword"
    settings = load({f"GATEWORD_{name.upper()}": hush})
    assert hush == getattr(settings, name)
    assert "hush" not in f"{settings!r} {settings}"


def test_key_of_the_webhook_is_not_in_the_repr() -> None:
    """Promise D10, of the receiver of messages to phones."""
    settings = load(
        {
            "GATEWORD_PHONE_WEBHOOK_URL": "https://user:hush@x.example/in",
            "GATEWORD_PHONE_WEBHOOK_SECRET": "hush" * 8,
        }
    )
    assert "hush" not in f"{settings!r} {settings}"


def test_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    """A secret's variable with _FILE names a file; its last line break is no part of the secret."""
    (tmp_path / "url").write_text("postgresql://gateword:hush@db/gateword\n")
    settings = load({"GATEWORD_DATABASE_URL_FILE": str(tmp_path / "url")})
    assert "postgresql://gateword:hush@db/gateword" == settings.database_url


def test_secret_itself_goes_before_its_file(tmp_path: Path) -> None:
    """A command that hands its settings on has read the file already."""
    (tmp_path / "token").write_text("of-the-file")
    environ = {
        "GATEWORD_METRICS_TOKEN": "itself",
        "GATEWORD_METRICS_TOKEN_FILE": str(tmp_path / "token"),
    }
    assert "itself" == load(environ).metrics_token


def test_file_of_a_secret_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A server does not start on another database because a file is missing or is no text."""
    path = tmp_path / "url"
    environ = {"GATEWORD_DATABASE_URL_FILE": str(path)}
    absent = f"GATEWORD_DATABASE_URL_FILE: {path}: No such file or directory"
    assert absent == faults_of(environ)
    path.write_bytes(b"hush\xff")
    assert f"GATEWORD_DATABASE_URL_FILE: {path} is no text" == faults_of(environ)


@pytest.mark.parametrize("text", ["", "\n", " \n"])
def test_file_of_a_secret_is_refused_when_empty(tmp_path: Path, text: str) -> None:
    """Whoever names a file means a secret: without one a server would make a key of its own."""
    path = tmp_path / "key"
    path.write_text(text)
    environ = {"GATEWORD_ENCRYPTION_KEY_FILE": str(path)}
    assert f"GATEWORD_ENCRYPTION_KEY_FILE: {path} is empty" == faults_of(environ)


def test_setting_that_is_no_secret_is_not_read_from_a_file(tmp_path: Path) -> None:
    """Only what must not be seen gains by a file."""
    (tmp_path / "port").write_text("9000")
    assert Settings() == load({"GATEWORD_PORT_FILE": str(tmp_path / "port")})
