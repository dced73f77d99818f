"""What the server and the processes agree on; neither loads the other for it."""

import struct
from typing import Final

LENGTH: Final = struct.Struct("!I")
"""Stands before each frame."""

TURN_S: Final = 2
"""How long a script may keep the processor at once."""

ADDRESS_SPACE_BYTES: Final = 768 << 20
"""What a process may have at all."""

HOUSE_LINE: Final = 20_000
"""Our own code stands behind this line of the engine, so that a trace tells whose a line is."""
