"""Free ports for the parts that only talk to each other."""

import socket
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from httpkit.environment import Environment


def free_ports(count: int, settings: Mapping[str, str], names: Sequence[str]) -> list[int]:
    """`count` loopback ports: the one that a setting of `names` gives, else one that is free at this moment.

    Raises SettingsError for a setting that is no port.
    """
    env = Environment(settings)
    with ExitStack() as stack:
        ports = []
        for name in names[:count]:
            chosen = env.integer(name.removeprefix("ZOE_"), 0, most=65535)
            if chosen:
                ports.append(chosen)
                continue
            listener = stack.enter_context(socket.socket())
            listener.bind(("127.0.0.1", 0))
            ports.append(listener.getsockname()[1])
        return ports
