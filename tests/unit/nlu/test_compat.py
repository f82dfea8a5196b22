"""Stand-ins: usable as names, refused in use, never in front of an installed package."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import pytest

from nlu.compat import MissingPackageError, StandinFinder


@pytest.fixture
def standin(monkeypatch: pytest.MonkeyPatch) -> str:
    """A listed package that is surely not installed: rasa's Kafka client."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "confluent_kafka"]:
        monkeypatch.delitem(sys.modules, name)
    return "confluent_kafka"


def test_names_of_a_missing_package_can_be_imported_and_subclassed(standin: str) -> None:
    module = importlib.import_module(f"{standin}.admin.deeper")

    class Own(module.Client):  # type: ignore[misc, name-defined]
        pass

    assert Own.__mro__[1] is module.Client


def test_using_one_names_the_package(standin: str) -> None:
    module = importlib.import_module(standin)
    with pytest.raises(MissingPackageError, match="confluent_kafka is not installed") as refused:
        module.Producer({"bootstrap.servers": "x"})
    assert refused.value.name == "confluent_kafka"


def test_a_subclass_is_refused_too(standin: str) -> None:
    module = importlib.import_module(standin)
    own = type("Own", (module.Producer,), {})
    with pytest.raises(MissingPackageError):
        own()


def test_its_errors_can_be_caught(standin: str) -> None:
    module = importlib.import_module(standin)
    assert issubclass(module.KafkaException, Exception)


def test_other_packages_stay_missing() -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("no_such_package_anywhere")
    assert StandinFinder().find_spec("no_such_package_anywhere", None) is None


def test_an_installed_package_is_never_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, standin: str) -> None:
    (tmp_path / standin).mkdir()
    (tmp_path / standin / "__init__.py").write_text("REAL = True\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert importlib.import_module(standin).REAL
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(f"{standin}.not_in_the_real_one")
    for name in [name for name in sys.modules if name.partition(".")[0] == standin]:
        monkeypatch.delitem(sys.modules, name)


def test_nothing_is_a_tensor() -> None:
    assert importlib.import_module("tensorflow").is_tensor([1.0]) is False


def test_rasa_phones_nobody_and_uses_one_thread() -> None:
    assert os.environ["RASA_TELEMETRY_ENABLED"] == "false"
    assert os.environ["OPENBLAS_NUM_THREADS"]


def test_rasa_can_be_imported() -> None:
    rasa = importlib.import_module("rasa")
    assert rasa.__version__ == "3.6.21"
