# SPDX-License-Identifier: Apache-2.0
"""The first tour of README.md, run as it stands there and compared with what it shows, under the quick start's configuration."""

import configparser
import re
import subprocess
import unittest

from mortised import SOURCE, Mortised, environment


def quickstart() -> dict[str, dict[str, str]]:
    """The sections of the configuration that packaging/quickstart.sh writes."""
    script = (SOURCE / "packaging" / "quickstart.sh").read_text(encoding="utf-8")
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(re.search(r"<<INI\n(.*?)^INI$", script, re.S | re.M)[1])
    return {name: dict(parser[name]) for name in parser.sections()}


def serving() -> Mortised:
    sections = quickstart()
    plugins = {name.removeprefix("plugin."): settings for name, settings in sections.items() if name != "server"}
    return Mortised(server={"mode": sections["server"]["mode"]}, plugins=plugins)


class Tour(unittest.TestCase):
    def test_what_the_readme_shows(self):
        text = (SOURCE / "README.md").read_text(encoding="utf-8")
        block = re.search(r"<!-- tour: begin.*?```console\n(.*?)```\n<!-- tour: end -->", text, re.S)[1]
        steps: list[tuple[str, str]] = []
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append((line[2:], ""))
            else:
                steps[-1] = (steps[-1][0], steps[-1][1] + line)
        with serving() as server:
            script = "\n".join(f"{command}\necho; echo '--next--'" for command, _ in steps)
            script = script.replace("127.0.0.1:8080", server.addresses[0])
            done = subprocess.run(["bash", "-c", script], env=environment(), capture_output=True, text=True, timeout=120, check=True)
            outputs = [output.strip() for output in done.stdout.split("--next--")]
            for (command, shown), output in zip(steps, outputs):
                pattern = "[^\"]+".join(re.escape(part) for part in shown.split("…"))
                self.assertRegex(output, f"^{pattern}$", command)

    def test_the_quickstart_shows_the_same_commands(self):
        readme = (SOURCE / "README.md").read_text(encoding="utf-8")
        hints = (SOURCE / "packaging" / "quickstart.sh").read_text(encoding="utf-8")
        for line in re.findall(r"^  (curl .*?)(?:; echo)?$", hints, re.M):
            if "/ready" not in line:
                self.assertIn(line.replace("\\$", "$"), readme)
        self.assertIn(f"http://{quickstart()['server']['listen']}/docs", hints)

    def test_the_quickstart_shows_what_browsers_get(self):
        home = "http://localhost:3000"
        with serving() as server:
            answer = server.get("/hello", headers={"Origin": home})
            self.assertEqual((answer.status, answer.header("access-control-allow-origin")), (200, home))
            self.assertIn("default-src 'self'", answer.header("content-security-policy"))
            self.assertIsNone(answer.header("strict-transport-security"))
            self.assertEqual(answer.header("x-ratelimit-limit"), "1000")
            self.assertIsNone(server.get("/hello", headers={"Origin": "http://other.example"}).header("access-control-allow-origin"))
            page = server.get("/docs/")
            self.assertEqual((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"))


if __name__ == "__main__":
    unittest.main()
