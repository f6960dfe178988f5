# SPDX-License-Identifier: Apache-2.0
"""Commands of plugins: in the running server over its channel, else in a process of their own."""

import os
import pathlib
import pty
import re
import resource
import signal
import socket
import stat
import struct
import subprocess
import time
import unittest

from mortised import PROGRAM, Folder, Mortised, environment, eventually, run

PLUGIN = "uses-command"
PLUGINS = {"routing": {}, PLUGIN: {}}
HELLO, RUN, CANCEL, OPENED, DONE, OUTPUT, ERROR, PROGRESS, OPEN, COMMIT, END = 1, 2, 3, 4, 5, 16, 17, 18, 19, 20, 21
PROTOCOL = 1
LARGEST = 64 * 1024
ROOT = os.geteuid() == 0


def frame(kind: int, numbers=(), texts=()) -> bytes:
    packet = struct.pack("=IIII", kind, len(numbers), len(texts), 0) + b"".join(struct.pack("=Q", number) for number in numbers)
    for text in texts:
        packet += struct.pack("=I", len(text.encode())) + text.encode()
    return packet


def parse(packet: bytes):
    kind, numbers, texts, _ = struct.unpack_from("=IIII", packet)
    values = struct.unpack_from(f"={numbers}Q", packet, 16)
    at = 16 + 8 * numbers
    found = []
    for _ in range(texts):
        size = struct.unpack_from("=I", packet, at)[0]
        found.append(packet[at + 4:at + 4 + size].decode())
        at += 4 + size
    return kind, values, found


def without_progress(text: str) -> str:
    """What a client printed whose command took long enough, on a slow machine, for lines of progress."""
    return re.sub(r"(?m)^\d+%, \d+ of .*\n", "", text)


class Peer:
    """A client of the channel that does what it likes."""

    def __init__(self, folder: Folder):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(20)
        self.socket.connect(str(folder.state / "command.sock"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def call(self, *command: str) -> None:
        self.socket.send(frame(HELLO, [PROTOCOL], ["test"]))
        self.socket.send(frame(RUN, [], command))

    def receive(self, kind: int):
        """The next frame of this kind; those before it are dropped. None: the connection is over."""
        while packet := self.packet():
            parsed = parse(packet)
            if parsed[0] == kind:
                return parsed
        return None

    def packet(self) -> bytes:
        try:
            return self.socket.recv(LARGEST + 1)
        except ConnectionResetError:
            return b""

    def words(self) -> str:
        """All that is printed up to the end."""
        printed = ""
        while packet := self.packet():
            kind, _, texts = parse(packet)
            if kind in (OUTPUT, ERROR):
                printed += texts[0]
            if kind == END:
                return printed
        return printed


class Client(subprocess.Popen):
    """mortised calling a command, while it does."""

    def __init__(self, folder: Folder, *command: str, **options):
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        super().__init__([str(PROGRAM), "--config", str(folder.config), *command], env=environment(), text=True, **options)

    def finish(self) -> tuple[int, str, str]:
        out, err = self.communicate(timeout=60)
        return self.returncode, out, err


class Alone(unittest.TestCase):
    """Without a server."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Folder(plugins=PLUGINS)

    @classmethod
    def tearDownClass(cls):
        cls.folder.remove()

    def call(self, *command: str, **options) -> subprocess.CompletedProcess:
        return run("--config", self.folder.config, *command, **options)

    def test_arguments_and_outputs(self):
        done = self.call(PLUGIN, "echo", "one", "", "two words", "--", "-h", "--help", "ünïcode")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "one\n\ntwo words\n--\n-h\n--help\nünïcode\n", ""), done)

    def test_wrong_arguments_get_the_usage(self):
        done = self.call(PLUGIN, "echo")
        self.assertEqual((done.returncode, done.stdout), (64, ""), done)
        self.assertEqual(done.stderr, f"nothing to print\nUsage: mortised {PLUGIN} echo TEXT...\n")

    def test_help(self):
        for words in (("--help",), ("a", "--help")):
            done = self.call(PLUGIN, "echo", *words)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(done.stdout, f"Usage: mortised {PLUGIN} echo TEXT...\nPrints its arguments, one a line\n")

    def test_lists(self):
        line = f"  mortised {PLUGIN} echo TEXT...\n      Prints its arguments, one a line\n"
        for words in (("command",), (PLUGIN,), (PLUGIN, "--help")):
            done = self.call(*words)
            self.assertEqual((done.returncode, done.stderr), (0, ""), words)
            self.assertIn(line, done.stdout)
        none = Folder(plugins={"routing": {}})
        self.addCleanup(none.remove)
        self.assertEqual(run("--config", none.config, "command").stdout, "No enabled plugin has commands.\n")
        self.assertFalse(none.state.exists())  # a list leaves nothing

    def test_unknown_words(self):
        for words, said in (
            ((PLUGIN, "ecko"), "has no command 'ecko'; did you mean 'echo'?\n"),
            (("uses-comand", "echo"), "there is no enabled plugin 'uses-comand'; did you mean 'uses-command'?\n"),
            (("comand",), "there is no enabled plugin 'comand'; did you mean 'command'?\n"),
            (("hunter2", "echo"), "the first word is neither 'command', 'migrate' nor an enabled plugin; see mortised --help\n"),
            (("routing", "echo"), "plugin 'routing' has no commands\n"),
            ((PLUGIN, "-x"), "is followed by a command, not by an option\n"),
        ):
            with self.subTest(words=words):
                done = self.call(*words)
                self.assertEqual((done.returncode, done.stdout), (64, ""), done)
                self.assertIn(said, done.stderr)
                self.assertIn(f"  mortised {PLUGIN} echo TEXT...\n", done.stderr)
                self.assertNotIn("hunter2", done.stderr)

    def test_words_of_mortised_name_no_plugin(self):
        folder = Folder(plugins={"migrate": {"file": str(next(PROGRAM.parent.parent.rglob("plugins/routing.so")))}})
        self.addCleanup(folder.remove)
        done = run("--config", folder.config, "--check-config")
        self.assertEqual(done.returncode, 78)
        self.assertIn("no plugin can be called 'migrate'", done.stderr)

    def test_commands_that_cannot_be(self):
        folder = Folder(plugins={"routing": {}, "mistakes-commands": {}})
        self.addCleanup(folder.remove)
        done = run("--config", folder.config, "--check-config")
        self.assertEqual(done.returncode, 78)
        for said in ("command 'flagged' has the unknown flag 64", "command '-x y' has a name that nobody can call it by",
                     "command 'twice' is there twice"):
            self.assertEqual(done.stderr.count(f"plugin 'mistakes-commands': {said}"), 1, done.stderr)

    def test_exceptions(self):
        done = self.call(PLUGIN, "throw")
        self.assertEqual((done.returncode, done.stderr), (1, "thrown in a command\n"))

    def test_started_or_not(self):
        for command, said in (("alone", "started\n"), ("unstarted", "not started\n")):
            done = self.call(PLUGIN, command)
            self.assertEqual((done.returncode, done.stdout), (0, said), done)

    def test_two_exclude_each_other(self):
        with Client(self.folder, PLUGIN, "work", "600000") as first:
            self.assertIn("working", first.stdout.readline())
            second = self.call(PLUGIN, "echo", "x")
            self.assertEqual(second.returncode, 1)
            self.assertIn("is in use by process", second.stderr)
            first.send_signal(signal.SIGINT)
            self.assertEqual(first.finish()[0], 130)

    def test_a_second_interrupt_ends_it(self):
        with Client(self.folder, PLUGIN, "ignore") as client:
            self.assertEqual(client.stdout.readline(), "ignoring\n")
            client.send_signal(signal.SIGINT)
            self.assertIn("cancelling", client.stderr.readline())
            client.send_signal(signal.SIGTERM)
            self.assertEqual(client.finish()[0], 130)
        self.assertEqual(self.call(PLUGIN, "echo", "x").returncode, 0)  # nobody has the lock

    def test_a_crash_is_shown(self):
        with Client(self.folder, PLUGIN, "work", "600000") as client:
            os.kill(int(client.stdout.readline().split()[-1]), signal.SIGKILL)
            self.assertEqual(client.finish()[0], 128 + signal.SIGKILL)

    @unittest.skipUnless(ROOT, "needs another user")
    def test_files_are_opened_with_the_rights_of_the_caller(self):
        """By root, who becomes the owner of the state directory for everything else."""
        folder = Folder(plugins=PLUGINS)
        self.addCleanup(folder.remove)
        folder.path.chmod(0o755)
        for path in (folder.state, folder.cache):
            path.mkdir(exist_ok=True)
            os.chown(path, 65534, 65534)
        secret = folder.path / "secret"
        secret.write_text("only root's\n")
        secret.chmod(0o600)
        copy = folder.path / "copy"
        done = run("--config", folder.config, PLUGIN, "copy", "secret", "copy", cwd=folder.path)
        if "cannot be read" in done.stderr or "Permission denied" in done.stderr:
            self.skipTest("the build lies where others have no access")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual((copy.read_text(), copy.stat().st_uid), ("only root's\n", 0))


class InServer(unittest.TestCase):
    SERVER: dict[str, str] = {}
    PLUGINS = PLUGINS

    def setUp(self):
        self.server = Mortised(server=dict(self.SERVER), plugins=self.PLUGINS)
        self.folder = self.server.folder
        self.server.__enter__()
        self.addCleanup(self.server.__exit__, None, None, None)
        self.addCleanup(self.release)

    def call(self, *command: str, **options) -> subprocess.CompletedProcess:
        return run("--config", self.folder.config, *command, **options)

    def client(self, *command: str, **options) -> Client:
        client = Client(self.folder, *command, **options)
        self.addCleanup(client.wait)
        self.addCleanup(client.kill)
        for stream in (client.stdout, client.stderr):
            if stream is not None:
                self.addCleanup(stream.close)
        return client

    def release(self) -> None:
        (self.folder.state_of(PLUGIN) / "release").touch()


class Channel(InServer):
    def test_it_runs_in_the_server(self):
        done = self.call(PLUGIN, "work", "1")
        self.assertEqual((done.returncode, done.stdout), (0, f"working in {self.server.pid}\nworked\n"), done)
        begun = self.server.wait_for("Command begun")
        ended = self.server.wait_for("Command ended")
        for record in (begun, ended):
            self.assertEqual((record["plugin"], record["command"], record["user"]), (PLUGIN, "work", str(os.geteuid())))
        self.assertEqual((ended["exitCode"], ended["cancelled"]), ("0", "no"))
        self.assertNotIn("working", str(begun) + str(ended))

    def test_no_arguments_are_logged(self):
        self.assertEqual(self.call(PLUGIN, "echo", "hunter2").stdout, "hunter2\n")
        self.server.wait_for("Command ended")
        self.assertNotIn("hunter2", "".join(map(str, self.server.found("Command begun") + self.server.found("Command ended"))))

    def test_the_same_words_as_alone(self):
        for words, code in (((PLUGIN, "echo"), 64), ((PLUGIN, "ecko"), 64), (("hunter2",), 64), (("command",), 0), ((PLUGIN,), 0),
                            ((PLUGIN, "echo", "--help"), 0), ((PLUGIN, "throw"), 1), ((PLUGIN, "exit", "7"), 7), ((PLUGIN, "exit", "256"), 1)):
            with self.subTest(words=words):
                other = Folder(plugins=PLUGINS)
                self.addCleanup(other.remove)
                here, alone = self.call(*words), run("--config", other.config, *words)
                self.assertEqual((here.returncode, here.stdout, here.stderr), (code, alone.stdout, alone.stderr))

    def test_one_that_runs_alone_is_refused(self):
        done = self.call(PLUGIN, "alone")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn(f"does not run while the server does, which is process {self.server.pid}; stop it first", done.stderr)
        self.assertEqual(self.call(PLUGIN, "unstarted").stdout, "started\n")

    def test_the_socket(self):
        path = self.folder.state / "command.sock"
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertNotIn("command.sock", self.call("--print-config").stdout)  # as of what lies there and should not
        self.server.reload()
        self.assertEqual(self.call(PLUGIN, "echo", "x").stdout, "x\n")
        self.server.stop()
        self.assertFalse(path.exists())

    def test_without_descriptors_it_waits(self):
        limits = resource.prlimit(self.server.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(self.server.pid, resource.RLIMIT_NOFILE, (3, limits[1]))
        with Peer(self.folder) as peer:
            peer.call(PLUGIN, "echo", "x")
            used_s, begun = self.server.cpu_s(), time.monotonic()
            eventually(lambda: time.monotonic() - begun > 1, "a second is over")
            self.assertLess(self.server.cpu_s() - used_s, 0.5)
            resource.prlimit(self.server.pid, resource.RLIMIT_NOFILE, limits)
            self.assertEqual(peer.words(), "x\n")

    def test_what_a_killed_server_left(self):
        self.server.kill()
        path = self.folder.state / "command.sock"
        self.assertTrue(path.exists())
        done = self.call(PLUGIN, "work", "1")
        self.assertEqual(done.returncode, 0, done)
        self.assertNotIn(str(self.server.pid), done.stdout)
        self.server.restart()
        self.assertIn(str(self.server.pid), self.call(PLUGIN, "work", "1").stdout)

    def test_too_many(self):
        clients = [self.client(PLUGIN, "work", "600000") for _ in range(2)]
        for client in clients:
            self.assertIn("working", client.stdout.readline())
        third = self.call(PLUGIN, "echo", "x")
        self.assertEqual((third.returncode, third.stdout), (1, ""))
        self.assertIn("2 commands run already; try again when one has ended (server.maximum_commands)", third.stderr)
        self.assertEqual(self.call("command").returncode, 0)  # a list is none
        clients[0].send_signal(signal.SIGINT)
        self.assertEqual(clients[0].finish()[0], 130)
        self.assertEqual(eventually(lambda: self.call(PLUGIN, "echo", "x").stdout, "room"), "x\n")
        self.folder.server["maximum_commands"] = "1"
        self.folder.write()
        self.server.reload()
        self.assertIn("1 command runs already", self.call(PLUGIN, "echo", "x").stderr)

    def test_interrupted(self):
        client = self.client(PLUGIN, "work", "600000")
        self.assertIn("working", client.stdout.readline())
        client.send_signal(signal.SIGINT)
        code, _, err = client.finish()
        self.assertEqual(code, 130)
        self.assertIn("mortised: cancelling; once more to leave at once\n", err)
        self.assertIn("cancelled after some steps\n", err)
        self.assertEqual(self.server.wait_for("Command ended")["cancelled"], "yes")

    def test_interrupted_twice(self):
        client = self.client(PLUGIN, "ignore")
        self.assertEqual(client.stdout.readline(), "ignoring\n")
        client.send_signal(signal.SIGINT)
        self.assertIn("cancelling", client.stderr.readline())
        client.send_signal(signal.SIGINT)
        code, _, err = client.finish()
        self.assertEqual((code, without_progress(err)), (130, "mortised: left; the command is cancelled, and may still be ending\n"))
        self.assertEqual(self.server.found("Command ended"), [])
        self.release()
        self.assertEqual(self.server.wait_for("Command ended")["exitCode"], "3")

    def test_a_client_that_dies_cancels(self):
        client = self.client(PLUGIN, "work", "600000")
        self.assertIn("working", client.stdout.readline())
        client.kill()
        ended = self.server.wait_for("Command ended")
        self.assertEqual((ended["exitCode"], ended["cancelled"]), ("130", "yes"))

    def test_a_server_that_dies(self):
        client = self.client(PLUGIN, "work", "600000")
        self.assertIn("working", client.stdout.readline())
        self.server.kill()
        code, _, err = client.finish()
        self.assertEqual(code, 1)
        self.assertIn("the server went away before the command had ended", err)

    def test_a_stop_cancels(self):
        client = self.client(PLUGIN, "work", "600000")
        self.assertIn("working", client.stdout.readline())
        begun = time.monotonic()
        self.server.stop()
        self.assertLess(time.monotonic() - begun, 10)
        code, _, err = client.finish()
        self.assertEqual((code, without_progress(err)), (130, "cancelled after some steps\n"))

    def test_garbage(self):
        garbage = [b"x", b"\0" * 16, os.urandom(1000), b"\xff" * 1000, frame(99), frame(RUN, [], [PLUGIN, "echo", "x"]),
                   frame(HELLO, [PROTOCOL], ["test"])[:-1], struct.pack("=IIII", 1, 2**31, 2**31, 0), frame(HELLO, range(8), ["x"] * 4000)]
        for packet in garbage:
            with self.subTest(packet=packet[:40]), Peer(self.folder) as peer:
                peer.socket.send(packet)
                self.assertRegex(peer.words(), "greeting|protocol")
        with Peer(self.folder) as peer:
            peer.socket.send(frame(HELLO, [PROTOCOL], ["test"]))
            peer.socket.send(frame(CANCEL))
            self.assertIn("is no command", peer.words())
        self.assertEqual(self.call(PLUGIN, "echo", "x").stdout, "x\n")

    def test_a_frame_that_is_too_big(self):
        with Peer(self.folder) as peer:
            peer.call(PLUGIN, "echo", "x" * LARGEST)
            self.assertIn("is no command", peer.words())
        done = self.call(PLUGIN, "echo", "x" * LARGEST)
        self.assertEqual(done.returncode, 1)
        self.assertIn("the arguments are too long", done.stderr)
        longest = "x" * (LARGEST - 100)
        self.assertEqual(self.call(PLUGIN, "echo", longest).stdout, longest + "\n")

    def test_another_protocol(self):
        with Peer(self.folder) as peer:
            peer.socket.send(frame(HELLO, [PROTOCOL + 1], ["a later one"]))
            self.assertEqual(parse(peer.packet())[:2], (HELLO, (PROTOCOL,)))
            self.assertIn("protocol 1 of the command channel", peer.words())

    def test_garbage_while_it_runs_cancels(self):
        with Peer(self.folder) as peer:
            peer.call(PLUGIN, "work", "600000")
            peer.receive(OUTPUT)
            peer.socket.send(b"garbage")
            self.assertEqual(self.server.wait_for("Command ended")["cancelled"], "yes")

    def test_many_that_say_nothing(self):
        peers = [Peer(self.folder) for _ in range(8)]
        with Peer(self.folder) as late:
            self.assertIn("too many clients", late.words())
        for peer in peers:
            peer.socket.close()
        self.assertEqual(eventually(lambda: self.call(PLUGIN, "echo", "x").stdout, "room"), "x\n")

    def test_files(self):
        (self.folder.path / "from").write_bytes(b"content" * 10000)
        done = self.call(PLUGIN, "copy", "from", "to", cwd=self.folder.path)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        made = self.folder.path / "to"
        self.assertEqual((made.read_bytes(), stat.S_IMODE(made.stat().st_mode)), (b"content" * 10000, 0o600))
        (self.folder.path / "from").write_bytes(b"other")
        again = self.call(PLUGIN, "copy", "from", "to", cwd=self.folder.path)
        self.assertEqual((again.returncode, again.stderr), (1, "cannot create 'to': File exists\n"))
        self.assertEqual(self.call(PLUGIN, "copy", "from", "to", "--replace", cwd=self.folder.path).returncode, 0)
        self.assertEqual(made.read_bytes(), b"other")
        self.assertEqual(sorted(path.name for path in self.folder.path.iterdir() if path.is_file()), ["from", "to"])
        missing = self.call(PLUGIN, "copy", "nothing", "there", cwd=self.folder.path)
        self.assertEqual((missing.returncode, missing.stderr), (1, "cannot open 'nothing': No such file or directory\n"))
        folder = self.call(PLUGIN, "copy", "etc", "there", cwd=self.folder.path)
        self.assertEqual((folder.returncode, folder.stderr), (1, "cannot open 'etc': Is a directory\n"))

    def test_standard_streams_are_files(self):
        done = self.call(PLUGIN, "copy", "-", "-", input="through\n")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "through\n", ""))

    def test_a_silent_pipe_can_be_cancelled(self):
        client = self.client(PLUGIN, "copy", "-", "to", cwd=self.folder.path, stdin=subprocess.PIPE)
        self.server.wait_for("Command begun")
        client.send_signal(signal.SIGINT)
        self.assertEqual(client.wait(timeout=20), 130)
        client.stdin.close()

    def test_a_pipe_that_nobody_opens_can_be_cancelled(self):
        """In the opening, which the signal ends with the process, or before it, which is then not begun."""
        os.mkfifo(self.folder.path / "from")
        client = self.client(PLUGIN, "copy", "from", "to", cwd=self.folder.path)
        self.server.wait_for("Command begun")
        client.send_signal(signal.SIGINT)
        self.assertIn(client.wait(timeout=20), (-signal.SIGINT, 1))
        self.assertEqual(self.server.wait_for("Command ended")["cancelled"], "yes")

    def test_a_cancelled_command_opens_no_pipe(self):
        os.mkfifo(self.folder.path / "from")
        client = self.client(PLUGIN, "copy", "from", "to", "--cancelled", cwd=self.folder.path)
        self.assertEqual(client.stdout.readline(), "waiting\n")
        client.send_signal(signal.SIGINT)
        code, _, err = client.finish()
        self.assertEqual((code, without_progress(err).splitlines()[-1]), (1, "cannot open 'from': Interrupted system call"))

    def test_what_is_not_committed_is_removed(self):
        done = self.call(PLUGIN, "half", "to", cwd=self.folder.path)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertEqual((self.folder.path / "to.rejects").read_text(), "beside")
        self.assertEqual(sorted(path.name for path in self.folder.path.iterdir() if path.is_file()), ["to.rejects"])

    def test_only_files_that_were_named(self):
        done = self.call(PLUGIN, "steal")
        self.assertEqual((done.returncode, done.stderr), (1, "the command asked for the file '/etc/passwd', which its arguments do not name\n"))

    def test_progress_in_a_pipe(self):
        done = self.call(PLUGIN, "work", "300")
        self.assertEqual((done.returncode, done.stderr), (0, ""))  # for so little no line

    def test_progress_on_a_terminal(self):
        main, other = pty.openpty()
        client = self.client(PLUGIN, "work", "500", stderr=other, stdout=other)
        os.close(other)
        shown = b""
        while True:
            try:
                if not (part := os.read(main, 65536)):
                    break
            except OSError:
                break
            shown += part
        os.close(main)
        self.assertEqual(client.wait(timeout=20), 0)
        text = shown.decode()
        self.assertRegex(text, r"\r\[=+ +\] \d+%, \d+ of 500 rows, \d+/s, \d:\d\d left\x1b\[K")
        self.assertIn("100%, 500 of 500 rows", text)
        self.assertTrue(text.endswith("\r\x1b[Kworked\r\n"), text[-80:])

    def test_much_output(self):
        done = self.call(PLUGIN, "spew", "5000")
        self.assertEqual((done.returncode, len(done.stdout)), (0, 5000 * 1024))

    def test_a_reader_that_goes_away_cancels(self):
        client = self.client(PLUGIN, "spew", "1000000")
        client.stdout.read(10)
        client.stdout.close()
        self.assertEqual(self.server.wait_for("Command ended")["cancelled"], "yes")
        client.wait(timeout=20)

    @unittest.skipUnless(ROOT, "needs another user")
    def test_other_users(self):
        done = run("--config", self.folder.config, PLUGIN, "echo", "x", user=65534, group=65534, extra_groups=[])
        if done.returncode == 78 or "Permission denied: '" in done.stderr:
            self.skipTest("the build lies where others have no access")
        self.assertEqual((done.returncode, done.stdout), (1, ""))


class Reloads(InServer):
    SERVER = {"drain_timeout": "4s"}
    PLUGINS = {**PLUGINS, "logging": {"level": "debug"}}

    def test_a_reload_leaves_a_command_to_its_plugin(self):
        """That is carried over: however long the command goes on, and what was replaced does not wait for it."""
        client = self.client(PLUGIN, "ignore")
        self.assertEqual(client.stdout.readline(), "ignoring\n")
        mark = self.server.mark()
        self.folder.server["max_json_depth"] = "63"
        self.folder.write()
        self.server.reload()
        self.server.wait_for("A generation has ended", since=mark)  # long before drain_timeout
        self.release()
        code, _, err = client.finish()
        self.assertEqual((code, err), (0, ""))

    def test_a_reload_that_replaces_its_plugin_waits_and_then_cancels(self):
        client = self.client(PLUGIN, "work", "600000")
        self.assertIn("working", client.stdout.readline())
        self.folder.plugins[PLUGIN]["file"] = str(self.copy_of_plugin())
        self.folder.write()
        begun = time.monotonic()
        self.server.reload()
        code, _, err = client.finish()
        self.assertEqual((code, without_progress(err)), (130, "cancelled after some steps\n"))
        self.assertGreater(time.monotonic() - begun, 3)
        self.assertEqual(self.call(PLUGIN, "work", "1").returncode, 0)

    def copy_of_plugin(self) -> pathlib.Path:
        """Another file with the same code."""
        source = next(PROGRAM.parent.parent.rglob(f"{PLUGIN}.so"))
        copy = self.folder.path / f"{PLUGIN}.so"
        copy.write_bytes(source.read_bytes() + b"\0" * 16)
        return copy


class SlowReader(InServer):
    SERVER = {"write_timeout": "1s"}

    def test_one_that_does_not_read_is_given_up(self):
        with Peer(self.folder) as peer:
            peer.call(PLUGIN, "spew", "1000000")
            ended = self.server.wait_for("Command ended", timeout_s=20)
            self.assertEqual((ended["exitCode"], ended["cancelled"]), ("130", "yes"))
            self.assertGreaterEqual(int(ended["durationMs"]), 900)
        self.assertEqual(self.call(PLUGIN, "echo", "x").stdout, "x\n")


class NeverEnding(InServer):
    SERVER = {"drain_timeout": "1s", "shutdown_timeout": "3s"}

    def test_a_stop_does_not_wait_for_ever(self):
        client = self.client(PLUGIN, "ignore")
        self.assertEqual(client.stdout.readline(), "ignoring\n")
        self.server.signal(signal.SIGTERM)
        self.server.expect_exit(1)
        left = self.server.found("A plugin's call is still running at the end of shutdown_timeout")
        self.assertIn(PLUGIN, [record["plugin"] for record in left])
        self.assertEqual(client.finish()[0], 1)


class LongPath(unittest.TestCase):
    def test_a_state_directory_whose_path_is_too_long_for_a_socket(self):
        folder = Folder(plugins=PLUGINS)
        folder.state = folder.path / ("s" * 150)
        folder.server["state_directory"] = str(folder.state)
        folder.write()
        with Mortised(folder) as server:
            done = run("--config", folder.config, PLUGIN, "work", "1")
            self.assertEqual((done.returncode, done.stdout), (0, f"working in {server.pid}\nworked\n"), done)
            server.stop()
            self.assertFalse((folder.state / "command.sock").exists())


if __name__ == "__main__":
    unittest.main()
