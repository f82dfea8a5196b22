"""Each part of `zoe up` gets its own settings and nobody else's secrets."""

from pathlib import Path

from bot.cli.up import ACTIONS_SETTINGS, DIALOGUE_SETTINGS, only, part_environment

SECRETS = {
    "ZOE_SECRET_KEY": "s" * 40,
    "ZOE_SECRET_KEY_FILE": "/run/secrets/key",
    "ZOE_DATABASE_URL": "postgresql://zoe:word@db/zoe",
    "ZOE_SMTP_PASSWORD": "word",
    "ZOE_DEMO_PASSWORD": "word",
}


def test_the_dialogue_can_hand_in_nothing_and_open_nothing() -> None:
    whole = part_environment(SECRETS | {"PATH": "/bin"}, port=8080, data_dir=Path("data"))
    dialogue, actions = only(whole, DIALOGUE_SETTINGS), only(whole, ACTIONS_SETTINGS)
    for part in (dialogue, actions):
        assert part["PATH"] == "/bin"
        assert not set(SECRETS) & set(part)
        assert "ZOE_INTERNAL_TOKEN" not in part
    assert "ZOE_INTERNAL_ACTIONS_TOKEN" not in dialogue
    assert {"ZOE_DIALOGUE_TOKEN", "ZOE_ACTIONS_TOKEN", "ZOE_ACTIONS_URL"} <= set(dialogue)
    assert "ZOE_DIALOGUE_TOKEN" not in actions
