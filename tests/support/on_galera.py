# SPDX-License-Identifier: Apache-2.0
"""on_galera.py TEST [ARGUMENT...]: runs a test's file as on_mariadb.py does, beside a cluster of two: mortised has its databases on one
node, and the test looks at them on the other."""

from __future__ import annotations

import os
import subprocess
import sys

from galera import Galera, available


def main() -> int:
    if not available():
        print("Galera is not there: install mariadb-server, galera-4 and rsync")
        return 1 if os.environ.get("CI") == "true" else 77
    with Galera() as cluster:
        first, second = (node.url.rpartition("/")[0] for node in cluster.nodes)
        environment = {**os.environ, "MORTISE_TEST_MARIADB": first, "MORTISE_TEST_MARIADB_OTHER": second}
        return subprocess.run([sys.executable, "-B", *sys.argv[1:]], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
