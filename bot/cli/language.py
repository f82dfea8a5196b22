"""`zoe train`, `zoe nlu …`, `zoe rasa …`."""

import json
import os
import sys
from pathlib import Path

import click


@click.command()
@click.option("--force", is_flag=True, help="Train even when the model is current for its inputs.")
def train(force: bool) -> None:
    """Trains the model when its inputs have changed."""
    from nlu.settings import read_project  # noqa: PLC0415 - imported when the command runs
    from nlu.training import TrainingError  # noqa: PLC0415
    from nlu.training import train as train_model  # noqa: PLC0415

    try:
        train_model(click.echo, read_project(os.environ), force=force)
    except TrainingError as error:
        raise click.ClickException(str(error)) from None


@click.group()
def nlu() -> None:
    """What Zoe understands."""


@nlu.command()
def parse() -> None:
    """JSON lines {"text"} on standard input, one line out for each."""
    from nlu.parsing import parse_stream  # noqa: PLC0415
    from nlu.settings import read_project  # noqa: PLC0415

    parse_stream(sys.stdin, sys.stdout, read_project(os.environ))


@nlu.command(name="eval")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The whole result as JSON.")
def evaluate(file: Path, as_json: bool) -> None:
    """Accuracy over rows {"text","intent","lang"}."""
    from nlu.evaluation import evaluate as evaluate_file  # noqa: PLC0415
    from nlu.settings import read_project  # noqa: PLC0415

    result = evaluate_file(file, read_project(os.environ))
    if as_json:
        click.echo(json.dumps(result))
        return
    for name, value in result.items():
        if not isinstance(value, dict):
            click.echo(f"{name:>14}  {value}")
            continue
        click.echo(f"{name}:")
        for key, part in sorted(value.items(), key=lambda item: item[1] if item[1] is not None else -1):
            click.echo(f"{key:>28}  {part}")


@nlu.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--html", "page_file", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--png", "picture", type=click.Path(dir_okay=False, path_type=Path), help="Also as a picture (Chromium).")
def confusions(file: Path, page_file: Path, picture: Path | None) -> None:
    """The confusion report over rows {"text","intent","lang"}: an HTML page, and the page as a picture."""
    from nlu.confusions import NoBrowserError, draw, page  # noqa: PLC0415
    from nlu.evaluation import judge  # noqa: PLC0415
    from nlu.settings import read_project  # noqa: PLC0415

    page_file.write_text(page(judge(file, read_project(os.environ))), encoding="utf-8")
    if picture is not None:
        try:
            draw(page_file, picture)
        except NoBrowserError as error:
            raise click.ClickException(str(error)) from None


@nlu.command()
def check() -> None:
    """Duplicates, conflicts, near-duplicates across intents and leaks in the training data."""
    from nlu.data_check import report  # noqa: PLC0415

    sys.exit(report(click.echo))


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def rasa(arguments: tuple[str, ...]) -> None:
    """The stock Rasa command line under the compatibility module."""
    from nlu.stock import rasa_main  # noqa: PLC0415

    sys.exit(rasa_main(list(arguments)))
