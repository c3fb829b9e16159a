#!/usr/bin/env python3
"""preprocessed_sum.py BUILD FILE: a checksum of FILE with all it includes, as the compiler sees it.

The command is that of BUILD/compile_commands.json. `./dev lint` looks again only at what changed."""
import hashlib
import json
import os
import shlex
import subprocess
import sys

build, file = sys.argv[1:]
path = os.path.abspath(file)
with open(os.path.join(build, "compile_commands.json")) as commands:
    entry = next((e for e in json.load(commands) if e["file"] == path), None)
if entry is None:
    sys.exit(f"{file} is not in {build}/compile_commands.json: no target has it among its SOURCES")
command = shlex.split(entry["command"])
at = command.index("-o")
preprocess = command[:at] + command[at + 2:] + ["-E"]
preprocess.remove("-c")
text = subprocess.run(preprocess, cwd=entry["directory"], check=True, stdout=subprocess.PIPE).stdout
with open(file, "rb") as source:
    text += source.read()  # Its comments too: some are for the linter.
print(hashlib.sha256(text).hexdigest())
