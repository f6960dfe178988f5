-- SPDX-License-Identifier: Apache-2.0
-- The tables of ours, with the same keys and indexes.
CREATE TABLE IF NOT EXISTS users (
  id         TEXT PRIMARY KEY NOT NULL,
  name       TEXT NOT NULL,
  email      TEXT NOT NULL UNIQUE,
  password   TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS profiles (
  user_id    TEXT PRIMARY KEY NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  bio        TEXT,
  avatar     TEXT
);
CREATE TABLE IF NOT EXISTS posts (
  id         TEXT PRIMARY KEY NOT NULL,
  author_id  TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  title      TEXT NOT NULL,
  content    TEXT,
  published  INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS posts_of_author ON posts (author_id, id);
CREATE INDEX IF NOT EXISTS posts_published_of_author ON posts (author_id, published, id);
CREATE INDEX IF NOT EXISTS posts_published ON posts (published, id);
