# SPDX-License-Identifier: Apache-2.0
"""Plugin files that were not built with this tree's headers, or not in this tree, under a real mortised.

    foreign_files.py PATH=FILE...      FILE answers GET PATH with a greeting

Fails on a file that is refused, or that does not serve."""

from __future__ import annotations

import pathlib
import sys

from mortised import PLUGINS, Mortised, run

# Of the examples: which setting says who is greeted.
SETTING = {"/hello": "name", "/c-hello": "greeting"}


def serve(path: str, file: pathlib.Path) -> None:
    """Verifies the file, loads it beside the usual router, and asks it before and after a reload with another setting."""
    done = run("--verify-plugin", file)
    assert done.returncode == 0, f"{file} is refused: {done.stdout}{done.stderr}"
    name, setting = file.stem, SETTING[path]
    plugins = {"routing": {}, name: {"file": str(file), setting: "first"}}
    with Mortised(server={"plugin_directory": str(PLUGINS)}, plugins=plugins) as server:
        answer = server.get(path)
        assert (answer.status, answer.json) == (200, {"hello": "first"}), f"{file}: {answer}"
        server.folder.plugins[name][setting] = 'se"cond'
        server.folder.write()
        server.reload()
        answer = server.get(path)
        assert (answer.status, answer.json) == (200, {"hello": 'se"cond'}), f"{file}: {answer}"
        assert server.request("POST", path).status == 405


def main() -> None:
    for argument in sys.argv[1:]:
        path, _, file = argument.partition("=")
        serve(path, pathlib.Path(file))
        print(f"{file} serves {path}")


if __name__ == "__main__":
    main()
