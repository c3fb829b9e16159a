"""What ./dev promises without building anything: its commands, its messages, its package lists."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMANDS = ["up", "test", "build", "bench", "asan", "tsan", "fuzz", "fmt", "lint", "clean", "help"]


def dev(*arguments, **environment):
    return subprocess.run([ROOT / "dev", *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60,
                          env={**os.environ, **environment})


class DevScript(unittest.TestCase):
    def test_help_names_every_command(self):
        for arguments in (["help"], ["--help"], []):
            answer = dev(*arguments)
            self.assertEqual(0, answer.returncode)
            for command in COMMANDS:
                self.assertRegex(answer.stdout, rf"(?m)^  {command}\b")

    def test_an_unknown_command_is_named(self):
        answer = dev("biuld")
        self.assertEqual(1, answer.returncode)
        self.assertIn("unknown command 'biuld'", answer.stderr)

    def test_missing_packages_are_named_where_they_cannot_be_installed(self):
        # A system without dpkg: only the programs the script itself uses are there.
        with tempfile.TemporaryDirectory() as tools:
            for name in ("bash", "env", "cat", "sed", "sort", "comm", "dirname", "readlink", "id", "nproc"):
                found = subprocess.run(["sh", "-c", f"command -v {name}"], capture_output=True, text=True, check=True)
                os.symlink(found.stdout.strip(), f"{tools}/{name}")
            script = (ROOT / "dev").read_text().replace("is_debian_12 ||", "false ||")
            copy = pathlib.Path(tools, "tree")
            (copy / "docker").mkdir(parents=True)
            for packages in (ROOT / "docker").glob("packages-*.txt"):
                (copy / "docker" / packages.name).write_text(packages.read_text())
            (copy / "dev").write_text(script)
            (copy / "dev").chmod(0o755)
            answer = subprocess.run([copy / "dev", "up"], capture_output=True, text=True, timeout=60, env={"PATH": tools})
        self.assertEqual(1, answer.returncode, answer.stderr)
        self.assertIn("on Debian 12 only", answer.stderr)
        for package in ("postgresql", "libpistache-dev", "redis-server", "ORDINAUT_NO_INSTALL=1"):
            self.assertIn(package, answer.stderr)


class PackageLists(unittest.TestCase):
    def test_each_package_is_in_one_place_of_a_sorted_list(self):
        for path in sorted((ROOT / "docker").glob("packages-*.txt")):
            names = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
            self.assertEqual(sorted(set(names)), names, path.name)
            for name in names:
                self.assertRegex(name, r"^[a-z0-9][a-z0-9+.-]+$", path.name)

    def test_the_image_uses_the_same_lists_and_the_same_step(self):
        dockerfile = (ROOT / "docker" / "Dockerfile").read_text()
        self.assertIn("./dev install build run", dockerfile)
        self.assertIsNone(re.search(r"apt-get\s+install", dockerfile))


if __name__ == "__main__":
    unittest.main()
