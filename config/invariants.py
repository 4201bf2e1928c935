"""Every app's invariants, in the order of the apps."""

from __future__ import annotations

from audit.invariants import INVARIANTS as AUDIT
from compensation.invariants import INVARIANTS as COMPENSATION
from rotation.invariants import INVARIANTS as ROTATION
from volunteers.invariants import INVARIANTS as VOLUNTEERS

ALL = [*AUDIT, *VOLUNTEERS, *ROTATION, *COMPENSATION]
