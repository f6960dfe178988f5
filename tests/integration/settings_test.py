# SPDX-License-Identifier: Apache-2.0
"""Where settings come from, which one wins, and how mistakes are told."""

import re
import shutil
import unittest

from mortised import PLUGINS as PLUGIN_FOLDER
from mortised import SOURCE, Folder, Mortised, open_folder, run

SIMPLE = {"routing": {}, "logging": {}, "hello": {}}


class Printed:
    """What --print-config says: values and origins."""

    def __init__(self, done):
        assert done.returncode == 0, done
        self.text = done.stdout
        self.values: dict[str, str] = {}
        self.origins: dict[str, str] = {}
        section = ""
        for line in done.stdout.splitlines():
            if match := re.fullmatch(r"\[([^]]+)\]\s*(?:[;#].*)?", line.strip()):
                section = match[1]
            elif match := re.fullmatch(r"([a-z0-9_]+)\s*=\s*(.*?)(?:\s+[;#]\s*(.*))?", line.strip()):
                self.values[f"{section}.{match[1]}"] = match[2]
                self.origins[f"{section}.{match[1]}"] = match[3] or ""


class SettingsTest(unittest.TestCase):
    def setUp(self):
        self.folder = Folder(plugins=SIMPLE)
        self.addCleanup(self.folder.remove)

    def print(self, *arguments, env=None) -> Printed:
        return Printed(run("--config", self.folder.config, *arguments, "--print-config", env=env))

    def refused(self, *said, env=None, arguments=(), mode=("--check-config",)):
        done = run("--config", self.folder.config, *arguments, *mode, env=env)
        self.assertEqual(done.returncode, 78, done)
        for text in said:
            self.assertIn(text, done.stderr)
        return done.stderr


class Layers(SettingsTest):
    # contract: settings.keys, settings.origin
    def test_layers_win_in_order(self):
        key = "plugin.hello.name"
        self.assertEqual(self.print().values[key], "world")
        self.assertIn("default", self.print().origins[key])
        self.folder.plugins["hello"]["name"] = "file"
        self.folder.write()
        printed = self.print()
        self.assertEqual(printed.values[key], "file")
        self.assertRegex(printed.origins[key], r"mortise\.ini:\d+")
        (self.folder.config / "plugins.d").mkdir()
        (self.folder.config / "plugins.d" / "10-hello.ini").write_text("[plugin.hello]\nname = drop-in\n")
        self.assertEqual(self.print().values[key], "drop-in")
        (self.folder.config / "plugins.d" / "20-hello.xml").write_text('<mortise><plugin name="hello"><name>later</name></plugin></mortise>')
        printed = self.print()
        self.assertEqual(printed.values[key], "later")
        self.assertIn("20-hello.xml", printed.origins[key])
        env = {"MORTISE_PLUGIN_HELLO_NAME": "variable"}
        printed = self.print(env=env)
        self.assertEqual(printed.values[key], "variable")
        self.assertIn("MORTISE_PLUGIN_HELLO_NAME", printed.origins[key])
        printed = self.print("--set", f"{key}=argument", env=env)
        self.assertEqual(printed.values[key], "argument")
        self.assertIn("--set", printed.origins[key])

    # contract: settings.keys
    def test_plugins_are_off_unless_enabled(self):
        del self.folder.plugins["hello"]
        self.folder.write()
        with Mortised(self.folder) as server:
            self.assertEqual(server.get("/hello").status, 404)
        with Mortised(self.folder, env={"MORTISE_PLUGIN_HELLO_ENABLED": "true"}) as server:
            self.assertEqual(server.get("/hello").status, 200)
        with Mortised(self.folder, arguments=("--set", "plugin.hello.enabled=true")) as server:
            self.assertEqual(server.get("/hello").status, 200)

    # contract: settings.keys
    def test_the_state_directory_is_used(self):
        with Mortised(self.folder):
            self.assertTrue((self.folder.state / "lock").exists())

    # contract: settings.aliases, settings.alias-order, settings.origin
    def test_aliases(self):
        plugins = {**SIMPLE, "database": {"url": "sqlite:///file.db"}, "users": {}, "auth": {}}
        self.folder.plugins = plugins
        self.folder.server["listen"] = "127.0.0.1:8081, 127.0.0.2:8082"
        self.folder.plugins["logging"] = {"level": "warn"}
        self.folder.write()
        env = {
            "PORT": "9099", "NODE_ENV": "development", "LOG_LEVEL": "debug", "DATABASE_URL": "sqlite:///alias.db",
            "JWT_SECRET": "an access secret of more than thirty-two bytes!", "JWT_REFRESH_SECRET": "the refresh secret, another of thirty-two bytes",
        }
        printed = self.print(env=env)
        for key, variable, value in (
            ("server.listen", "PORT", "127.0.0.1:9099, 127.0.0.2:8082"), ("server.mode", "NODE_ENV", "development"),
            ("plugin.logging.level", "LOG_LEVEL", "debug"), ("plugin.database.url", "DATABASE_URL", "sqlite:///alias.db"),
            ("plugin.auth.access_secret", "JWT_SECRET", None), ("plugin.auth.refresh_secret", "JWT_REFRESH_SECRET", None),
        ):
            with self.subTest(key=key):
                if value is not None:
                    self.assertEqual(printed.values[key], value)
                self.assertIn(variable, printed.origins[key])
        for secret in (env["JWT_SECRET"], env["JWT_REFRESH_SECRET"]):
            self.assertNotIn(secret, printed.text)
        over = {**env, "MORTISE_SERVER_LISTEN": "127.0.0.1:7000", "MORTISE_SERVER_MODE": "production", "MORTISE_PLUGIN_LOGGING_LEVEL": "error",
                "MORTISE_PLUGIN_DATABASE_URL": "sqlite:///variable.db"}
        printed = self.print(env=over)
        self.assertEqual(printed.values["server.listen"], "127.0.0.1:7000")
        self.assertEqual(printed.values["server.mode"], "production")
        self.assertEqual(printed.values["plugin.logging.level"], "error")
        self.assertEqual(printed.values["plugin.database.url"], "sqlite:///variable.db")
        self.assertIn("MORTISE_SERVER_MODE", printed.origins["server.mode"])

    # contract: settings.aliases
    def test_the_port_alias_serves(self):
        import socket

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with Mortised(self.folder, env={"PORT": str(port)}) as server:
            self.assertEqual(server.addresses, [f"127.0.0.1:{port}"])
        self.refused("PORT", env={"PORT": "http"})
        # NODE_ENV has values that say nothing to us.
        done = run("--config", self.folder.config, "--check-config", env={"NODE_ENV": "test"})
        self.assertEqual(done.returncode, 0, done)
        self.assertIn("NODE_ENV", done.stderr)

    def test_database_urls(self):
        for url, said in (("postgres://x/y", "postgres"), ("sqlite://x", "sqlite"), ("nonsense", "nonsense")):
            self.folder.plugins = {**SIMPLE, "database": {"url": url}}
            self.folder.write()
            self.refused("database", said)
        absolute = self.folder.path / "elsewhere.db"
        self.folder.plugins = {**SIMPLE, "database": {"url": f"sqlite:///{absolute}"}}
        self.folder.write()
        with Mortised(self.folder):
            self.assertTrue(absolute.exists())


class Secrets(SettingsTest):
    SECRET = "an access secret of more than thirty-two bytes!"

    def setUp(self):
        super().setUp()
        self.folder.plugins = {**SIMPLE, "database": {}, "users": {}, "auth": {"access_secret": self.SECRET}}
        self.folder.write()

    def test_secrets_are_not_printed(self):
        printed = self.print()
        self.assertNotIn(self.SECRET, printed.text)
        self.assertRegex(printed.origins["plugin.auth.access_secret"], r"mortise\.ini:\d+")

    def test_set_is_refused_for_secrets(self):
        said = self.refused("access_secret", "MORTISE_PLUGIN_AUTH_ACCESS_SECRET", arguments=("--set", "plugin.auth.access_secret=a-value-that-is-secret-0123456789"))
        self.assertNotIn("a-value-that-is-secret", said)

    def test_secrets_inside_urls_are_not_printed(self):
        self.folder.plugins["database"]["url"] = "mysql://user:s3cr3t-w0rd@db.example.com:3306/name"
        self.folder.write()
        done = run("--config", self.folder.config, "--print-config")
        self.assertNotIn("s3cr3t-w0rd", done.stdout + done.stderr)
        done = run("--config", self.folder.config, "--check-config")
        self.assertNotIn("s3cr3t-w0rd", done.stdout + done.stderr)


class Mistakes(SettingsTest):
    def test_all_mistakes_at_once(self):
        self.folder.file.write_text(
            "[server]\n"
            "listen = 127.0.0.1:0\n"
            f"state_directory = {self.folder.state}\ncache_directory = {self.folder.cache}\n"
            f"plugin_directory = {PLUGIN_FOLDER}\n"
            "max_conections = 7\n"
            "workers = many\n"
            "header_timeout = 5 parsecs\n"
            "mode = prodction\n"
            "junk line\n"
            "workers = 4\n"
            "[plugin.routing]\nenabled = true\n"
            "[plugin.helo]\nenabled = true\n"
            "[sever]\nx = 1\n"
        )
        said = self.refused(
            "mortise.ini:6:1: error: unknown key 'max_conections' in [server]; did you mean 'max_connections'? [C104]",
            "mortise.ini:7:", "mortise.ini:8:", "mortise.ini:9:", "'production'", "mortise.ini:10:", "mortise.ini:11:",
            "mortise.ini:14:", "hello", "mortise.ini:16:", "server",
        )
        self.assertIn("errors", said)
        self.assertFalse(self.folder.state.exists())

    def test_serving_says_the_same(self):
        self.folder.server["max_conections"] = "7"
        self.folder.write()
        self.refused("max_conections", "did you mean 'max_connections'", mode=())
        self.assertFalse(self.folder.state.exists())

    def test_disabled_plugins_are_checked_too(self):
        self.folder.plugins["hello"] = {"enabled": "false", "nmae": "x"}
        self.folder.write()
        self.refused("nmae", "did you mean 'name'")

    def test_https_is_refused_with_a_sentence(self):
        self.folder.server["listen"] = "https://127.0.0.1:8443"
        self.folder.write()
        self.assertIn("TLS", self.refused("server", "https"))

    def test_unknown_variables_are_errors(self):
        self.refused("MORTISE_SERVER_LISTN", "MORTISE_SERVER_LISTEN", env={"MORTISE_SERVER_LISTN": "x"})

    def test_bad_assignments(self):
        for assignment in ("listen=x", "server.listen", "server.nothing=1", "plugin.hello=1", "=x"):
            with self.subTest(assignment=assignment):
                self.refused(arguments=("--set", assignment))

    def test_no_configuration_at_all(self):
        done = run("--config", self.folder.path / "nowhere", "--check-config")
        self.assertEqual(done.returncode, 78, done)
        self.assertIn("nowhere", done.stderr)

    def test_both_ini_and_xml(self):
        (self.folder.config / "mortise.xml").write_text("<mortise/>")
        self.refused("mortise.xml", "mortise.ini")
        done = run("--config", self.folder.file, "--check-config")
        self.assertEqual(done.returncode, 0, done)

    def test_no_router(self):
        del self.folder.plugins["routing"]
        self.folder.write()
        self.assertRegex(self.refused("router"), r"set enabled = true in .*\[plugin\.routing\]")

    def test_a_missing_provider_is_named(self):
        self.folder.plugins = {"routing": {}, "users": {}}
        self.folder.write()
        self.refused("users", "set enabled = true in [plugin.database]")

    def test_xml_mistakes(self):
        self.folder.file.unlink()
        (self.folder.config / "mortise.xml").write_text("<mortise>\n  <server>\n    <lisen>x</lisen>\n  </server>\n</mortise>\n")
        self.refused("mortise.xml:3:", "lisen", "did you mean 'listen'")
        (self.folder.config / "mortise.xml").write_text('<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>\n<mortise>&y;</mortise>\n')
        self.assertNotIn("root:", self.refused("mortise.xml:1:"))


class Shipped(unittest.TestCase):
    def shipped(self, name: str) -> Printed:
        place = open_folder("mortise-shipped-")  # the tree may be closed to whom root's checks are made as
        self.addCleanup(shutil.rmtree, place)
        done = run("--config", shutil.copy(SOURCE / "etc" / name, place), "--set", f"server.plugin_directory={PLUGIN_FOLDER}", "--print-config")
        self.assertEqual(done.returncode, 0, done)
        return Printed(done)

    # contract: settings.shipped
    def test_ini_and_xml_give_the_same_settings(self):
        ini, xml = self.shipped("mortise.ini"), self.shipped("mortise.xml")
        self.assertEqual(ini.values, xml.values)
        self.assertEqual(
            {key for key, origin in ini.origins.items() if "mortise.ini" in origin}, {key for key, origin in xml.origins.items() if "mortise.xml" in origin})

    # contract: settings.shipped
    def test_both_are_what_the_program_writes(self):
        for form in ("ini", "xml"):
            done = run("--example-config", form)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stdout, (SOURCE / "etc" / f"mortise.{form}").read_text(), "write it anew: --example-config")

    def test_what_is_enabled(self):
        printed = self.shipped("mortise.ini")
        self.assertEqual(printed.values["server.mode"], "production")
        for name in ("routing", "logging", "health", "database", "users", "auth", "rate-limit", "cors", "security-headers"):
            self.assertEqual(printed.values[f"plugin.{name}.enabled"], "true", name)

    # contract: settings.shipped
    def test_every_key_is_there_with_its_default(self):
        printed = self.shipped("mortise.ini")
        texts = {name: (SOURCE / "etc" / name).read_text(encoding="utf-8") for name in ("mortise.ini", "mortise.xml")}
        section = ""
        keys = {}
        for line in texts["mortise.ini"].splitlines():
            if match := re.fullmatch(r"[;#]? ?\[([a-z0-9.-]+)\]", line.strip()):
                section = match[1]
            elif match := re.fullmatch(r"[;#]? ?([a-z0-9_]+) =(.*)", line.strip()):
                keys[f"{section}.{match[1]}"] = match[2].strip()
        missing = set(printed.values) - set(keys) - {key for key in printed.values if key.endswith((".file", ".on_error"))}
        self.assertEqual(missing, set())
        for key in printed.values:
            name = key.rpartition(".")[2]
            if key in keys:
                self.assertIn(f"<{name}>", texts["mortise.xml"], key)

    # contract: settings.shipped
    def test_the_shipped_configuration_serves(self):
        folder = Folder(plugins={})
        try:
            folder.file.write_bytes((SOURCE / "etc" / "mortise.ini").read_bytes())
            arguments = []
            for key, value in folder.server.items():
                arguments += ["--set", f"server.{key}={value}"]
            with Mortised(folder, arguments=tuple(arguments)) as server:
                self.assertEqual(server.get("/health").status, 200)
                self.assertEqual(server.get("/ready").status, 200)
                self.assertEqual(server.register()["user"]["name"], "Test User")
        finally:
            folder.remove()


if __name__ == "__main__":
    unittest.main()
