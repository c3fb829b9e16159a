"""A page of documentation as a program: its fenced blocks, in order.

```sh           runs;  ```sh fails   must not succeed;  ```sh server   runs beside the rest until the end
```cpp NAME     (or any language with a file name) writes the file NAME
"""
import os
import pathlib
import re
import subprocess

FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.M | re.S)


class Page:
    def __init__(self, path, folder, environment):
        self.blocks = FENCE.findall(pathlib.Path(path).read_text())
        self.folder, self.environment = pathlib.Path(folder), {**os.environ, **environment}
        self.server, self.url, self.output = None, None, ""

    def shell(self, text):
        # The folder a block ends in is where the next begins; curl's address is the server's.
        script = f"set -euo pipefail\n{text.replace('http://127.0.0.1:8080', self.url or '')}\npwd > {self.folder}/.where\n"
        where = self.folder / ".where"
        done = subprocess.run(["bash", "-c", script], cwd=where.read_text().strip() if where.exists() else self.folder, env=self.environment,
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.output += done.stdout
        return done

    def serve(self, text):
        where = (self.folder / ".where").read_text().strip()
        self.server = subprocess.Popen(["bash", "-c", text.replace("ordinaut up", "exec ordinaut up")], cwd=where, env=self.environment, text=True,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for line in self.server.stdout:
            self.output += line
            if found := re.match(r"  API +(\S+)", line):
                self.url = found.group(1)
            if line.startswith("Ready in"):
                return
        raise AssertionError(f"the server did not start\n{self.output}")

    def run(self):
        try:
            for language, option, text in self.blocks:
                if language != "sh":
                    if option:
                        (pathlib.Path((self.folder / ".where").read_text().strip()) / option).write_text(text)
                elif option == "server":
                    self.serve(text)
                else:
                    done = self.shell(text)
                    if (done.returncode != 0) != (option == "fails"):
                        raise AssertionError(f"{text}→ {done.returncode}\n{done.stdout}")
        finally:
            if self.server:
                self.server.terminate()
                self.server.communicate(timeout=60)
        return self.output
