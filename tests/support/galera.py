# SPDX-License-Identifier: Apache-2.0
"""Two MariaDB servers that replicate to each other by Galera, their data in memory."""

from __future__ import annotations

import os
import pathlib
import shutil
import socket
import time

import mariadb
from mariadb import MariaDb

PROVIDER = pathlib.Path("/usr/lib/galera/libgalera_smm.so")
JOIN_S = 60.0 * mariadb.SLOWNESS


def available() -> bool:
    return mariadb.available() and PROVIDER.exists() and shutil.which("rsync") is not None


def _free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _arguments(own: int, transfer: int, others: list[int]) -> list[str]:
    return ["--wsrep-on=ON", f"--wsrep-provider={PROVIDER}", "--wsrep-cluster-name=mortise-test", "--wsrep-sst-method=rsync",
            f"--wsrep-cluster-address=gcomm://{','.join(f'127.0.0.1:{port}' for port in others)}",
            f"--wsrep-node-address=127.0.0.1:{own}", "--binlog-format=ROW", "--innodb-autoinc-lock-mode=2",
            f"--wsrep-provider-options=gmcast.listen_addr=tcp://127.0.0.1:{own};ist.recv_addr=127.0.0.1:{transfer};gcache.size=64M"]


class Galera:
    """`with Galera() as cluster:` its `nodes` accept connections and writes, each of which all have."""

    def __init__(self) -> None:
        if not available():
            raise AssertionError("there is no Galera: install mariadb-server, galera-4 and rsync")
        first, second, first_transfer, second_transfer = _free_ports(4)
        self.nodes = [MariaDb(*_arguments(first, first_transfer, []), "--wsrep-new-cluster"),
                      MariaDb(*_arguments(second, second_transfer, [first]))]

    def __enter__(self) -> Galera:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> None:
        first, second = self.nodes
        # The second begins with the first one's data, so that it needs what came since and no copy of all.
        first.start()
        first.stop()
        shutil.rmtree(second.data)
        shutil.copytree(first.data, second.data)
        # As root, rsync's daemon is nobody.
        os.chmod(second.folder, 0o755)
        os.chmod(second.data, 0o777)
        first.start()
        second.start()
        deadline = time.monotonic() + JOIN_S
        while self.size() != 2:
            if time.monotonic() > deadline:
                raise AssertionError(f"the second node did not join:\n{second.log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.1)

    def size(self) -> int:
        """How many nodes the last one sees, itself ready."""
        status = dict(self.nodes[-1].sql("SHOW STATUS WHERE Variable_name IN ('wsrep_cluster_size', 'wsrep_ready')"))
        return int(status["wsrep_cluster_size"]) if status.get("wsrep_ready") == "ON" else 0

    def close(self) -> None:
        for node in self.nodes:
            node.close()
