# SPDX-License-Identifier: Apache-2.0
"""Plugin files that were not built with this tree's headers, or not in this tree, under a real mortised.

    foreign_files.py PATH=FILE...      FILE answers GET PATH with a greeting

Fails on a file that is refused, or that does not serve."""

from __future__ import annotations

import pathlib
import sys

from mortised import PLUGINS, Mortised, eventually, run

# Of the examples: which setting says who is greeted.
SETTING = {"/hello": "name", "/c-hello": "greeting", "/rust-hello": "greeting"}


def serve(path: str, file: pathlib.Path) -> None:
    """Verifies the file, loads it beside the usual router, and asks it before and after a reload with another setting."""
    done = run("--verify-plugin", file)
    assert done.returncode == 0, f"{file} is refused: {done.stdout}{done.stderr}"
    name, setting = file.stem, SETTING[path]
    plugins = {"routing": {}, "logging": {}, name: {"file": str(file), setting: "first"}}
    with Mortised(server={"plugin_directory": str(PLUGINS)}, plugins=plugins) as server:
        answer = server.get(path)
        assert (answer.status, answer.json) == (200, {"hello": "first"}), f"{file}: {answer}"
        server.folder.plugins[name][setting] = 'se"cond'
        server.folder.write()
        server.reload()
        answer = server.get(path)
        assert (answer.status, answer.json) == (200, {"hello": 'se"cond'}), f"{file}: {answer}"
        assert server.request("POST", path).status == 405
        if path == "/rust-hello":
            panics(server)


def panics(server: Mortised) -> None:
    """A panic is a 500 of one request that the log explains; the plugin logs what it does."""
    server.wait_for("Greeted", client="127.0.0.1")
    answer = server.get("/rust-hello/panic")
    assert answer.status == 500 and "bytes" not in answer.body.decode(), answer
    eventually(lambda: [line for line in server.lines if "panic: a greeting of 7 bytes is no reason to" in line],
               "the panic is logged")
    assert server.get("/rust-hello").status == 200


def main() -> None:
    for argument in sys.argv[1:]:
        path, _, file = argument.partition("=")
        serve(path, pathlib.Path(file).resolve())
        print(f"{file} serves {path}")


if __name__ == "__main__":
    main()
