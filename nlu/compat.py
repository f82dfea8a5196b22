"""Lets Rasa 3.6.21 be imported on a current Python without the packages Zoe does not use.

Rasa imports TensorFlow, the SDKs of a dozen chat vendors and several cloud clients at module level, although a project
without them never calls one. `install()`, which `nlu` calls when it is imported, does five things once:

* a finder at the *end* of `sys.meta_path` answers for those packages with inert modules. Being last, it only hears of
  what no other finder found: a package that is installed is never hidden. Importing from a stand-in and subclassing
  what it offers work; calling or instantiating anything raises `MissingPackageError` with the package's name.
* attributes that newer numpy and packaging dropped are given back, because rasa names them at import.
* structlog is told to drop debug lines, unless the process has set it up already: rasa logs every user's text at that
  level, and structlog's default prints it to standard output.
* warnings that Rasa gives to everybody, whatever the project does, are not shown: nobody here can act on them.
* telemetry is switched off, and BLAS is limited to one thread: several threads on one sentence's small matrices cost
  hundreds of milliseconds on a busy machine.

Why one environment at all: docs/decisions/0001-one-environment.md.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import logging
import os
import sys
import types
import warnings
from collections.abc import Sequence
from typing import Any, Never, NoReturn

STANDINS: tuple[str, ...] = (
    "aio_pika",
    "aiogram",
    "aiormq",
    "boto3",
    "botocore",
    "cachecontrol",
    "confluent_kafka",
    "engineio",
    "fbmessenger",
    "google.auth",
    "google.cloud.storage",
    "google.oauth2",
    "keras",
    "matplotlib",
    "mattermostwrapper",
    "prompt_toolkit",
    "pydot",
    "pymongo",
    "questionary",
    "rocketchat_API",
    "sentry_sdk",
    "slack_sdk",
    "socketio",
    "structlog_sentry",
    "tensorflow",
    "tensorflow_addons",
    "tensorflow_hub",
    "tensorflow_probability",
    "tensorflow_text",
    "twilio",
    "webexteamssdk",
)
"""Packages rasa imports and Zoe does not use; submodules are covered too."""

_SINGLE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class MissingPackageError(ImportError):
    """Something of a package that is not installed was used; `name` is that package."""


def _refuse(qualified_name: str) -> NoReturn:
    package = next(p for p in STANDINS if qualified_name == p or qualified_name.startswith(p + "."))
    raise MissingPackageError(
        f"{qualified_name} was used, but {package} is not installed: Zoe runs Rasa without it "
        "(docs/decisions/0001-one-environment.md)",
        name=package,
    )


class _StandinMeta(type):
    """Metaclass of every stand-in attribute: any further attribute exists, calling one does not work."""

    _standin_name: str

    def __getattr__(cls, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return _make_standin(f"{cls._standin_name}.{attribute}")

    def __call__(cls, *_: Any, **__: Any) -> Any:
        _refuse(cls._standin_name)

    def __or__(cls, other: Any) -> Any:
        return Any

    def __ror__(cls, other: Any) -> Any:
        return Any


class _Standin(metaclass=_StandinMeta):
    """Base of stand-in classes; subclassing it is fine, instantiating a subclass is refused."""

    _standin_name = "standin"

    def __class_getitem__(cls, item: Any) -> Any:
        return cls


class _StandinError(Exception):
    """Base for attributes whose name says that they are exceptions, so that `except pkg.SomeError` stays valid."""


def _make_standin(qualified_name: str) -> Any:
    leaf = qualified_name.rpartition(".")[2]
    if leaf.endswith(("Error", "Exception", "Failure")):
        return type(leaf, (_StandinError,), {})
    return _StandinMeta(leaf, (_Standin,), {"_standin_name": qualified_name})


def _nothing_is_a_tensor(_: object) -> bool:
    """`tensorflow.is_tensor`: the one function rasa (and its tests) call on ordinary data."""
    return False


class _SilentSentry:
    """`structlog_sentry.SentryProcessor`: rasa's command line puts one into its log chain; this one reports nothing."""

    def __init__(self, **_: Any) -> None:
        """Takes and ignores Sentry's options."""

    def __call__(self, _logger: object, _method: str, event: Any) -> Any:
        return event


_WORKING: dict[tuple[str, str], Any] = {
    ("tensorflow", "is_tensor"): _nothing_is_a_tensor,
    ("structlog_sentry", "SentryProcessor"): _SilentSentry,
}
"""What rasa really calls although the package is not there."""


class _StandinModule(types.ModuleType):
    """A package whose every attribute is a stand-in, made on first access and then kept."""

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        value = _WORKING.get((self.__name__, attribute)) or _make_standin(f"{self.__name__}.{attribute}")
        setattr(self, attribute, value)
        return value


class StandinFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers for `packages` and their submodules; meant to be the last entry of `sys.meta_path`."""

    def __init__(self, packages: Sequence[str] = STANDINS) -> None:
        self._packages = tuple(packages)

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """A spec for a stand-in, or None: for other packages, and inside a listed package that is really installed."""
        package = next((p for p in self._packages if fullname == p or fullname.startswith(p + ".")), None)
        parent = fullname.rpartition(".")[0]
        if package is None:
            return None
        if fullname != package and not isinstance(sys.modules.get(parent), _StandinModule):
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _StandinModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Nothing to execute."""


class _LegacyVersion:
    """`packaging.version.LegacyVersion`, gone since packaging 22; rasa only asks whether a version is one."""

    def __init__(self, *_: Never) -> None:
        raise TypeError("LegacyVersion no longer exists")


def _give_back_attributes() -> None:
    import numpy as np  # noqa: PLC0415 (after the thread limits)
    import packaging.version  # noqa: PLC0415

    # set through __dict__: newer numpy answers getattr for removed names with an error of its own
    if "VisibleDeprecationWarning" not in vars(np):
        vars(np)["VisibleDeprecationWarning"] = np.exceptions.VisibleDeprecationWarning
    vars(packaging.version).setdefault("LegacyVersion", _LegacyVersion)


def _keep_texts_out_of_the_log() -> None:
    import structlog  # noqa: PLC0415 (costs time; only when rasa is wanted)

    if not structlog.is_configured():
        structlog.configure(
            wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
            logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        )


_WARNINGS_FOR_NOBODY = ("pkg_resources is deprecated", "Slot auto-fill has been removed")
"""How they begin: of an import in rasa, and of every domain that rasa loads."""


def install() -> None:
    """Make `import rasa` work; safe to call again."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    for variable in _SINGLE_THREAD:
        os.environ.setdefault(variable, "1")
    if not any(isinstance(finder, StandinFinder) for finder in sys.meta_path):
        sys.meta_path.append(StandinFinder())
        _give_back_attributes()
        _keep_texts_out_of_the_log()
        for message in _WARNINGS_FOR_NOBODY:
            warnings.filterwarnings("ignore", message=message)
