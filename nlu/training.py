"""Trains the model when, and only when, something it is made from has changed."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from nlu.project import Project

Progress = Callable[[str], None]

_KEPT_MODELS = 2


class TrainingError(Exception):
    """Rasa refused the project; the message holds what it said."""


def train(progress: Progress, project: Project, *, force: bool = False) -> Path:
    """Returns the path of a model for the project's present inputs, trained now if there is none.

    `progress` gets short lines for a person. The model appears under its name at once and whole, so a server that
    starts meanwhile never reads half of one. Raises TrainingError.
    """
    target = project.model_path(project.fingerprint())
    if target.exists() and not force:
        progress("The model is up to date.")
        return target
    started = time.monotonic()
    progress("Training the model (about half a minute) …")
    project.model_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=project.model_dir, prefix=".training-") as folder:
        made = _run_rasa(project, Path(folder), progress)
        made.replace(target)
    for old in [path for path in project.models() if path != target][_KEPT_MODELS - 1 :]:
        old.unlink(missing_ok=True)
    progress(f"Model ready after {time.monotonic() - started:.0f} s.")
    return target


def _run_rasa(project: Project, folder: Path, progress: Progress) -> Path:
    # Rasa's own cache knows a component class's source but not the modules it uses; the fingerprint does.
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    from rasa.model_training import train as rasa_train  # noqa: PLC0415 (seconds of import; only when needed)

    said = io.StringIO()
    try:
        with _project_importable(project.root), _component_lines(progress), _captured(said):
            result = rasa_train(
                domain=str(project.domain),
                config=str(project.config),
                training_files=[str(project.data)],
                output=str(folder),
                fixed_model_name="model",
                force_training=True,
            )
    except (Exception, SystemExit) as error:
        raise TrainingError(f"{said.getvalue().strip()}\n{error}".strip()) from error
    if result.code != 0 or not result.model:
        raise TrainingError(said.getvalue().strip() or "no model was made")
    return Path(result.model)


@contextlib.contextmanager
def _captured(into: io.StringIO) -> Iterator[None]:
    with contextlib.redirect_stdout(into), contextlib.redirect_stderr(into):
        yield


@contextlib.contextmanager
def _project_importable(root: Path) -> Iterator[None]:
    """Rasa imports components by module path; the project's root must be on the path."""
    added = str(root) not in sys.path
    if added:
        sys.path.insert(0, str(root))
    try:
        yield
    finally:
        if added:
            sys.path.remove(str(root))


class _ForwardComponents(logging.Handler):
    """Passes Rasa's "Starting to train component 'X'." lines on."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(logging.INFO)
        self._progress = progress
        self._stdout = sys.stdout

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if message.startswith("Starting to train"):
            with contextlib.redirect_stdout(self._stdout):
                self._progress("  " + message.removeprefix("Starting to train component ").strip("'."))


@contextlib.contextmanager
def _component_lines(progress: Progress) -> Iterator[None]:
    logger = logging.getLogger("rasa.engine.training.hooks")
    handler, level, propagate = _ForwardComponents(progress), logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        logger.propagate = propagate
