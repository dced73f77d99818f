"""What the server and the processes agree on; neither loads the other for it."""

import struct
from typing import Final

LENGTH: Final = struct.Struct("!I")
"""Stands before each frame."""

TURN_S: Final = 2
"""How long a script may keep the processor at once."""

EXPIRED: Final = "Script exceeded allowed execution time"
