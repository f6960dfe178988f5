# SPDX-License-Identifier: Apache-2.0
"""The folders of plugin instances, and where relative paths of the configuration start."""

import os
import pathlib
import shutil
import sqlite3
import stat
import subprocess
import unittest

from mortised import PROGRAM, ROOT, Folder, Mortised, environment, run

REPORTS = "reports-folders"
BASE = {"routing": {}, "logging": {}, REPORTS: {}}


class Folders(unittest.TestCase):
    def setUp(self):
        self.folder = Folder(plugins=BASE)
        self.addCleanup(self.folder.remove)

    def serve(self) -> Mortised:
        server = Mortised(self.folder)
        self.addCleanup(server.close)
        return server

    def places(self) -> dict[str, pathlib.Path]:
        return {
            "state": self.folder.state / "plugins" / REPORTS,
            "cache": self.folder.cache / "plugins" / REPORTS,
            "runtime": self.folder.state / "run" / "plugins" / REPORTS,
        }

    def refused(self) -> str:
        done = run("--config", self.folder.config)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        return done.stdout + done.stderr

    def test_are_made_for_their_user_alone(self):
        server = self.serve()
        reported = server.get("/folders").json
        for name, place in self.places().items():
            self.assertEqual(reported[name], str(place))
            self.assertEqual((place / "left").read_text(), "by start")
            for folder in (place, place.parent):
                self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o700, folder)
        self.assertEqual(reported["configuration"], str(self.folder.config))
        self.assertEqual(reported["place"], "")

    def test_another_runtime_directory(self):
        self.folder.server["runtime_directory"] = str(self.folder.path / "run")
        self.folder.write()
        self.assertEqual(self.serve().get("/folders").json["runtime"], str(self.folder.path / "run" / "plugins" / REPORTS))

    def test_the_service_managers_runtime_directory(self):
        server = Mortised(self.folder, env={"RUNTIME_DIRECTORY": f"{self.folder.path}/given:{self.folder.path}/other"})
        self.addCleanup(server.close)
        self.assertEqual(server.get("/folders").json["runtime"], str(self.folder.path / "given" / "plugins" / REPORTS))

    def test_runtime_folders_are_emptied_at_the_start(self):
        server = self.serve()
        place = self.places()["runtime"]
        (place / "stale").mkdir()
        (place / "stale" / "socket").touch()
        (self.places()["state"] / "kept").touch()
        server.folder.plugins[REPORTS] = {"place": "/else"}
        server.folder.write()
        server.reload()
        self.assertTrue((place / "stale" / "socket").exists(), "a reload removes nothing")
        server.kill()
        server.restart()
        self.assertEqual(sorted(path.name for path in place.iterdir()), ["left"])
        self.assertTrue((self.places()["state"] / "kept").exists())

    def test_a_runtime_directory_has_one_server(self):
        self.folder.server["runtime_directory"] = str(self.folder.path / "run")
        self.folder.write()
        server = self.serve()
        self.folder.server["state_directory"] = str(self.folder.path / "state2")
        self.folder.write()
        self.assertIn(f"the runtime directory {self.folder.path}/run is in use by process {server.pid}; stop it, or set "
                      "another server.runtime_directory", self.refused())
        self.assertEqual(server.get("/folders").status, 200)

    def test_checks_make_nothing(self):
        for mode in ("--check-config", "--print-config", "--list-plugins"):
            self.assertEqual(run("--config", self.folder.config, mode).returncode, 0)
            self.assertFalse(self.folder.state.exists() or self.folder.cache.exists(), mode)

    def test_something_else_lies_there(self):
        own = rf"plugin '{REPORTS}' \(org.mortise.fixtures.{REPORTS} 1.0.0\)"
        for name in ("state", "cache"):
            place = self.places()[name]
            for spot, who in ((place, own), (place.parent, "plugin '[a-z-]+' .*")):
                begin = f"{who}: start failed: its {name} folder: '{spot}' "
                with self.subTest(spot=spot):
                    for folder in (self.folder.state, self.folder.cache):
                        shutil.rmtree(folder, ignore_errors=True)
                    spot.parent.mkdir(parents=True)
                    spot.write_text("a file")
                    self.assertRegex(self.refused(), begin + "is no folder; move away what lies there")
                    spot.unlink()
                    spot.symlink_to(self.folder.path)
                    self.assertRegex(self.refused(), begin + "is a symbolic link, which is not followed; replace it by a folder")
                    self.assertFalse((self.folder.path / "left").exists())

    @unittest.skipUnless(ROOT, "only root can make a folder of another user")
    def test_of_another_user(self):
        place = self.places()["state"]
        place.mkdir(parents=True)
        os.chown(place, 4321, 4321)
        self.assertIn(f"its state folder: '{place}' belongs to the user '4321', and this server runs as 'root'; chown it",
                      self.refused())

    def test_the_root_cannot_be_made(self):
        (self.folder.path / "file").touch()
        self.folder.server["cache_directory"] = str(self.folder.path / "file" / "cache")
        self.folder.write()
        self.assertIn("file/cache", self.refused())


class Paths(unittest.TestCase):
    def setUp(self):
        self.folder = Folder(plugins={**BASE, REPORTS: {"place": "some/where"}})
        self.addCleanup(self.folder.remove)
        self.elsewhere = self.folder.path / "elsewhere"
        self.elsewhere.mkdir()

    def print(self) -> str:
        done = subprocess.run([PROGRAM, "--config", self.folder.config, "--print-config"], cwd=self.elsewhere,
                              env=environment(), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_start_in_the_folder_of_the_configuration(self):
        server = Mortised(self.folder)
        self.addCleanup(server.close)
        self.assertEqual(server.get("/folders").json["place"], str(self.folder.config / "some" / "where"))
        self.assertIn(f"place = {self.folder.config}/some/where  # {self.folder.file}:", self.print())

    def test_wherever_they_are_set(self):
        (self.folder.config / "plugins.d").mkdir()
        (self.folder.config / "plugins.d" / "more.ini").write_text(f"[plugin.{REPORTS}]\nplace = of/another\n")
        server = Mortised(self.folder)
        self.addCleanup(server.close)
        self.assertEqual(server.get("/folders").json["place"], str(self.folder.config / "of" / "another"))
        server.stop()
        server.arguments = ("--set", f"plugin.{REPORTS}.place=of/the/line")
        server.restart()
        self.assertEqual(server.get("/folders").json["place"], str(self.folder.config / "of" / "the" / "line"))

    def test_what_lies_in_the_working_directory_is_used_from_there(self):
        (self.elsewhere / "some" / "where").mkdir(parents=True)
        self.assertRegex(self.print(), rf"place = {self.elsewhere}/some/where  # \S+; from the working directory, as "
                                       rf"before; a relative path starts in {self.folder.config}\n")
        (self.folder.config / "some" / "where").mkdir(parents=True)
        self.assertIn(f"place = {self.folder.config}/some/where  #", self.print())

    def test_folders_of_the_server(self):
        self.folder.server.update(state_directory="state", cache_directory="cache")
        self.folder.write()
        server = Mortised(self.folder)
        self.addCleanup(server.close)
        self.assertEqual(server.get("/folders").json["state"], str(self.folder.config / "state" / "plugins" / REPORTS))

    def test_data_at_an_old_place_is_used_from_there(self):
        self.folder.plugins["database"] = {"url": "sqlite:///data/test.db"}
        self.folder.plugins["logging"] = {"output": "stdout, file"}
        self.folder.write()
        old = self.folder.state / "data" / "test.db"
        old.parent.mkdir(parents=True)
        (self.folder.state / "mortise.log").touch()
        with sqlite3.connect(old) as database:
            database.execute("CREATE TABLE of_before (id INTEGER)")
        shown = self.print()
        for name in ("data", "mortise.log"):
            self.assertIn(f"# {self.folder.state}/{name} is at an old place: a plugin that has it uses it from there, else "
                          "from plugins/<plugin> beside it", shown)
        server = Mortised(self.folder)
        self.addCleanup(server.close)
        server.stop()
        self.assertTrue((self.folder.state / "mortise.log").stat().st_size > 0)
        self.assertEqual([path.name for path in self.folder.state_of("database").iterdir()], [])
        self.assertEqual([path.name for path in self.folder.state_of("logging").iterdir()], [])

    def test_new_data_lies_in_the_state_folder(self):
        self.folder.plugins["database"] = {"url": "sqlite:///data/test.db"}
        self.folder.write()
        server = Mortised(self.folder)
        self.addCleanup(server.close)
        self.assertTrue((self.folder.state_of("database") / "data" / "test.db").exists())
        self.assertNotIn("old place", self.print())


if __name__ == "__main__":
    unittest.main()
