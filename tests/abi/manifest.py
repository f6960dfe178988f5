#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""manifest.py HEADERS FILE...   the note of each plugin file says what its entry returns.

Also the default of every setting, which the note has only where the whole settings struct is a literal type.
The note is read by readelf, from the file as it is built and from a stripped copy; the entry is called.
"""
import ctypes
import json
import pathlib
import re
import subprocess
import sys
import tempfile

TYPES = ["", "boolean", "integer", "number", "text", "duration", "size", "list", "path", "choice"]
IN_EXAMPLE = 1
SECRET, HAS_RANGE, NEEDS_RESTART, DEPRECATED = 1, 2, 4, 8


class View(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("size", ctypes.c_uint64)]

    def __str__(self):
        return ctypes.string_at(self.data, self.size).decode() if self.size else ""


class Setting(ctypes.Structure):
    _fields_ = (
        [(name, ctypes.c_uint32) for name in ("type", "flags")]
        + [(name, View) for name in ("key", "default", "choices", "unit", "text", "pattern", "replaced_by", "environment")]
        + [(name, ctypes.c_int64) for name in ("minimum", "maximum")]
        + [(name, ctypes.c_double) for name in ("number_minimum", "number_maximum")]
        + [(name, ctypes.c_uint64) for name in ("minimum_length", "maximum_length")]
    )


class Module(ctypes.Structure):
    _fields_ = (
        [(name, ctypes.c_uint32) for name in ("struct_size", "minor_built", "minor_needed", "flags")]
        + [(name, View) for name in ("id", "version", "toolchain", "licence")]
        + [(name, ctypes.POINTER(View)) for name in ("needs", "may_use", "provides", "extension_points", "extensions", "filters")]
        + [("settings", ctypes.POINTER(Setting))]
        + [(name + "_count", ctypes.c_uint32) for name in ("needs", "may_use", "provides", "extension_points", "extensions", "filters", "setting")]
        + [("setting_size", ctypes.c_uint32), ("create", ctypes.c_void_p)]
    )


def notes(file):
    """Descriptors of all notes of type 1 whose name is Mortise."""
    out = subprocess.run(["readelf", "--notes", "--wide", file], check=True, capture_output=True, text=True).stdout
    # readelf has that name for type 1 of every owner.
    found = re.findall(r"^\s*Mortise\s+0x[0-9a-f]+\s+NT_VERSION \(version\)\s+description data: ([0-9a-f ]+)$", out, re.M)
    return [bytes.fromhex(data) for data in found]


def words(text):
    return [word.strip() for word in str(text).split(",") if word.strip()]


def of_setting(setting):
    """As the manifest has it; what is empty, 0 or false is left out."""
    bounds = {}
    if setting.flags & HAS_RANGE:
        if TYPES[setting.type] == "number":
            bounds = {"minimum": setting.number_minimum, "maximum": setting.number_maximum}
            bounds = {name: bound for name, bound in bounds.items() if abs(bound) < sys.float_info.max}
        else:
            if setting.minimum > -(2**63):
                bounds["minimum"] = setting.minimum
            if setting.maximum < 2**63 - 1:
                bounds["maximum"] = setting.maximum
    all_of_it = {
        "key": str(setting.key),
        "type": TYPES[setting.type],
        "text": str(setting.text),
        "unit": str(setting.unit),
        "choices": words(setting.choices),
        "pattern": str(setting.pattern),
        "replaced_by": str(setting.replaced_by),
        "environment": words(setting.environment),
        "minimum_length": setting.minimum_length,
        "maximum_length": setting.maximum_length,
        "secret": bool(setting.flags & SECRET),
        "needs_restart": bool(setting.flags & NEEDS_RESTART),
        "deprecated": bool(setting.flags & DEPRECATED),
    }
    return {name: value for name, value in all_of_it.items() if value} | bounds


def of_module(module, draft):
    lists = {}
    for name in ("needs", "may_use", "provides", "extension_points", "extensions", "filters"):
        lists[name] = [str(getattr(module, name)[i]) for i in range(getattr(module, name + "_count"))]
    texts = {name: str(getattr(module, name)) for name in ("id", "version", "toolchain", "licence")}
    return {
        "manifest": 1,
        **{name: text for name, text in texts.items() if text},
        "abi": {"draft": draft, "minor_built": module.minor_built, "minor_needed": module.minor_needed},
        **lists,
        **({"example": True} if module.flags & IN_EXAMPLE else {}),
        "settings": [of_setting(module.settings[i]) for i in range(module.setting_count)],
    }


def check(file, entry_name, draft):
    """What differs, or None."""
    entry = getattr(ctypes.CDLL(str(file)), entry_name)
    entry.restype = ctypes.POINTER(Module)
    module = entry(ctypes.c_uint32(0), None)[0]
    if module.struct_size != ctypes.sizeof(Module) or module.setting_size != ctypes.sizeof(Setting):
        return "this test knows another mortise_module or mortise_setting"
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / "stripped.so"
        subprocess.run(["strip", "-o", stripped, file], check=True)
        found = notes(file)
        if len(found) != 1:
            return f"{len(found)} notes, not one"
        if notes(stripped) != found:
            return "strip changed the note"
    if len(found[0]) % 4 != 0 or not found[0].endswith(b"\0"):
        return "the note is not padded"
    said = json.loads(found[0].rstrip(b"\0").decode())
    for i, setting in enumerate(said["settings"]):
        default = setting.pop("default", None)
        if default is None:
            return f"setting {i}, {setting.get('key')!r}: the note lacks the default; make its type one that the compiler knows"
        if default != str(module.settings[i].default):
            return f"setting {i}: the default {default!r} is {str(module.settings[i].default)!r}"
    expected = of_module(module, draft)
    for name in sorted(set(said) | set(expected)):
        if said.get(name) != expected.get(name):
            return f"{name}: the note says {said.get(name)!r}, the entry {expected.get(name)!r}"
    return None


def main():
    headers = pathlib.Path(sys.argv[1])
    text = "".join((headers / "mortise/abi" / name).read_text() for name in ("module.h", "types.h"))
    entry = re.search(r'MORTISE_MODULE_ENTRY_NAME "(\w+)"', text).group(1)
    draft = int(re.search(r"MORTISE_ABI_DRAFT (\d+)", text).group(1))
    faults = 0
    for file in sys.argv[2:]:
        if (fault := check(pathlib.Path(file).resolve(), entry, draft)) is not None:
            print(f"{file}: {fault}")
            faults += 1
    print(f"{len(sys.argv) - 2} files, {faults} faults")
    sys.exit(1 if faults or len(sys.argv) < 3 else 0)


if __name__ == "__main__":
    main()
