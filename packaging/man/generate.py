#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes mortise.ini.5: what is said by hand below, and a list of all settings from etc/mortise.ini (which mortised writes
itself). With --check: fails when the page that is there is not what would be written."""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]

HEAD = r""".\" SPDX-License-Identifier: Apache-2.0
.\" Written by generate.py; change that, or the declarations of the settings.
.Dd November 22, 2026
.Dt MORTISE.INI 5
.Os
.Sh NAME
.Nm mortise.ini
.Nd configuration of mortised
.Sh DESCRIPTION
.Xr mortised 8
is configured by settings in sections:
.Em [server]
for the host, and
.Em [plugin.NAME]
for each plugin.
A plugin is loaded only where its section says
.Li enabled = true .
A later source wins over an earlier one:
.Bl -enum
.It
the default;
.It
.Pa mortise.ini
or
.Pa mortise.xml ;
both in one folder are an error;
.It
.Pa plugins.d/*.ini
and
.Pa plugins.d/*.xml
beside it, in the order of their names;
.It
the variables that deployments of Node bring along:
.Ev PORT
(of the first
.Em server.listen ) ,
.Ev NODE_ENV
.Em ( server.mode ) ,
.Ev LOG_LEVEL
.Em ( plugin.logging.level ) ,
.Ev CORS_ORIGIN
.Em ( plugin.cors.origin ) ,
.Ev JWT_SECRET , JWT_REFRESH_SECRET
.Em ( plugin.auth.access_secret , refresh_secret ) ,
.Ev DATABASE_URL
.Em ( plugin.database.url ) ;
.It
variables
.Ev MORTISE_ Ns Ar SECTION Ns _ Ns Ar KEY ,
such as
.Ev MORTISE_PLUGIN_USERS_ENABLED ,
and systemd's credentials named
.Ar section.key ;
.It
.Fl -set Ar section.key=value .
.El
.Pp
.Li mortised --print-config
shows every value and where it comes from.
A setting that is a secret is refused by
.Fl -set ;
besides the ways above it can be read from a file, by
.Ar key Ns Li _file .
.Sh SYNTAX
.Bd -literal -offset indent
# a comment, on a line of its own or behind a blank
[server]
listen = 127.0.0.1:8080, unix:/run/mortise/http.sock

[plugin.logging]
enabled = true
path = "/var/log/odd # name.log"
.Ed
.Pp
UTF-8, at most 1 MiB.
Durations are written as
.Li 500ms , 30s , 5m , 2h , 7d ;
sizes as
.Li 512 , 64KiB , 10MiB ;
lists with commas; truth as
.Li true , false , yes , no , on , off , 1 , 0 .
A key that is there twice, is not known, or has a value that does not fit is an error; all errors are reported in one run, with
line and column.
.Pp
As XML:
.Bd -literal -offset indent
<mortise>
  <server><listen>127.0.0.1:8080</listen></server>
  <plugin name="logging"><enabled>true</enabled></plugin>
</mortise>
.Ed
.Sh SETTINGS
"""

TAIL = r""".Sh FILES
.Bl -tag -width Ds
.It Pa /etc/mortise/mortise.ini
.It Pa /etc/mortise/plugins.d/
.El
.Sh SEE ALSO
.Xr mortised 8
"""


def escape(text: str) -> str:
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return r"\&" + text if text.startswith((".", "'")) else text


def take_kind(comment: list[str]) -> str:
    """Cuts off and returns the kind, default and range of a setting, which may be wrapped; they follow a sentence."""
    kinds = r"(boolean|duration|integer|list|number|one of|path|size|text)\b.*; (default|not set)"
    begin = next((i for i in range(len(comment) - 1, 0, -1) if re.match(kinds, comment[i])), max(len(comment) - 1, 1))
    kind = " ".join(comment[begin:])
    del comment[begin:]
    return kind


def settings() -> str:
    out: list[str] = []
    comment: list[str] = []
    listing = False
    for line in (ROOT / "etc" / "mortise.ini").read_text(encoding="utf-8").splitlines():
        if match := re.fullmatch(r"#?\[([^]]+)\]", line):
            if listing:
                out.append(".El")
            out.append(f".Ss [{match[1]}]")
            out += [escape(text) for text in comment]
            out.append(".Bl -tag -width Ds")
            listing, comment = True, []
        elif (match := re.fullmatch(r"#?([a-z0-9_]+) =.*", line)) and listing:
            kind = take_kind(comment)
            out.append(f".It Em {escape(match[1])} No ({escape(kind)})" if kind else f".It Em {escape(match[1])}")
            out += [escape(text) for text in comment]
            comment = []
        elif line.startswith("# "):
            comment.append(line[2:])
        elif not line.strip():
            comment = []
    if listing:
        out.append(".El")
    return "\n".join(out) + "\n"


def main() -> int:
    page = HEAD + settings() + TAIL
    target = HERE / "mortise.ini.5"
    if sys.argv[1:] == ["--check"]:
        if not target.exists() or target.read_text(encoding="utf-8") != page:
            print("packaging/man/mortise.ini.5 is not what packaging/man/generate.py writes", file=sys.stderr)
            return 1
        return 0
    target.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
