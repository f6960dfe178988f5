# SPDX-License-Identifier: Apache-2.0
"""A build that root can serve from and check: checks are made as another user, and the tree may lie where only root goes, or be
somebody's whom a server of root's does not trust."""

import atexit
import os
import pathlib
import shutil
import tempfile

PARTS = ("bin", "lib/mortise/plugins", "fixtures/plugins")


def is_reachable(folder: pathlib.Path) -> bool:
    """Whether any user may look into the folder, and none but root and this one may change it."""
    for place in (folder, *folder.parents):
        status = place.stat()
        changeable = status.st_mode & 0o022 and not status.st_mode & 0o1000
        if not status.st_mode & 0o001 or changeable or status.st_uid not in (0, os.geteuid()):
            return False
    return True


def reachable(build: pathlib.Path) -> pathlib.Path:
    """The build folder, or for root, where it is closed to others or changeable by them, one with its programs and plugins that lasts as long as this process."""
    if os.geteuid() != 0 or not build.exists() or is_reachable(build):
        return build
    copy = pathlib.Path(tempfile.mkdtemp(prefix="mortise-build-"))
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    copy.chmod(0o755)
    for part in PARTS:
        (copy / part).mkdir(parents=True)
        for file in (build / part).glob("*"):
            if file.is_file():
                shutil.copy2(file, copy / part)
    return copy
