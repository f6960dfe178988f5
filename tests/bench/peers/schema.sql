-- SPDX-License-Identifier: Apache-2.0
CREATE TABLE IF NOT EXISTS users (
  id         TEXT PRIMARY KEY NOT NULL,
  name       TEXT NOT NULL,
  email      TEXT NOT NULL UNIQUE,
  password   TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
