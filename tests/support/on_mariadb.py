# SPDX-License-Identifier: Apache-2.0
"""on_mariadb.py TEST [ARGUMENT...]: runs a test's file beside a MariaDB of its own, in which each configuration that names a file of
SQLite gets a database in its place (stored.py)."""

from __future__ import annotations

import os
import subprocess
import sys

from mariadb import MariaDb, available


def main() -> int:
    if not available():
        print("mariadbd is not there: install mariadb-server")
        return 1 if os.environ.get("CI") == "true" else 77
    with MariaDb() as server:
        place = server.url.rpartition("/")[0]
        return subprocess.run([sys.executable, "-B", *sys.argv[1:]], env={**os.environ, "MORTISE_TEST_MARIADB": place}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
