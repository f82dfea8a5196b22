"""The stock command line, as `zoe rasa …` runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlu.project import Project
from nlu.stock import rasa_main


def test_it_runs_and_returns_its_status(capfd: pytest.CaptureFixture[str]) -> None:
    assert rasa_main(["--version"]) == 0
    assert "3.6.21" in capfd.readouterr().out
    assert rasa_main(["no-such-command"]) == 2


def test_stock_tests_run_on_the_projects_model(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.root)
    model = str(project.best_model())
    data = str(project.data / "nlu" / "en")
    out = tmp_path / "results"
    assert rasa_main(["test", "nlu", "--model", model, "--nlu", data, "--out", str(out), "--no-plot"]) == 0
    assert (out / "intent_report.json").exists()
