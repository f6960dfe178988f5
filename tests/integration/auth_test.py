# SPDX-License-Identifier: Apache-2.0
"""Registration, login, tokens and what is done to them by people who should not."""

import base64
import hashlib
import hmac
import json
import os
import stat
import subprocess
import tempfile
import threading
import time
import unittest

from mortised import SLOWNESS, Folder, Mortised, ServerTest, missing, run

ACCESS = "an access secret of more than thirty-two bytes!"
REFRESH = "the refresh secret, another one of thirty-two bytes"


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(token: str, part: int) -> dict:
    text = token.split(".")[part]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def sign(claims, secret: str = ACCESS, header: dict | None = None, algorithm: str = "sha256") -> str:
    head = {"alg": "HS256", "typ": "JWT"} if header is None else header
    text = f"{encode(json.dumps(head).encode())}.{encode(json.dumps(claims).encode())}"
    return f"{text}.{encode(hmac.new(secret.encode(), text.encode(), getattr(hashlib, algorithm)).digest())}"


class AuthTest(ServerTest):
    PLUGINS = {
        "routing": {}, "logging": {}, "database": {"url": "sqlite:///test.db"}, "users": {},
        "auth": {"access_secret": ACCESS, "refresh_secret": REFRESH},
    }

    def me(self, token: str, **options):
        return self.server.get("/api/users/me", token=token, **options)

    def refresh(self, token: str):
        return self.server.post("/auth/refresh", {"refreshToken": token})

    def logout(self, token: str):
        return self.server.post("/auth/logout", {"refreshToken": token})

    def login(self, email: str, password: str):
        return self.server.post("/auth/login", {"email": email, "password": password})


class Sessions(AuthTest):
    # contract: auth.register, cache.no-store
    def test_register(self):
        body = {"name": "Ada", "email": "Ada@Example.com", "password": "correct horse"}
        response = self.server.post("/auth/register", body)
        self.assertEqual(response.status, 201, response)
        self.assertEqual(set(response.json), {"user", "accessToken", "refreshToken"})
        self.assertEqual(set(response.json["user"]), {"id", "name", "email"})
        self.assertEqual(response.json["user"]["email"], "Ada@Example.com")
        self.assertEqual(response.header("cache-control"), "no-store")
        self.assertEqual(self.me(response.json["accessToken"]).json["user"]["name"], "Ada")
        self.assertError(self.server.post("/auth/register", body), 409, "User already exists")
        self.assertInvalid(
            self.server.post("/auth/register", {"name": "", "email": "x", "password": ""}),
            ("body", "/name", "minLength"), ("body", "/email", "format"), ("body", "/password", "minLength"),
        )

    # contract: auth.login, cache.no-store
    def test_login(self):
        user = self.server.register()
        response = self.login(user["user"]["email"], user["password"])
        self.assertEqual(response.status, 200, response)
        self.assertEqual(set(response.json), {"user", "accessToken", "refreshToken"})
        self.assertEqual(response.json["user"], user["user"])
        self.assertEqual(response.header("cache-control"), "no-store")
        for email, password in ((user["user"]["email"], "wrong password"), ("nobody@example.com", user["password"]), ("no address", "x"), ("", "")):
            refused = self.login(email, password)
            self.assertError(refused, 401, "Invalid credentials")
            self.assertEqual(refused.header("www-authenticate"), "Bearer")
        self.assertInvalid(self.server.post("/auth/login", {}), ("body", "/email", "required"), ("body", "/password", "required"))

    # contract: auth.long-password
    def test_long_passwords(self):
        user = self.server.register(password="x" * 72)
        self.assertEqual(self.login(user["user"]["email"], "x" * 72).status, 200)
        self.assertError(self.login(user["user"]["email"], "x" * 73), 401, "Invalid credentials")
        self.assertError(self.login(user["user"]["email"], "x" * 72 + "ä" * 1000), 401, "Invalid credentials")
        body = {"name": "Ada", "email": "long@example.com", "password": "x" * 73}
        self.assertInvalid(self.server.post("/auth/register", body), ("body", "/password", "x-maxBytes"))

    # contract: auth.access-claims
    def test_access_tokens(self):
        before = int(time.time())
        user = self.server.register()
        token = user["accessToken"]
        claims = decode(token, 1)
        self.assertEqual(set(claims) - {"typ"}, {"userId", "email", "epoch", "iat", "exp", "jti"})
        self.assertEqual((claims["userId"], claims["email"]), (user["user"]["id"], user["user"]["email"]))
        self.assertEqual(claims["exp"] - claims["iat"], 15 * 60)
        self.assertLessEqual(abs(claims["iat"] - before), 30)
        self.assertEqual(decode(token, 0)["alg"], "HS256")
        head, body, signature = token.split(".")
        expected = hmac.new(ACCESS.encode(), f"{head}.{body}".encode(), "sha256").digest()
        self.assertEqual(signature, encode(expected))
        other = self.login(user["user"]["email"], user["password"]).json["accessToken"]
        self.assertNotEqual(decode(other, 1)["jti"], claims["jti"])

    # contract: auth.refresh-claims
    def test_refresh_tokens(self):
        token = self.server.register()["refreshToken"]
        claims = decode(token, 1)
        self.assertEqual(set(claims) - {"typ"}, {"userId", "family", "jti", "iat", "exp"})
        self.assertEqual(claims["exp"] - claims["iat"], 7 * 24 * 3600)
        head, body, signature = token.split(".")
        self.assertEqual(signature, encode(hmac.new(REFRESH.encode(), f"{head}.{body}".encode(), "sha256").digest()))

    # contract: auth.refresh, cache.no-store
    def test_refresh_rotates(self):
        user = self.server.register()
        response = self.refresh(user["refreshToken"])
        self.assertEqual(response.status, 200, response)
        self.assertEqual(set(response.json), {"accessToken", "refreshToken"})
        self.assertEqual(response.header("cache-control"), "no-store")
        self.assertNotEqual(response.json["refreshToken"], user["refreshToken"])
        old, new = decode(user["refreshToken"], 1), decode(response.json["refreshToken"], 1)
        self.assertEqual(old["family"], new["family"])
        self.assertNotEqual(old["jti"], new["jti"])
        self.assertEqual(self.me(response.json["accessToken"]).status, 200)
        self.assertEqual(self.refresh(response.json["refreshToken"]).status, 200)
        for bad in ("", "x", "a.b.c"):
            self.assertError(self.refresh(bad), 401, "Invalid refresh token")
        self.assertInvalid(self.server.post("/auth/refresh", {}), ("body", "/refreshToken", "required"))

    # contract: auth.reuse
    def test_reuse_ends_the_family(self):
        user = self.server.register()
        second = self.refresh(user["refreshToken"]).json["refreshToken"]
        other = self.login(user["user"]["email"], user["password"]).json["refreshToken"]
        self.assertError(self.refresh(user["refreshToken"]), 401, "Invalid refresh token")
        self.assertError(self.refresh(second), 401, "Invalid refresh token")
        self.assertEqual(self.refresh(other).status, 200)  # another login is another family

    # contract: auth.password
    def test_password_change(self):
        user = self.server.register()
        token, email = user["accessToken"], user["user"]["email"]
        second = self.server.post("/auth/login", {"email": email, "password": "correct horse"}).json["refreshToken"]

        def change(current: str, new: str, token: str | None = token):
            return self.server.request("POST", "/auth/password", json_body={"currentPassword": current, "newPassword": new}, token=token)

        for current in ("wrong horse", "", "x" * 100):
            response = change(current, "battery staple")
            self.assertError(response, 401, "Invalid credentials")
            self.assertEqual(response.header("www-authenticate"), "Bearer")
        self.assertError(change("correct horse", "battery staple", None), 401, "No token provided")
        for new in ("short", "x" * 73, "nul\0 in it"):
            response = change("correct horse", new)
            self.assertError(response, 400, "Validation error")
            self.assertEqual(response.json["details"][0]["path"], "/newPassword")
        # Nothing of that changed anything.
        self.assertEqual(self.server.post("/auth/login", {"email": email, "password": "correct horse"}).status, 200)
        response = change("correct horse", "battery staple")
        self.assertEqual((response.status, response.body, response.header("cache-control")), (204, b"", "no-store"))
        self.assertError(self.server.post("/auth/login", {"email": email, "password": "correct horse"}), 401, "Invalid credentials")
        self.assertEqual(self.server.post("/auth/login", {"email": email, "password": "battery staple"}).status, 200)
        for refresh in (user["refreshToken"], second):
            self.assertError(self.refresh(refresh), 401, "Invalid refresh token")
        self.assertError(self.me(token), 401, "Invalid token")

    # contract: auth.password
    def test_of_racing_password_changes_one_wins(self):
        user = self.server.register()
        answers, barrier = {}, threading.Barrier(6)

        def attempt(number: int):
            barrier.wait()
            answers[number] = self.server.request(
                "POST", "/auth/password", json_body={"currentPassword": "correct horse", "newPassword": f"new password {number}"},
                token=user["accessToken"]).status

        threads = [threading.Thread(target=attempt, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # Who comes late finds another hash, or another password already.
        self.assertEqual(sorted(answers.values())[0], 204)
        self.assertLessEqual(set(answers.values()), {204, 401, 409})
        self.assertEqual(list(answers.values()).count(204), 1)
        winner = next(number for number, status in answers.items() if status == 204)
        self.assertEqual(self.server.post("/auth/login", {"email": user["user"]["email"], "password": f"new password {winner}"}).status, 200)

    # contract: auth.logout
    def test_logout(self):
        user = self.server.register()
        second = self.refresh(user["refreshToken"]).json["refreshToken"]
        response = self.logout(second)
        self.assertEqual((response.status, response.body), (204, b""))
        self.assertError(self.refresh(second), 401, "Invalid refresh token")
        for unknown in (second, "unknown", sign({"family": "x"}, REFRESH)):
            self.assertEqual(self.logout(unknown).status, 204)

    # contract: auth.vanished
    def test_the_tokens_of_a_user_who_is_gone(self):
        user = self.server.register()
        self.assertEqual(self.server.delete(f"/api/users/{user['user']['id']}", token=user["accessToken"]).status, 204)
        self.assertError(self.me(user["accessToken"]), 401, "User not found")
        self.assertError(self.refresh(user["refreshToken"]), 401, "Invalid refresh token")

    # contract: auth.challenges
    def test_challenges(self):
        token = self.server.register()["accessToken"]
        for header in (None, "", "Basic dXNlcjpwYXNz", token, "Bearer", "Token " + token):
            response = self.server.get("/api/users/me", headers={} if header is None else {"Authorization": header})
            self.assertError(response, 401)
            self.assertEqual(response.header("www-authenticate"), "Bearer")
            self.assertIn(response.json["error"], ("No token provided", "Invalid token") if header == "Bearer" else ("No token provided",))
        self.assertEqual(self.server.get("/api/users/me", headers={"Authorization": f"bearer {token}"}).status, 200)
        self.assertError(self.me("nonsense"), 401, "Invalid token")
        with self.server.connect() as connection:
            connection.request("GET", "/api/users/me", headers=[("Authorization", f"Bearer {token}")] * 2)
            self.assertEqual(connection.read().status, 400)


class Whole(AuthTest):
    def test_registration_stores_both_or_neither(self):
        body = {"name": "Ada", "email": "both@example.com", "password": "correct horse"}
        self.server.folder.stored.change("ALTER TABLE auth_refresh_families RENAME TO away")
        try:
            self.assertError(self.server.post("/auth/register", body), 500)
        finally:
            self.server.folder.stored.change("ALTER TABLE away RENAME TO auth_refresh_families")
        self.assertError(self.login("both@example.com", "correct horse"), 401)
        self.assertEqual(self.server.post("/auth/register", body).status, 201)
        self.assertError(self.server.post("/auth/register", body), 409)


class Attacks(AuthTest):
    def setUp(self):
        self.user = self.server.register()
        self.good = {"userId": self.user["user"]["id"], "email": self.user["user"]["email"], "iat": int(time.time()), "exp": int(time.time()) + 600}

    def assertRefused(self, token: str):
        self.assertError(self.me(token), 401, "Invalid token")

    # contract: auth.access-claims
    def test_a_token_of_another_program_is_taken(self):
        self.assertEqual(self.me(sign(self.good)).status, 200)

    # contract: auth.algorithm
    def test_algorithms(self):
        none = f"{encode(json.dumps({'alg': 'none', 'typ': 'JWT'}).encode())}.{encode(json.dumps(self.good).encode())}."
        self.assertRefused(none)
        self.assertRefused(none + encode(b"x"))
        for name in ("None", "NONE", "hs256", "", "RS256", "ES256"):
            self.assertRefused(sign(self.good, header={"alg": name, "typ": "JWT"}))
        self.assertRefused(sign(self.good, header={"alg": "HS512", "typ": "JWT"}, algorithm="sha512"))
        self.assertRefused(sign(self.good, header={"alg": "HS384", "typ": "JWT"}, algorithm="sha384"))
        self.assertRefused(sign(self.good, header={"typ": "JWT"}))
        self.assertRefused(sign(self.good, header={"alg": "HS256", "crit": ["exp"]}))
        self.assertRefused(sign(self.good, header={"alg": ["HS256"]}))

    # contract: auth.algorithm
    def test_signatures(self):
        self.assertRefused(sign(self.good, "another secret that is long enough to be one"))
        self.assertRefused(sign(self.good, ""))
        token = sign(self.good)
        head, body, signature = token.split(".")
        self.assertRefused(f"{head}.{body}.")
        self.assertRefused(f"{head}.{body}.{signature[:-1]}")
        self.assertRefused(f"{head}.{body}.{signature}A")
        self.assertRefused(f"{head}.{body}.{signature}=")
        other = encode(json.dumps({**self.good, "userId": "x"}).encode())
        self.assertRefused(f"{head}.{other}.{signature}")

    # contract: auth.kinds
    def test_kinds(self):
        self.assertRefused(self.user["refreshToken"])
        self.assertError(self.refresh(self.user["accessToken"]), 401, "Invalid refresh token")
        # The right key with the wrong kind, and the right kind with the wrong key.
        claims = decode(self.user["refreshToken"], 1)
        self.assertRefused(sign(claims, ACCESS, decode(self.user["refreshToken"], 0)))
        self.assertError(self.refresh(sign(decode(self.user["accessToken"], 1), REFRESH)), 401, "Invalid refresh token")
        self.assertError(self.refresh(sign(claims, ACCESS, decode(self.user["refreshToken"], 0))), 401, "Invalid refresh token")

    # contract: auth.time-claims
    def test_times(self):
        now = int(time.time())
        self.assertRefused(sign({**self.good, "exp": now - 1}))
        self.assertRefused(sign({**self.good, "exp": now}))
        self.assertRefused(sign({**self.good, "nbf": now + 60}))
        self.assertRefused(sign({**self.good, "exp": "9999999999"}))
        self.assertRefused(sign({**self.good, "exp": None}))
        self.assertRefused(sign({key: value for key, value in self.good.items() if key != "exp"}))
        self.assertEqual(self.me(sign({**self.good, "nbf": now - 1})).status, 200)

    # contract: auth.algorithm
    def test_shapes(self):
        token = sign(self.good)
        head, body, signature = token.split(".")
        for bad in (
            f"{head}.{body}", head, f"{token}.", f"{token}.{signature}", f".{body}.{signature}", f"{head}..{signature}", "..", "...",
            f"{head}=.{body}.{signature}", f"{head}.{body}.{signature[:-4]}+/+/", f"{head} .{body}.{signature}",
        ):
            with self.subTest(bad=bad):
                self.assertError(self.me(bad), 401, "Invalid token" if bad.strip() else None)
        for claims in ([], "text", 7, None, {}, {"userId": 7, "exp": 9999999999}):
            self.assertRefused(sign(claims))
        self.assertRefused(encode(b"{") + "." + body + "." + signature)

    # contract: auth.algorithm
    def test_huge_tokens(self):
        self.assertRefused(sign({**self.good, "x": "y" * 20000}))
        huge = self.server.get("/api/users/me", token="a." * 20000)
        self.assertEqual(huge.status, 431)
        self.assertError(self.refresh("a" * 1000000), 401, "Invalid refresh token")
        deep = "[" * 3000 + "]" * 3000
        head = encode(b'{"alg":"HS256","x":' + deep.encode() + b"}")
        text = f"{head}.{encode(json.dumps(self.good).encode())}"
        self.assertRefused(f"{text}.{encode(hmac.new(ACCESS.encode(), text.encode(), 'sha256').digest())}")


class Roles(unittest.TestCase):
    # contract: user.role
    def test_a_role_in_a_token_is_no_role(self):
        with Mortised(plugins={**AuthTest.PLUGINS, "uses-roles": {}}) as server:
            user = server.register(email="boss@example.com")
            plain = user["accessToken"]
            forged = sign({**decode(plain, 1), "role": "admin", "roles": ["admin"], "scope": "admin", "admin": True})
            for token in (plain, forged):
                self.assertEqual(server.get("/uses/roles", token=token).json, {"id": user["user"]["id"], "admin": False})
                refused = server.get("/uses/roles/admin", token=token)
                self.assertEqual((refused.status, refused.json["error"]), (403, "Forbidden"))
            self.assertEqual(server.get("/uses/roles/admin").status, 401)
            for command, status in (("grant-admin", 200), ("revoke-admin", 403)):
                server.stop()
                done = run("--config", server.folder.config, "users", command, "boss@example.com")
                self.assertEqual(done.returncode, 0, done)
                server.restart()
                # The same token all the time: it is the row that changed.
                self.assertEqual(server.get("/uses/roles/admin", token=plain).status, status)
                denying = sign({**decode(plain, 1), "role": "user", "roles": []})
                self.assertEqual(server.get("/uses/roles/admin", token=denying).status, status)


class Timing(AuthTest):
    SERVER = {"password_cost": "8"}
    PLUGINS = {
        "routing": {}, "database": {"url": "sqlite:///test.db"}, "users": {},
        "auth": {"access_secret": ACCESS, "refresh_secret": REFRESH},
    }

    # contract: auth.login-timing
    def test_login_takes_as_long_for_unknown_addresses(self):
        user = self.server.register()
        cheap, damaged, dear = self.server.register(), self.server.register(), self.server.register()
        for who, kept in ((cheap, "$2b$04$" + "x" * 53), (damaged, "damaged"), (dear, "$2b$15$" + "x" * 53)):
            self.server.folder.stored.change("UPDATE users SET password_hash = ? WHERE id = ?", kept, who["user"]["id"])
        samples = {"known": [], "unknown": [], "too long": [], "cheap": [], "damaged": [], "dear": []}
        attempts = {
            "known": {"email": user["user"]["email"], "password": "wrong password"},
            "unknown": {"email": "nobody@example.com", "password": "wrong password"},
            "too long": {"email": user["user"]["email"], "password": "x" * 100},
            "cheap": {"email": cheap["user"]["email"], "password": "wrong password"},
            "damaged": {"email": damaged["user"]["email"], "password": "wrong password"},
            "dear": {"email": dear["user"]["email"], "password": "wrong password"},  # above server.password_cost_limit
        }
        with self.server.connect() as connection:
            for _ in range(25):
                for name, body in attempts.items():
                    begin = self.server.cpu_s()
                    response = connection.exchange(
                        "POST", "/auth/login", headers={"Content-Type": "application/json"}, body=json.dumps(body).encode())
                    samples[name].append(self.server.cpu_s() - begin)
                    self.assertEqual(response.status, 401)
        # The work itself: the time of the server's threads, of which other processes take nothing; what it does besides only adds.
        shortest = {name: min(times) for name, times in samples.items()}
        self.assertGreater(min(shortest.values()), 0.003)  # cost 8 is some 15 ms: less means that nothing was hashed
        self.assertLess(max(shortest.values()), 1.5 * min(shortest.values()), shortest)


class Secrets(unittest.TestCase):
    @staticmethod
    def plugins(**auth):
        return {"routing": {}, "database": {"url": "sqlite:///test.db"}, "users": {}, "auth": auth}

    def refused(self, *said, env=None, **auth):
        folder = Folder(plugins=self.plugins(**auth))
        try:
            for arguments in (("--check-config",), ()):
                done = run("--config", folder.config, *arguments, env=env)
                self.assertEqual(done.returncode, 78 if arguments else done.returncode, done)
                self.assertNotEqual(done.returncode, 0)
                for text in said:
                    self.assertIn(text, done.stdout + done.stderr)
                for secret in [*auth.values(), *(env or {}).values()]:
                    if "_file" not in str(secret):
                        self.assertNotIn(secret, done.stdout + done.stderr)
            return done
        finally:
            folder.remove()

    # contract: auth.equal-secrets
    def test_equal_secrets_are_refused(self):
        self.refused("access_secret", "refresh_secret", access_secret=ACCESS, refresh_secret=ACCESS)

    # contract: auth.weak-secrets
    def test_weak_secrets_are_refused(self):
        self.refused("access_secret", "32", access_secret="short-and-weak", refresh_secret=REFRESH)
        self.refused("JWT_SECRET", "32", env={"JWT_SECRET": "short-and-weak"})

    # contract: auth.made-secrets
    def test_made_secrets_are_kept(self):
        with Mortised(plugins=self.plugins()) as server:
            user = server.register()
            kept = [path for path in server.folder.state.rglob("*") if path.is_file() and "auth" in path.name]
            self.assertTrue(kept, list(server.folder.state.rglob("*")))
            for path in kept:
                self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path)
            server.stop()
            server.restart()
            self.assertEqual(server.get("/api/users/me", token=user["accessToken"]).status, 200)
            self.assertEqual(server.post("/auth/refresh", {"refreshToken": user["refreshToken"]}).status, 200)

    # contract: auth.secret-sources
    def test_sources(self):
        def works(server):
            user = server.register()
            claims = decode(user["accessToken"], 1)
            self.assertEqual(server.get("/api/users/me", token=sign(claims, ACCESS)).status, 200)

        with Mortised(plugins=self.plugins(access_secret=ACCESS, refresh_secret=REFRESH)) as server:
            works(server)
        with Mortised(plugins=self.plugins(), env={"JWT_SECRET": ACCESS, "JWT_REFRESH_SECRET": REFRESH}) as server:
            works(server)
        env = {"MORTISE_PLUGIN_AUTH_ACCESS_SECRET": ACCESS, "MORTISE_PLUGIN_AUTH_REFRESH_SECRET": REFRESH}
        with Mortised(plugins=self.plugins(), env={**env, "JWT_SECRET": "x" * 20 + "another one, which loses"}) as server:
            works(server)
        with tempfile.TemporaryDirectory() as folder:
            for name, secret in (("access", ACCESS), ("refresh", REFRESH)):
                for file in (f"{name}_secret", f"plugin.auth.{name}_secret"):
                    path = os.path.join(folder, file)
                    with open(path, "w", encoding="utf-8") as out:
                        out.write(secret + "\n")
                    os.chmod(path, 0o600)
            files = {f"{name}_secret_file": os.path.join(folder, f"{name}_secret") for name in ("access", "refresh")}
            with Mortised(plugins=self.plugins(**files)) as server:
                works(server)
            for name in ("access", "refresh"):
                os.unlink(os.path.join(folder, f"{name}_secret"))
            with Mortised(plugins=self.plugins(), env={"CREDENTIALS_DIRECTORY": folder}) as server:
                works(server)

    # contract: auth.reuse
    def test_grace_for_retried_requests(self):
        with Mortised(plugins=self.plugins(refresh_grace="60s")) as server:
            token = server.register()["refreshToken"]
            first = server.post("/auth/refresh", {"refreshToken": token})
            again = server.post("/auth/refresh", {"refreshToken": token})
            self.assertEqual((first.status, again.status), (200, 200))
            self.assertEqual(decode(first.json["refreshToken"], 1)["jti"], decode(again.json["refreshToken"], 1)["jti"])
            successor = server.post("/auth/refresh", {"refreshToken": first.json["refreshToken"]})
            self.assertEqual(successor.status, 200)
            self.assertEqual(server.post("/auth/refresh", {"refreshToken": token}).status, 401)

    # contract: auth.time-claims
    def test_leeway_is_a_setting(self):
        with Mortised(plugins=self.plugins(access_secret=ACCESS, refresh_secret=REFRESH, leeway="30s")) as server:
            claims = decode(server.register()["accessToken"], 1)
            now = int(time.time())
            self.assertEqual(server.get("/api/users/me", token=sign({**claims, "exp": now - 5})).status, 200)
            self.assertEqual(server.get("/api/users/me", token=sign({**claims, "exp": now - 60})).status, 401)

    # contract: auth.time-claims
    def test_short_lived_tokens_end(self):
        with Mortised(plugins=self.plugins(access_lifetime="1s")) as server:
            token = server.register()["accessToken"]
            deadline = time.monotonic() + 10 * SLOWNESS
            while server.get("/api/users/me", token=token).status == 200:
                self.assertLess(time.monotonic(), deadline)
            self.assertEqual(server.get("/api/users/me", token=token).json["error"], "Invalid token")


class Bcrypt(unittest.TestCase):
    # contract: auth.bcrypt
    def test_cost_10_and_hashes_of_other_makers(self):
        plugins = {"routing": {}, "database": {"url": "sqlite:///test.db"}, "users": {}, "auth": {}}
        folder = Folder(plugins=plugins)
        self.addCleanup(folder.remove)
        del folder.server["password_cost"]
        folder.write()
        with Mortised(folder) as server:
            user = server.register(password="correct horse")
            [(kept,)] = server.folder.stored.rows("SELECT password_hash FROM users")
            self.assertRegex(kept, r"^\$2b\$10\$[./A-Za-z0-9]{53}$")
            # A published test vector of crypt_blowfish: hashes that other programs stored work on.
            server.folder.stored.change("UPDATE users SET password_hash = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'")
            response = server.post("/auth/login", {"email": user["user"]["email"], "password": "U*U"})
            self.assertEqual(response.status, 200, response)
            # It was cheaper than what is set: made anew, and good for the next login.
            [(renewed,)] = server.folder.stored.rows("SELECT password_hash FROM users")
            self.assertRegex(renewed, r"^\$2b\$10\$")
            self.assertEqual(server.post("/auth/login", {"email": user["user"]["email"], "password": "U*U"}).status, 200)
            self.assertEqual(server.folder.stored.rows("SELECT password_hash FROM users"), [(renewed,)])

    def test_a_hash_that_is_none_is_a_wrong_password(self):
        plugins = {"routing": {}, "logging": {}, "database": {"url": "sqlite:///test.db"}, "users": {}, "auth": {}}
        with Mortised(plugins=plugins) as server:
            user = server.register(password="correct horse")["user"]
            server.folder.stored.change("UPDATE users SET password_hash = 'damaged'")
            response = server.post("/auth/login", {"email": user["email"], "password": "correct horse"})
            self.assertEqual((response.status, response.json["error"]), (401, "Invalid credentials"))
            server.wait_for("The stored password hash of a user cannot be used", userId=user["id"])

    # contract: auth.bcrypt
    def test_hashes_are_those_of_node(self):
        folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "node")
        with tempfile.TemporaryDirectory() as scratch:
            for name in ("package.json", "package-lock.json", "interop.js"):
                with open(os.path.join(folder, name), "rb") as source, open(os.path.join(scratch, name), "wb") as target:
                    target.write(source.read())
            installed = subprocess.run(
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=scratch, capture_output=True, text=True, timeout=240)
            if installed.returncode != 0:
                missing(self, f"npm ci failed: {installed.stderr}")

            def node(*arguments):
                done = subprocess.run(["node", "interop.js", *arguments], cwd=scratch, capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 0, done.stderr)
                return done.stdout.strip()

            plugins = {"routing": {}, "database": {"url": "sqlite:///test.db"}, "users": {}, "auth": {"access_secret": ACCESS, "refresh_secret": REFRESH}}
            with Mortised(plugins=plugins) as server:
                user = server.register(password="correct horse")
                [(kept,)] = server.folder.stored.rows("SELECT password_hash FROM users")
                self.assertEqual(node("compare", "correct horse", kept), "true")
                self.assertEqual(node("compare", "wrong horse", kept), "false")
                made = node("hash", "made by node")
                server.folder.stored.change("UPDATE users SET password_hash = ?", made)
                self.assertEqual(server.post("/auth/login", {"email": user["user"]["email"], "password": "made by node"}).status, 200)
                claims = json.loads(node("verify", user["accessToken"], ACCESS))
                self.assertEqual(claims["userId"], user["user"]["id"])
                foreign = node("sign", json.dumps({"userId": user["user"]["id"], "email": "x@example.com"}), ACCESS)
                self.assertEqual(server.get("/api/users/me", token=foreign).status, 200)


if __name__ == "__main__":
    unittest.main()
