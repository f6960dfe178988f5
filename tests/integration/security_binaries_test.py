# SPDX-License-Identifier: Apache-2.0
"""What is installed is built such that faults are hard to exploit, and so is what an author builds with the installed SDK."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from mortised import BUILD, SANITIZED, SOURCE, missing

X86 = os.uname().machine in ("x86_64", "i686")


def readelf(option: str, file: pathlib.Path) -> str:
    return subprocess.run(["readelf", option, "-W", str(file)], capture_output=True, text=True, check=True, timeout=60).stdout


def faults(file: pathlib.Path, program: bool) -> list[str]:
    """What the file lacks."""
    header, segments, dynamic = readelf("-h", file), readelf("-l", file), readelf("-d", file)
    found = []
    if not re.search(r"Type:\s+DYN", header):
        found.append("is loaded to one address (no PIE)")
    if program and not re.search(r"\(FLAGS_1\).*\bPIE\b", dynamic):
        found.append("is not marked as PIE")
    if "GNU_RELRO" not in segments:
        found.append("has no RELRO")
    if not re.search(r"\(BIND_NOW\)|\(FLAGS\).*BIND_NOW|\(FLAGS_1\).*\bNOW\b", dynamic):
        found.append("binds lazily: RELRO is partial")
    stack = re.search(r"GNU_STACK(?:\s+0x\w+){5}\s+([RWE ]+?)\s+0x", segments)
    if not stack or "E" in stack[1]:
        found.append("has an executable stack")
    if re.search(r"LOAD(?:\s+0x\w+){5}\s+RWE", segments):
        found.append("has memory that is writable and executable")
    for tag in ("RPATH", "RUNPATH", "TEXTREL"):
        if f"({tag})" in dynamic:
            found.append(f"has {tag}")
    if X86 and "SHSTK" not in readelf("-n", file):
        found.append("is not made for shadow stacks")
    return found


def imports(file: pathlib.Path) -> set[str]:
    rows = [line.split() for line in readelf("--dyn-syms", file).splitlines()]
    return {row[7].partition("@")[0] for row in rows if len(row) > 7 and row[6] == "UND"}


def is_elf(file: pathlib.Path) -> bool:
    with open(file, "rb") as opened:
        return opened.read(4) == b"\x7fELF"


@unittest.skipIf(SANITIZED, "sanitizers bring their own")
class Binaries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="mortise-binaries-")
        cls.prefix = pathlib.Path(cls.folder.name) / "installed"
        subprocess.run(["cmake", "--install", str(BUILD), "--prefix", str(cls.prefix)], capture_output=True, timeout=300, check=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def setUp(self):
        if not shutil.which("readelf"):
            missing(self, "readelf is not installed")

    def test_everything_that_is_installed(self):
        files = [file for file in self.prefix.rglob("*") if file.is_file() and is_elf(file)]
        programs = {file for file in files if file.parent.name in ("bin", "sbin")}
        self.assertIn(self.prefix / "bin" / "mortised", programs)
        self.assertGreater(len(files), 10)
        for file in files:
            with self.subTest(file=file.name):
                self.assertEqual(faults(file, file in programs), [])

    def test_stack_protector_and_checked_functions(self):
        used = imports(self.prefix / "bin" / "mortised")
        self.assertIn("__stack_chk_fail", used)
        cache = (BUILD / "CMakeCache.txt").read_text()
        if "CMAKE_BUILD_TYPE:STRING=Debug" not in cache:
            self.assertTrue(any(name.endswith("_chk") and name != "__stack_chk_fail" for name in used), used)

    def test_every_file_is_compiled_with_the_same_options(self):
        wanted = {"-fstack-protector-strong", "-fstack-clash-protection"} | ({"-fcf-protection=return"} if X86 else set())
        commands = BUILD / "compile_commands.json"
        if not commands.exists():
            self.skipTest("the build has no list of its commands")
        checked = 0
        for entry in json.loads(commands.read_text()):
            name = os.path.relpath(entry["file"], SOURCE)
            if name.startswith(("server/", "plugins/")) and "/tests/" not in name:
                checked += 1
                self.assertLessEqual(wanted, set(entry["command"].split()), name)
        self.assertGreater(checked, 100)

    def test_the_test_finds_what_is_missing(self):
        """Files made without, one thing at a time."""
        folder = pathlib.Path(self.folder.name)
        (folder / "a.c").write_text("int main(void) { return 0; }\n")
        good = ["-fPIE", "-pie", "-Wl,-z,relro,-z,now", "-fcf-protection=return" if X86 else "-g"] + (["-Wl,-z,shstk"] if X86 else [])
        for options, said in (
            (good, ""), ([*good, "-Wl,-z,lazy"], "binds lazily"), ([*good, "-Wl,-z,norelro"], "no RELRO"), ([*good, "-no-pie", "-fno-PIE"], "no PIE"),
            ([*good, "-Wl,-z,execstack"], "executable stack"), ([*good, "-Wl,-rpath,/tmp"], "RUNPATH|RPATH"),
        ):
            with self.subTest(options=options):
                subprocess.run(["cc", "-o", str(folder / "a"), str(folder / "a.c"), *options], check=True, capture_output=True, timeout=60)
                self.assertRegex("; ".join(faults(folder / "a", True)), said or "^$")

    def test_plugins_of_others(self):
        """By find_package(Mortise), in C alone, in C++ alone, and by the flags of pkg-config."""
        folder = pathlib.Path(self.folder.name)
        example = SOURCE / "sdk" / "examples" / "c-hello" / "c_hello.c"
        adapter = SOURCE / "plugins" / "hello" / "hello_plugin.cpp"
        for language, source in (("C", example), ("CXX", adapter)):
            with self.subTest(language=language):
                tree = folder / f"theirs-{language}"
                tree.mkdir()
                (tree / "CMakeLists.txt").write_text(
                    f"cmake_minimum_required(VERSION 3.25)\nproject(theirs LANGUAGES {language})\nfind_package(Mortise REQUIRED)\n"
                    f"mortise_add_plugin(theirs SOURCES \"{source}\")\n")
                for command in (["cmake", "-G", "Ninja", "-S", tree, "-B", tree / "build", f"-DCMAKE_PREFIX_PATH={self.prefix}", "-DCMAKE_BUILD_TYPE=Release"],
                                ["cmake", "--build", tree / "build"]):
                    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300, check=False)
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertEqual(faults(next((tree / "build").rglob("theirs.so")), False), [])
        if not shutil.which("pkg-config"):
            missing(self, "pkg-config is not installed")
        flags = subprocess.run(["pkg-config", "--cflags", "--variable=plugin_flags", "mortise"], capture_output=True, text=True, timeout=60, check=True,
                               env={**os.environ, "PKG_CONFIG_PATH": str(next(self.prefix.rglob("mortise.pc")).parent)}).stdout.split()
        include = f"-I{self.prefix / 'include'}"
        subprocess.run(["cc", include, *flags, "-o", str(folder / "by-hand.so"), str(example)], check=True, capture_output=True, timeout=60)
        self.assertEqual(faults(folder / "by-hand.so", False), [])


if __name__ == "__main__":
    unittest.main()
