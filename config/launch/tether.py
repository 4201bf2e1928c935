"""Becomes another program that dies with the process that started this one.

Run as a file, without anything of Rota: `python tether.py PARENT SIGNAL USER -- PROGRAM …`.
PARENT is the process number of the starter, SIGNAL what the kernel sends when that one ends, even
by kill -9, and USER the account to change to, or a dash. The kernel knows this on Linux only.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import sys

SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG in <sys/prctl.h>


def main(arguments: list[str]) -> None:
    """Change the user, ask for the signal, become the program."""
    parent, number, user = arguments[:3]
    if user != "-":
        _become(user)
    if sys.platform == "linux":
        # After the change of user, which would clear it.
        ctypes.CDLL(None, use_errno=True).prctl(SET_PARENT_DEATH_SIGNAL, int(number), 0, 0, 0)
    if os.getppid() != int(parent):
        os.kill(os.getpid(), signal.SIGKILL)  # the starter ended before the kernel was asked
    program = arguments[4:]
    os.execvp(program[0], program)  # noqa: S606 - the starter chose the program


def _become(user: str) -> None:
    account = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


if __name__ == "__main__":
    main(sys.argv[1:])
