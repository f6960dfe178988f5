# SPDX-License-Identifier: Apache-2.0
"""Access tokens: they end with their password, none is of the future, and a 401 says what was wrong with the credentials."""

import base64
import hashlib
import hmac
import json
import pathlib
import tempfile
import threading
import time
import unittest

from mortised import SLOWNESS, Folder, Mortised, ServerTest

ACCESS = "an access secret of more than thirty-two bytes!"
REFRESH = "the refresh secret, another one of thirty-two bytes"
SOON_S = 600 * SLOWNESS  # that no run of a test takes
NONE = "Bearer"
BAD = 'Bearer error="invalid_token"'


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims_of(token: str) -> dict:
    text = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def sign(claims: dict | str, secret: str = ACCESS, typ: str = "JWT") -> str:
    """A rightly signed token; text is a payload as it stands."""
    payload = claims if isinstance(claims, str) else json.dumps(claims)
    text = f"{encode(json.dumps({'alg': 'HS256', 'typ': typ}).encode())}.{encode(payload.encode())}"
    return f"{text}.{encode(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())}"


def plugins(**auth: str) -> dict[str, dict[str, str]]:
    return {
        "routing": {}, "logging": {}, "database": {"url": "sqlite:///test.db"}, "users": {},
        "auth": {"access_secret": ACCESS, "refresh_secret": REFRESH, **auth},
    }


class TokensTest(ServerTest):
    PLUGINS = plugins()

    def me(self, token: str, server: Mortised | None = None):
        return (server or self.server).get("/api/users/me", token=token)

    def change(self, token: str, current: str, new: str, server: Mortised | None = None):
        return (server or self.server).request(
            "POST", "/auth/password", json_body={"currentPassword": current, "newPassword": new}, token=token)

    def login(self, user: dict, password: str, server: Mortised | None = None):
        return (server or self.server).post("/auth/login", {"email": user["user"]["email"], "password": password})

    def assertRefused(self, response, sentence: str = "Invalid token", challenge: str = BAD):
        self.assertError(response, 401, sentence)
        self.assertEqual(response.header("www-authenticate"), challenge, response)
        self.assertEqual(response.header("cache-control"), "no-store", response)

    def assertInvalidToken(self, token: str, server: Mortised | None = None):
        self.assertRefused(self.me(token, server))


class Epochs(TokensTest):
    # contract: auth.epoch
    def test_a_password_change_voids_all_access_tokens(self):
        user = self.server.register()
        other = self.server.register()
        second = self.login(user, "correct horse").json["accessToken"]
        third = self.server.post("/auth/refresh", {"refreshToken": user["refreshToken"]}).json["accessToken"]
        self.assertEqual(claims_of(second)["epoch"], 0)
        self.assertEqual(self.change(second, "correct horse", "battery staple").status, 204)
        for token in (user["accessToken"], second, third):
            self.assertInvalidToken(token)
        self.assertEqual(self.me(other["accessToken"]).status, 200)
        # Every route that asks, with every method, whoever owns it.
        own = f"/api/users/{user['user']['id']}"
        for method, target, body in (("GET", own, None), ("GET", "/api/users", None), ("PATCH", own, {"name": "Eve"}),
                                     ("DELETE", own, None),
                                     ("POST", "/auth/password", {"currentPassword": "battery staple", "newPassword": "taken over"})):
            with self.subTest(method=method, target=target):
                self.assertRefused(self.server.request(method, target, json_body=body, token=second))
        new = self.login(user, "battery staple").json
        self.assertEqual(claims_of(new["accessToken"])["epoch"], 1)
        self.assertEqual(self.me(new["accessToken"]).json["user"]["name"], "Test User")
        refreshed = self.server.post("/auth/refresh", {"refreshToken": new["refreshToken"]}).json
        self.assertEqual(claims_of(refreshed["accessToken"])["epoch"], 1)
        # And again; to the same password, too.
        for count in (2, 3):
            self.assertEqual(self.change(new["accessToken"], "battery staple", "battery staple").status, 204)
            self.assertInvalidToken(new["accessToken"])
            new = self.login(user, "battery staple").json
            self.assertEqual(claims_of(new["accessToken"])["epoch"], count)

    # contract: auth.epoch
    def test_what_changes_no_password_voids_nothing(self):
        user = self.server.register()
        token = user["accessToken"]
        self.assertError(self.change(token, "wrong horse", "battery staple"), 401, "Invalid credentials")
        self.assertError(self.change(token, "correct horse", "short"), 400)
        self.assertEqual(self.server.patch(f"/api/users/{user['user']['id']}", {"name": "Another Name"}, token=token).status, 200)
        self.assertEqual(self.server.post("/auth/logout", {"refreshToken": user["refreshToken"]}).status, 204)
        self.assertEqual(self.login(user, "correct horse").status, 200)
        self.assertEqual(self.login(user, "wrong horse").status, 401)
        self.assertEqual(self.me(token).status, 200)

    # contract: auth.epoch
    def test_only_the_rows_epoch_is_taken(self):
        user = self.server.register()
        base = {"userId": user["user"]["id"], "exp": int(time.time()) + 900}

        def with_epoch(text: str | None) -> str:
            payload = json.dumps(base)
            return sign(payload if text is None else f'{payload[:-1]}, "epoch": {text}}}')

        for epoch in (0, 1):
            for same in (str(epoch), f"{epoch}.0", f"{epoch}e0"):
                self.assertEqual(self.me(with_epoch(same)).status, 200, same)
            for other in (str(epoch + 1), str(epoch - 1), str(-epoch - 1), f'"{epoch}"', "null", "true", "false", "[]", "{}", '""',
                          f"{epoch}.5", f"0{epoch}", f"{epoch}x", "1e999", "NaN", str(2**32 + epoch), str(2**63 - 1), str(2**63),
                          str(2**64 + epoch), str(-(2**63)), "9" * 400):
                with self.subTest(epoch=epoch, other=other):
                    self.assertInvalidToken(with_epoch(other))
            if epoch == 0:
                self.assertEqual(self.me(with_epoch(None)).status, 200)
                self.assertEqual(self.change(user["accessToken"], "correct horse", "battery staple").status, 204)
            else:
                self.assertInvalidToken(with_epoch(None))

    # contract: auth.epoch
    def test_renewing_a_hash_voids_nothing(self):
        folder = Folder(plugins=plugins())
        try:
            with Mortised(folder) as server:
                user = server.register()
            folder.server["password_cost"] = "5"
            folder.write()
            with Mortised(folder) as server:
                again = self.login(user, "correct horse", server).json
                self.assertEqual(claims_of(again["accessToken"])["epoch"], 0)
                for token in (user["accessToken"], again["accessToken"]):
                    self.assertEqual(self.me(token, server).status, 200)
        finally:
            folder.remove()

    # contract: auth.epoch
    def test_a_change_by_another_process_counts_at_once(self):
        with tempfile.TemporaryDirectory(prefix="mortise-test-") as shared:
            both = plugins()
            both["database"] = {"url": f"sqlite:///{pathlib.Path(shared) / 'shared.db'}"}
            with Mortised(plugins=both) as here, Mortised(plugins=both) as there:
                user = here.register()
                # The rows are warm in both.
                for server in (here, there) * 3:
                    self.assertEqual(self.me(user["accessToken"], server).status, 200)
                with here.connect() as kept:
                    headers = {"Authorization": f"Bearer {user['accessToken']}"}
                    self.assertEqual(kept.exchange("GET", "/api/users/me", headers=headers).status, 200)
                    self.assertEqual(self.change(user["accessToken"], "correct horse", "battery staple", there).status, 204)
                    self.assertRefused(kept.exchange("GET", "/api/users/me", headers=headers))
                for server in (here, there):
                    self.assertInvalidToken(user["accessToken"], server)
                new = self.login(user, "battery staple", there).json["accessToken"]
                self.assertEqual(self.me(new, here).status, 200)
                self.assertEqual(self.change(new, "battery staple", "horse battery", here).status, 204)
                self.assertInvalidToken(new, there)

    # contract: auth.epoch
    def test_no_token_outlives_a_change_that_it_raced(self):
        won = lost = 0
        for _ in range(20):  # until one login was before the change and one behind it
            user = self.server.register()
            found, refused = self.race(user)
            won, lost = won + len(found), lost + refused
            for session in found:
                self.assertInvalidToken(session["accessToken"])
                self.assertError(self.server.post("/auth/refresh", {"refreshToken": session["refreshToken"]}), 401, "Invalid refresh token")
            if won and lost:
                break
        self.assertGreater(won, 0)
        self.assertGreater(lost, 0)

    def race(self, user: dict) -> tuple[list[dict], int]:
        """The sessions of logins beside a change of the password, and how many logins came too late."""
        found, refused = [], []
        barrier = threading.Barrier(4)

        def log_in():
            barrier.wait()
            for _ in range(5):
                response = self.login(user, "correct horse")
                (found if response.status == 200 else refused).append(response)

        threads = [threading.Thread(target=log_in) for _ in range(3)]
        for thread in threads:
            thread.start()
        barrier.wait()
        changed = self.change(user["accessToken"], "correct horse", "battery staple")
        for thread in threads:
            thread.join()
        self.assertEqual(changed.status, 204)
        for response in refused:
            self.assertIn(response.status, (401, 503), response)
        return [response.json for response in found], len(refused)


class Issued(TokensTest):
    """`iat` not later than now."""

    def setUp(self):
        self.user = self.server.register()

    def claims(self, **more) -> dict:
        return {"userId": self.user["user"]["id"], "epoch": 0, "exp": time.time() + 2 * SOON_S, **more}

    def raw(self, name: str, text: str) -> str:
        return sign(json.dumps(self.claims())[:-1] + f', "{name}": {text}}}')

    # contract: auth.time-claims
    def test_tokens_of_the_future(self):
        now = time.time()
        for past in (now, int(now), now - 0.25, 0, -1, -1e300, 1):
            self.assertEqual(self.me(sign(self.claims(iat=past))).status, 200, past)
        for future in (now + SOON_S, int(now + SOON_S), now + SOON_S + 0.5, 2**31 + 1e9, 2**53, 2**63, 1e300):
            for name in ("iat", "nbf"):
                with self.subTest(name=name, future=future):
                    self.assertInvalidToken(sign(self.claims(**{name: future})))
        for text in ("1e999", '"0"', "null", "true", "[0]", "{}", "NaN", "Infinity", "9" * 400, "00", "1."):
            for name in ("iat", "nbf", "exp"):
                with self.subTest(name=name, text=text):
                    self.assertInvalidToken(self.raw(name, text))

    # contract: auth.time-claims
    def test_the_moment_itself(self):
        """Each answer is judged by the time it was asked for and the time it came: none of them needs to be quick."""
        decided = set()
        for ahead_ms in (0, 1, 2, 5, 20, 100, 500, 2000, int(SOON_S * 1000)):
            for name in ("iat", "nbf"):
                moment = time.time_ns() // 1_000_000 + ahead_ms
                token = sign(self.claims(**{name: moment / 1000}))
                before = time.time_ns() // 1_000_000
                status = self.me(token).status
                after = time.time_ns() // 1_000_000
                with self.subTest(name=name, ahead_ms=ahead_ms):
                    if after + 1 < moment:  # as a float it may lie a little before
                        self.assertEqual(status, 401)
                    elif before >= moment:
                        self.assertEqual(status, 200)
                    else:
                        self.assertIn(status, (200, 401))  # the moment came meanwhile
                        continue
                    decided.add(status)
        self.assertEqual(decided, {200, 401})

    # contract: auth.time-claims
    def test_refresh_tokens_of_the_future(self):
        claims = claims_of(self.user["refreshToken"])
        for name in ("iat", "nbf"):
            token = sign({**claims, name: time.time() + SOON_S}, REFRESH, "refresh+jwt")
            self.assertError(self.server.post("/auth/refresh", {"refreshToken": token}), 401, "Invalid refresh token")
        # None of them rotated anything.
        self.assertEqual(self.server.post("/auth/refresh", {"refreshToken": self.user["refreshToken"]}).status, 200)

    # contract: auth.time-claims
    def test_leeway(self):
        with Mortised(plugins=plugins(leeway="60s")) as server:
            user = server.register()
            base = {"userId": user["user"]["id"], "exp": time.time() + SOON_S}
            for name in ("iat", "nbf"):
                self.assertEqual(self.me(sign({**base, name: time.time() + 50}), server).status, 200)
                self.assertInvalidToken(sign({**base, name: time.time() + SOON_S}), server)
            self.assertEqual(self.me(sign({**base, "exp": time.time() - 1}), server).status, 200)
            self.assertInvalidToken(sign({**base, "exp": time.time() - 61}), server)


class Challenges(TokensTest):
    # contract: auth.challenges
    def test_without_a_token(self):
        for header in (None, "", "Basic dXNlcjpwYXNz", "Bearer", "bearer", "Bearer ", "Digest x", "Bearerx", "Token x", 'Basic realm="Bearer x"'):
            with self.subTest(header=header):
                response = self.server.get("/api/users/me", headers={} if header is None else {"Authorization": header})
                self.assertRefused(response, "No token provided", NONE)

    # contract: auth.challenges
    def test_with_a_bad_token(self):
        user = self.server.register()
        good = user["accessToken"]
        expired = sign({"userId": user["user"]["id"], "exp": time.time() - 1})
        for token in ("x", "a.b.c", good + "x", good[:-1], good + " x", "a b", expired, user["refreshToken"], "..", "=", good + "=", good + ",x",
                      sign({"userId": user["user"]["id"]}), sign({"exp": time.time() + 900}), sign("[]"), sign(claims_of(good), REFRESH)):
            for scheme in ("Bearer", "bearer", "BEARER ", "bEaReR  "):
                with self.subTest(token=token, scheme=scheme):
                    self.assertRefused(self.server.get("/api/users/me", headers={"Authorization": f"{scheme} {token}"}))
        for scheme in ("Bearer", "bearer", "Bearer   "):
            self.assertEqual(self.server.get("/api/users/me", headers={"Authorization": f"{scheme} {good}"}).status, 200)

    # contract: auth.challenges, auth.vanished
    def test_of_a_user_who_is_gone(self):
        user = self.server.register()
        self.assertEqual(self.server.delete(f"/api/users/{user['user']['id']}", token=user["accessToken"]).status, 204)
        self.assertRefused(self.me(user["accessToken"]), "User not found")
        self.assertRefused(self.me(sign({"userId": "no id", "exp": time.time() + 900})), "User not found")

    # contract: auth.challenges
    def test_where_the_token_is_not_what_is_wrong(self):
        user = self.server.register()
        self.assertRefused(self.login(user, "wrong horse"), "Invalid credentials", NONE)
        self.assertRefused(self.change(user["accessToken"], "wrong horse", "battery staple"), "Invalid credentials", NONE)
        self.assertRefused(self.server.post("/auth/refresh", {"refreshToken": "x"}), "Invalid refresh token", NONE)


class OtherAuthenticators(ServerTest):
    PLUGINS = {"routing": {}, "uses-authenticator": {}}

    # contract: auth.challenges
    def test_say_the_same(self):
        for target in ("/uses/authenticator", "/uses/authenticator/admin"):
            self.assertEqual(self.server.get(target).header("www-authenticate"), NONE)
            self.assertEqual(self.server.get(target, token="bad").header("www-authenticate"), BAD)
        self.assertEqual(self.server.get("/uses/authenticator/optional", token="bad").header("www-authenticate"), BAD)


class WithoutChallenges(ServerTest):
    """An authenticator that leaves the challenge empty: a 401 always carries one."""

    PLUGINS = {"routing": {}, "two-verdicts": {}}

    # contract: auth.challenges
    def test_the_host_fills_them_in(self):
        for verdict, challenge in (("unexplained", BAD), ("unasked", NONE), ("reject", NONE), ("missing", NONE)):
            response = self.server.get("/two-verdicts", headers={"X-Verdicts": verdict})
            self.assertEqual((response.status, response.header("www-authenticate")), (401, challenge), verdict)


if __name__ == "__main__":
    unittest.main()
