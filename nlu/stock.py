"""The stock Rasa command line under the compatibility module, for `zoe rasa …`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

from nlu.settings import DialogueSettings, read_project


def rasa_main(argv: Sequence[str]) -> int:
    """Runs `rasa ARGV…` in the current folder and returns its exit status.

    Variables that `endpoints.yml` names and nobody set get harmless defaults, so that `zoe rasa shell` starts.
    """
    for name, value in _endpoint_defaults(os.environ).items():
        os.environ.setdefault(name, value)
    from rasa.__main__ import main  # noqa: PLC0415 (seconds of import; only when needed)

    before = sys.argv
    sys.argv = ["rasa", *argv]
    try:
        main()
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    finally:
        sys.argv = before
    return 0


def _endpoint_defaults(variables: Mapping[str, str]) -> dict[str, str]:
    return DialogueSettings(
        token="",
        actions_token=variables.get("ZOE_ACTIONS_TOKEN", "none"),
        actions_url="http://127.0.0.1:5055",
        data_dir=read_project(variables).root,
        tracker_url="sqlite://",
        project=read_project(variables),
    ).endpoint_variables()
