# SPDX-License-Identifier: Apache-2.0
"""What names a secret names it everywhere: in the targets of served and refused requests, in the fields and texts of plugins, in
messages of development mode, in what is wrong with the configuration and in --print-config. What only looks like it is shown,
and so is what the host says itself."""

from __future__ import annotations

import unittest

from mortised import Folder, Mortised, ServerTest, eventually, run

SECRET = "s3cret-"
LOGGED = {"routing": {}, "hello": {}, "logging": {"output": "stderr", "format": "json", "level": "debug"}}
# Of a parameter whose value is a secret, as a client may write it.
SENSITIVE = (
    "password", "user[pwd]", "user%5Bpwd%5D", "user%5bpwd%5d", "user%255Bpwd%255D", "login[pin]", "login%255Bpin%255D", "user.pwd", "user-pwd", "user_pwd",
    "userPwd", "loginPIN", "HTTPPassword", "PASSWORD", "PaSsWoRd", "password2", "pin1", "pin[]", "a[b][otp][c]", "api_key", "apiKey", "api+key",
    "api%20key", "access.token", "accessToken", "clientSecret", "privateKey", "session", "JSESSIONID", "id_token", "code", "oauth[code]",
    "sslpassword", "X-Amz-Signature", "%70assword", "csrfToken",
)
HARMLESS = (
    "monkey", "keyboard", "spinner", "author", "authority", "compass", "tokenizer", "passenger", "secretary", "opinion", "shipping", "design",
    "user[name]", "user%5Bname%5D", "status_code", "errorCode", "sort_key", "sessions", "page", "bypass", "keyword",
)


class Targets(ServerTest):
    PLUGINS = LOGGED

    def url_of(self, target: str, status: int | None = None, fields: tuple = ("Host: t",)) -> str:
        """What the log says of a request of that target."""
        mark = self.server.mark()
        with self.server.connect() as connection:
            connection.send("\r\n".join([f"GET {target} HTTP/1.1", *fields, "Connection: close", "", ""]).encode())
            answer = connection.read()
        if status is not None:
            self.assertEqual(answer.status, status, answer)
        record = self.server.wait_for("Request completed", since=mark, requestId=answer.header("x-request-id"))
        self.assertEqual(record["status"], answer.status)
        return record["url"]

    def assertHidden(self, shown: str) -> None:
        self.assertNotIn(SECRET, shown)
        self.assertTrue("[redacted]" in shown or shown == "", shown)  # nothing of a target that cannot be read

    # contract: log.redaction
    def test_names(self):
        for name in SENSITIVE:
            with self.subTest(name=name):
                self.assertEqual(self.url_of(f"/hello?a=1&{name}={SECRET}1&z=2", 200), f"/hello?a=1&{name}=[redacted]&z=2")
        for name in HARMLESS:
            with self.subTest(name=name):
                self.assertEqual(self.url_of(f"/hello?{name}=banana", 200), f"/hello?{name}=banana")

    # contract: log.redaction
    def test_whole_values(self):
        for value in ("%26s3cret-1", ";s3cret-1", "?s3cret-1", "/s3cret-1", "=s3cret-1", "%2526s3cret-1"):
            self.assertEqual(self.url_of(f"/hello?pwd=x{value}&z=2", 200), "/hello?pwd=[redacted]&z=2")

    # contract: log.redaction
    def test_other_places(self):
        for target in (
            "/nowhere;jsessionid=s3cret-1?x=1", "/hello?next=/cb?token=s3cret-1", "/hello?next=%2Fcb%3Ftoken%3Ds3cret-1%26s3cret-2",
            "/hello?u=http://user:s3cret-1@host/", "/hello?u=http%3A%2F%2Fuser%3As3cret-1%40host%2F", "/hello?token%3Ds3cret-1",
            "/hello?v=%7B%22user%22%3A%7B%22password%22%3A%22s3cret-1%22%7D%7D", "/hello?x=1;pin=s3cret-1", "//user:s3cret-1@host/",
            "/hello?user:pwd=s3cret-1", "/hello?oauth:token=s3cret-1", "/hello?soap:Body:password=s3cret-1", "/hello?user%3Apwd=s3cret-1",
            "/hello?user%3Apwd%3Ds3cret-1", "/hello?javax.faces:token=s3cret-1&x=1", '/hello?data={"user:pwd":"s3cret-1"}',
            "/hello?dsn=host%3Dh%20password%3Ds3cret-1", "/hello?dsn=host=h+password=s3cret-1", "/hello?a=1%0atoken=s3cret-1",
            "/x;token=aa/s3cret-1", "/x,token=s3cret-1", "/x/token=s3cret-1/", "/hello?u=//u:s3cret-1@h/", "/hello?u=%2F%2Fu%3As3cret-1%40h",
            "/hello?u=u:s3cret-1@h/db", "/hello?u=https://s3cret-1@h/", "/hello?2fa=s3cret-1", "/hello?dbpass=s3cret-1", "/hello?SAMLRequest=s3cret-1",
        ):
            with self.subTest(target=target):
                self.assertHidden(self.url_of(target))

    # contract: log.redaction
    def test_refused_requests(self):
        for target in (
            "/cb#access_token=s3cret-1&x=1", "/cb?a=1#id_token=s3cret-1", "/cb#session_state=1&code=s3cret-1", "http://h/cb#access_token=s3cret-1",
            "http://user:s3cret-1@host/", "http://user:s3cret-1@host/hello?x=1", "http://user:a/s3cret-1@host/", "http://user:a?s3cret-1@host/",
            "https://user:s3cret-1@host", "ftp://user:s3cret-1@host/", "user:s3cret-1@host:80", "http://user:s3cret-1%40host/", "http:/user:s3cret-1@host/",
            "/../hello?password=s3cret-1", "/hello?%zz=1&user[pwd]=s3cret-1", "/%00?login%5Bpin%5D=s3cret-1", "http://user:s3cret-1",
            "/hello?token=s3cret-1#x", "/%zz?user.pwd=s3cret-1", "/hello%?api%20key=s3cret-1", "/hello?u=1#user:token=s3cret-1",
        ):
            with self.subTest(target=target):
                self.assertHidden(self.url_of(target, 400))
        for fields in (("Host: a", "Host: b"), (), ("Host: t", "From: a", "From: b"), ("Host: t", "X : y")):
            with self.subTest(fields=fields):
                self.assertHidden(self.url_of("/hello?user[pwd]=s3cret-1", 400, fields))
        self.assertHidden(self.url_of("http://user:s3cret-1" + "x" * 9000 + "@host/", 414))
        self.assertHidden(self.url_of("/hello?user[pwd]=s3cret-1" + "x" * 9000, 414))

    # contract: log.redaction
    def test_user_agents(self):
        for agent, shown in (("curl/8 (token=s3cret-1)", None), ("http://user:s3cret-1@host/", "http://user:[redacted]@host/"), ('{"pwd":"s3cret-1"}', None),
                             ("Authorization: Bearer s3cret-1", "Authorization: [redacted]"), ("x?user[pwd]=s3cret-1", None),
                             ("Mozilla/5.0 (X11; Linux x86_64; rv:109.0)", "Mozilla/5.0 (X11; Linux x86_64; rv:109.0)")):
            with self.subTest(agent=agent):
                mark = self.server.mark()
                answer = self.server.get("/hello", headers={"User-Agent": agent})
                record = self.server.wait_for("Request completed", since=mark, requestId=answer.header("x-request-id"))
                if shown is None:
                    self.assertHidden(record["userAgent"])
                else:
                    self.assertEqual(record["userAgent"], shown)

    # contract: log.redaction
    def test_what_the_host_says_itself(self):
        for line, code in (("GET /hello HTTP/1.1", "http_bad_host"), ("GET /.. HTTP/1.1", "http_dot_segment"), ("BREW / HTTP/1.1", "http_unknown_method")):
            mark = self.server.mark()
            with self.server.connect() as connection:
                connection.send(f"{line}\r\n\r\n".encode())
                connection.read()
            self.server.wait_for("Refused a malformed request", since=mark, code=code)

    @classmethod
    def tearDownClass(cls):
        lines = [line for line in cls.server.lines if SECRET in line]
        super().tearDownClass()
        assert not lines, lines


class Plugins(unittest.TestCase):
    # contract: log.redaction
    def test_fields_and_texts(self):
        for sink in ({}, {"logging": {"output": "stdout", "format": "json"}}):  # the first has none: standard error
            with self.subTest(sink=sink), Mortised(plugins={"routing": {}, "throws-in-handle": {}, **sink}) as server:
                server.get("/throws/url?user[pwd]=s3cret-9")
                server.stop()
                text = "\n".join(server.lines)
                self.assertNotIn(SECRET, text)
                self.assertIn("mysql://user:[redacted]@db/x?session=[redacted]&monkey=banana", text)

    # contract: log.redaction
    def test_a_sink_of_a_plugin(self):
        folder = Folder(plugins={"routing": {}, "uses-log": {}})
        self.addCleanup(folder.remove)
        path = str(folder.path / "http.sock")
        folder.server["listen"] = f"unix:{path}"
        folder.write()
        server = Mortised(folder, start=False)
        self.addCleanup(server.close)
        server.start(ready=False)
        server.addresses = [f"unix:{path}"]
        lines = lines_of_sink(server)
        said = [line for line in lines if "secrets" in line]
        self.assertEqual(len(said), 1, lines)
        self.assertNotIn(SECRET, said[0])
        self.assertNotIn("42424242", said[0])
        for part in ("user[pwd]=[redacted]", "login.pin=[redacted]", "HTTPPassword=[redacted]", "otp=[redacted]", "monkey=banana",
                     "target=/uses/log/secrets?pin=[redacted]&x=1", "mysql://u:[redacted]@db/x?otp=[redacted]", "/x?login[pin]=[redacted] failed"):
            self.assertIn(part, said[0])
        server.stop()


def lines_of_sink(server: Mortised) -> list[str]:
    """What the sink of the fixture got, once it listens: it takes the record that says so."""

    def talk():
        try:
            connection = server.connect()
        except OSError:
            return None
        with connection:
            connection.exchange("GET", "/uses/log/secrets?pin=s3cret-6&x=1")
            return connection.exchange("GET", "/uses/log/taken").json["lines"]

    return eventually(talk, "it listens")


class Messages(unittest.TestCase):
    # contract: log.redaction
    def test_development_mode(self):
        with Mortised(server={"mode": "development"}, plugins={"routing": {}, "throws-in-handle": {}}) as server:
            for accept in ("application/json", "application/problem+json"):
                answer = server.get("/throws/url", headers={"Accept": accept})
                self.assertEqual((answer.status, answer.json["message"]),
                                 (500, "cannot reach mysql://user:[redacted]@db/x?session=[redacted]&monkey=banana"))

    # contract: log.redaction
    def test_mistakes_in_the_configuration(self):
        for url in ("mysql://user:s3cret-1@db/x?session=s3cret-2", "nosuch://user:s3cret-1@db/x?user[pwd]=s3cret-2", "mysql://db/x?login%5Bpin%5D=s3cret-1",
                    "sqlite://%zz?api.key=s3cret-1", "mysql://u:a s3cret-1@h/db?pin=s3cret-2", "host=h password=s3cret-1", "password='a s3cret-1' host=h"):
            with self.subTest(url=url):
                folder = Folder(plugins={"routing": {}, "database": {"url": url}})
                self.addCleanup(folder.remove)
                for mode in (("--check-config",), ()):
                    done = run("--config", folder.config, *mode)
                    self.assertEqual(done.returncode, 78, done)
                    self.assertIn("[redacted]", done.stderr)
                    self.assertNotIn(SECRET, done.stdout + done.stderr)
        for url in ("//u:s3cret-1@h", "u:s3cret-1@h/db", "mysql:u:s3cret-1@h", "mysql:///u:s3cret-1@h", "mysql://u:s3cret-1%40h"):
            folder = Folder(plugins={"routing": {}, "database": {"url": url}})
            self.addCleanup(folder.remove)
            done = run("--config", folder.config, "--check-config")
            self.assertEqual(done.returncode, 78, done)
            self.assertNotIn(SECRET, done.stdout + done.stderr)
        for name in ("max_connections", "request_timeout", "mode"):
            for value in ("http://u:s3cret-1@h/?otp=s3cret-2&user.pwd=s3cret-3", "pwd=s3cret-1", "host=h password=s3cret-1", '{"pwd":"s3cret-1"}',
                          "u:s3cret-1@h/db", "//u:s3cret-1@h", "https://h/?token='s3cret-1'"):
                folder = Folder({name: value}, {"routing": {}})
                self.addCleanup(folder.remove)
                done = run("--config", folder.config, "--check-config")
                self.assertEqual(done.returncode, 78, done)
                self.assertNotIn(SECRET, done.stdout + done.stderr)

    # contract: log.redaction
    def test_print_config(self):
        hidden = "&".join(f"{name}={SECRET}{number}" for number, name in enumerate(SENSITIVE))
        shown = "&".join(f"{name}=banana-{number}" for number, name in enumerate(HARMLESS))
        folder = Folder(plugins={"routing": {}, "database": {"url": f"mysql://user:{SECRET}x@db/x?{shown}&{hidden}"}})
        self.addCleanup(folder.remove)
        for env in ({}, {"DATABASE_URL": f"mysql://user:{SECRET}x@db/y?{hidden}&{shown}"}):
            done = run("--config", folder.config, "--print-config", env=env)
            self.assertEqual(done.returncode, 0, done)
            self.assertNotIn(SECRET, done.stdout + done.stderr)
            self.assertIn("mysql://user:[redacted]@db/", done.stdout)
            for number, name in enumerate(HARMLESS):
                self.assertIn(f"{name}=banana-{number}", done.stdout)
            for name in SENSITIVE:
                self.assertIn(f"{name}=[redacted]", done.stdout)


if __name__ == "__main__":
    unittest.main()
