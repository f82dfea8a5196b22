"""A part ends with its supervisor, however that one ended.

`zoe up` holds the writing end of a pipe that it never writes to, and each part the reading end: when the supervisor is
gone, killed with SIGKILL too, the kernel closes the pipe and the part reads its end. A pipe and not
`prctl(PR_SET_PDEATHSIG)`, because that is Linux's alone, fires when the *thread* that started the child ends, and is
missed when the parent dies between fork and prctl.
"""

import os
import signal
import threading
import time
from collections.abc import MutableMapping

SUPERVISOR_FD = "ZOE_SUPERVISOR_FD"
"""The number of the pipe's reading end; set by `zoe up` for its parts only, no setting."""

GRACE_S = 30.0
"""How long a part may take to stop before it is killed.

Longer than the slowest of them needs: `web` gives open requests 5 s on each of two ports and mails that are being sent
10 s, the dialogue finishes a turn within 20 s.
"""


def end_with_supervisor(variables: MutableMapping[str, str], *, grace_s: float = GRACE_S) -> None:
    """Watches the supervisor from a thread; without one (a part that was started alone) does nothing."""
    raw = variables.pop(SUPERVISOR_FD, "")
    if raw.isdecimal():
        threading.Thread(target=_watch, args=(int(raw), grace_s), daemon=True, name="supervisor").start()


def _watch(fd: int, grace_s: float) -> None:
    """Stops this process in good order once the pipe ends, and by force after `grace_s`."""
    while os.read(fd, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace_s)
    os._exit(1)
