"""Training: only when something changed, whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nlu.project import Project
from nlu.training import TrainingError, train
from tests.integration.nlu import tiny_project


def test_nothing_changed_nothing_trained(project: Project) -> None:
    said: list[str] = []
    model = train(said.append, project)
    assert said == ["The model is up to date."]
    assert model == project.best_model()


def test_the_fingerprint_follows_every_input(tmp_path: Path) -> None:
    made = tiny_project.make(tmp_path)
    seen = {made.fingerprint()}
    for file in (made.config, made.domain, made.data / "nlu" / "pt" / "tiny.yml", made.data / "rules" / "tiny.yml"):
        file.write_text(file.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
        seen.add(made.fingerprint())
    assert len(seen) == 5


def test_a_refused_project_says_why_and_leaves_no_model(tmp_path: Path) -> None:
    made = tiny_project.make(tmp_path)
    made.domain.write_text("intents: {{", encoding="utf-8")
    with pytest.raises(TrainingError, match="domain"):
        train(lambda _: None, made)
    assert made.models() == []


def test_without_a_current_model_the_newest_is_served(project: Project, tmp_path: Path) -> None:
    other = replace(project, root=tiny_project.make(tmp_path).root)
    other.domain.write_text(tiny_project.DOMAIN + "# other\n", encoding="utf-8")
    assert other.best_model() == project.best_model()
