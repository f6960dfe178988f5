# SPDX-License-Identifier: Apache-2.0
"""The system-call filters that systemd makes of a service file, loaded into a child by libseccomp (which systemd needs itself).

What each line becomes is written in systemd.exec(5) and, where that is silent, in src/shared/seccomp-util.c of systemd 252.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import pathlib
import shutil
import signal
import socket
import subprocess

ALLOW, KILL_PROCESS = 0x7FFF0000, 0x80000000
NOT_EQUAL, LESS, EQUAL, GREATER, MASKED = 1, 2, 4, 6, 7
NO_NEW_PRIVS, BAD_ARCHITECTURE = 3, 2  # attributes
PROT_WRITE, PROT_EXEC, SHM_EXEC = 2, 4, 0o100000
O_CREAT, S_ISUID, S_ISGID = 0o100, 0o4000, 0o2000
NAMESPACES = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000, 0x00000080)
PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP = 38, 24

# Lines that are no filter of system calls, or none that can be had without systemd.
UNFILTERED = {
    "Type", "NotifyAccess", "ExecStart", "ExecReload", "OOMPolicy", "Restart", "RestartPreventExitStatus", "RestartSec", "WatchdogSec", "TimeoutStartSec",
    "TimeoutStopSec", "LimitNOFILE", "User", "Group", "StateDirectory", "StateDirectoryMode", "CacheDirectory", "CacheDirectoryMode",
    "RuntimeDirectory", "RuntimeDirectoryMode", "LogsDirectory", "LogsDirectoryMode", "ConfigurationDirectory", "ConfigurationDirectoryMode",
    "CapabilityBoundingSet", "AmbientCapabilities", "PrivateUsers", "PrivateTmp", "PrivateIPC", "DevicePolicy", "ProtectSystem", "ProtectHome",
    "ProtectProc", "ProcSubset", "ProtectControlGroups", "RemoveIPC", "SystemCallErrorNumber", "NoNewPrivileges", "UMask", "ProtectKernelTunables",
}


class Compare(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int), ("first", ctypes.c_uint64), ("second", ctypes.c_uint64)]


def failure(number: int) -> int:
    return 0x00050000 | number


@functools.lru_cache(None)
def library():
    loaded = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    loaded.seccomp_init.restype = ctypes.c_void_p
    loaded.seccomp_init.argtypes = [ctypes.c_uint32]
    loaded.seccomp_attr_set.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32]
    loaded.seccomp_load.argtypes = [ctypes.c_void_p]
    loaded.seccomp_syscall_resolve_name.argtypes = [ctypes.c_char_p]
    loaded.seccomp_rule_add_exact_array.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(Compare)]
    return loaded


def unavailable() -> str | None:
    """Why there can be no filter here."""
    if not shutil.which("systemd-analyze"):
        return "systemd-analyze is not installed"
    try:
        library()
    except OSError as error:
        return str(error)
    return None


@functools.lru_cache(None)
def group(name: str) -> frozenset[str]:
    """The system calls of a group, with those of the groups in it."""
    text = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True, timeout=60).stdout
    words = [line.strip() for line in text.splitlines()[1:] if not line.strip().startswith("#")]
    calls = set()
    for word in filter(None, words):
        calls |= group(word) if word.startswith("@") else {word}
    return frozenset(calls)


class Filter:
    """One filter; rules are (system call, what happens, comparisons of its arguments)."""

    def __init__(self, otherwise: int = ALLOW, foreign: int = ALLOW):
        self.context = library().seccomp_init(otherwise)
        assert self.context
        assert library().seccomp_attr_set(self.context, BAD_ARCHITECTURE, foreign) == 0

    def rule(self, call: str, action: int, *compared: tuple[int, int, int] | tuple[int, int, int, int]) -> Filter:
        number = library().seccomp_syscall_resolve_name(call.encode())
        if number >= 0:  # else unknown here, or of another machine
            array = (Compare * max(1, len(compared)))(*(Compare(*one) for one in compared))
            done = library().seccomp_rule_add_exact_array(self.context, action, number, len(compared), array)
            assert done in (0, -errno.EACCES), (call, done)  # EACCES: the action is that of every other call
        return self

    def load(self) -> None:
        done = library().seccomp_load(self.context)
        if done != 0:
            raise OSError(-done, "seccomp_load: " + os.strerror(-done))


def address_families(value: str) -> Filter:
    families = {int(getattr(socket, name)) for name in value.split()}
    made = Filter()
    for family in range(max(families) + 1):
        if family not in families:
            made.rule("socket", failure(errno.EAFNOSUPPORT), (0, EQUAL, family))
    return made.rule("socket", failure(errno.EAFNOSUPPORT), (0, GREATER, max(families)))


def no_write_execute() -> Filter:
    made = Filter()
    made.rule("mmap", failure(errno.EPERM), (2, MASKED, PROT_EXEC | PROT_WRITE, PROT_EXEC | PROT_WRITE))
    for call in ("mprotect", "pkey_mprotect"):
        made.rule(call, failure(errno.EPERM), (2, MASKED, PROT_EXEC, PROT_EXEC))
    return made.rule("shmat", failure(errno.EPERM), (2, MASKED, SHM_EXEC, SHM_EXEC))


def no_realtime() -> Filter:
    permitted = {os.SCHED_OTHER, os.SCHED_BATCH, os.SCHED_IDLE}
    made = Filter()
    for policy in range(max(permitted)):
        if policy not in permitted:
            made.rule("sched_setscheduler", failure(errno.EPERM), (1, EQUAL, policy))
    return made.rule("sched_setscheduler", failure(errno.EPERM), (1, GREATER, max(permitted)))


def no_set_id_bits() -> Filter:
    made = Filter()
    modes = {"chmod": 1, "fchmod": 1, "fchmodat": 2, "mkdir": 1, "mkdirat": 2, "mknod": 1, "mknodat": 2, "creat": 1}
    for bit in (S_ISUID, S_ISGID):
        for call, place in modes.items():
            made.rule(call, failure(errno.EPERM), (place, MASKED, bit, bit))
        made.rule("open", failure(errno.EPERM), (1, MASKED, O_CREAT, O_CREAT), (2, MASKED, bit, bit))
        made.rule("openat", failure(errno.EPERM), (2, MASKED, O_CREAT, O_CREAT), (3, MASKED, bit, bit))
    return made.rule("openat2", failure(errno.ENOSYS))  # its flags stand in memory, where a filter cannot look


def no_namespaces() -> Filter:
    made = Filter().rule("clone3", failure(errno.ENOSYS)).rule("setns", failure(errno.EPERM))
    for flag in NAMESPACES:
        made.rule("unshare", failure(errno.EPERM), (0, MASKED, flag, flag))
        made.rule("clone", failure(errno.EPERM), (0, MASKED, flag, flag))
    return made


def denied(*names: str) -> Filter:
    made = Filter()
    for name in names:
        for call in group(name) if name.startswith("@") else (name,):
            made.rule(call, failure(errno.EPERM))
    return made


def system_calls(lines: list[str], number: int) -> Filter:
    allowed: set[str] = set()
    for index, line in enumerate(lines):
        words = line.removeprefix("~").split()
        calls = set().union(*(group(word) if word.startswith("@") else {word} for word in words))
        if line.startswith("~"):
            assert index > 0, "a list that begins with what is denied"
            allowed -= calls
        else:
            allowed |= calls
    allowed |= group("@default")
    made = Filter(failure(errno.ENOSYS))
    for call in sorted(allowed):
        made.rule(call, ALLOW)
    for call in sorted(group("@known") - allowed):
        made.rule(call, failure(number))
    return made


class Unit:
    """A service file. `apply()` is for a child before it becomes the server: user, capabilities, umask and filters."""

    def __init__(self, file: pathlib.Path):
        self.lines: list[tuple[str, str]] = []
        section = ""
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                section = line
            elif "=" in line and not line.startswith("#") and section == "[Service]":
                key, _, value = line.partition("=")
                self.lines.append((key, value))
        self.filters = self._filters()

    def values(self, key: str) -> list[str]:
        return [value for name, value in self.lines if name == key]

    def _filters(self) -> list[Filter]:
        made = []
        for key, value in self.lines:
            if key == "RestrictAddressFamilies":
                made.append(address_families(value))
            elif key == "SystemCallArchitectures":
                assert value == "native", value
                made.append(Filter(foreign=KILL_PROCESS))
            elif key == "SystemCallFilter":
                continue
            elif key in UNFILTERED:
                assert not key.startswith("Restrict") or key.startswith("Restart"), key
            else:
                assert value in ("yes", "true"), (key, value)
                made.append(SWITCHES[key]())  # a KeyError: a line that this file does not know
        # As systemd does: the list comes last, so that loading the others is not caught by it.
        number = getattr(errno, (self.values("SystemCallErrorNumber") or ["EPERM"])[-1])
        made.append(system_calls(self.values("SystemCallFilter"), number))
        return made

    def apply(self, user: int | None) -> None:
        """Called between fork and exec; `user`: who root becomes."""
        os.umask(int((self.values("UMask") or ["022"])[-1], 8))
        libc = ctypes.CDLL(None, use_errno=True)
        if user is not None:
            for capability in range(64):
                libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # fails past the last one
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
        assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        for one in self.filters:
            one.load()
        signal.pthread_sigmask(signal.SIG_SETMASK, ())


SWITCHES = {
    "MemoryDenyWriteExecute": no_write_execute,
    "RestrictRealtime": no_realtime,
    "RestrictSUIDSGID": no_set_id_bits,
    "RestrictNamespaces": no_namespaces,
    "LockPersonality": lambda: Filter().rule("personality", failure(errno.EPERM), (0, NOT_EQUAL, 0)),
    "ProtectKernelModules": lambda: denied("@module"),
    "ProtectKernelLogs": lambda: denied("syslog"),
    "ProtectClock": lambda: denied("@clock"),
    "ProtectHostname": lambda: denied("sethostname", "setdomainname"),
    "PrivateDevices": lambda: denied("@raw-io"),
}
