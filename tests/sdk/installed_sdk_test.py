"""Goal: an author needs the installed prefix and nothing of the source tree. Method: installs the build into a temporary prefix
and builds extensions there, by find_package and by pkg-config.

Usage: installed_sdk_test.py BUILD_DIR SOURCE_DIR
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from page import Page

BUILD, SOURCE = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])


def run(*words, cwd=None, env=None):
    done = subprocess.run([str(word) for word in words], cwd=cwd, env={**os.environ, **(env or {})}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, words))} → {done.returncode}\n{done.stdout}")
    return done.stdout


def exported(library):
    lines = run("nm", "-D", "--defined-only", library).splitlines()
    return [line.split()[-1] for line in lines if " A " not in line]


class InstalledSdk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="ordinaut-sdk-"))
        cls.folder.chmod(0o755)  # A server started by root runs its children as another user.
        cls.prefix = cls.folder / "prefix"
        run("cmake", "--install", BUILD, "--prefix", cls.prefix)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def test_the_prefix_holds_what_authors_use(self):
        for name in ("bin/ordinaut", "include/ordinaut/ordinaut.hpp", "include/ordinaut/testing/fake_host.hpp",
                     "lib/cmake/OrdinautSDK/OrdinautSDKConfig.cmake", "lib/pkgconfig/ordinaut-sdk.pc",
                     "share/ordinaut/schemas/extension.schema.json", "lib/ordinaut/extensions/std/extension.json"):
            self.assertTrue((self.prefix / name).is_file(), name)
        self.assertIn("ordinaut", run(self.prefix / "bin/ordinaut", "version"))

    def build(self, language):
        """Builds a new extension and runs its tests; returns its folder of the build tree."""
        project = self.folder / f"greeter_{language}"
        run(self.prefix / "bin/ordinaut", "ext", "new", project.name, "--lang", language, "--dir", self.folder)
        build = project / "build"
        run("cmake", "-S", project, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={self.prefix}",
            "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
        run("cmake", "--build", build)
        run("ctest", "--test-dir", build, "--output-on-failure")
        commands = json.loads((build / "compile_commands.json").read_text())
        self.assertFalse([command for command in commands if str(SOURCE) + "/" in command["command"]])
        return build / "extensions" / project.name

    def test_an_extension_in_cpp(self):
        folder = self.build("cpp")
        self.assertEqual(["extension.json", "libgreeter_cpp.so"], sorted(path.name for path in folder.iterdir()))
        self.assertEqual(["ordinaut_extension_v1"], exported(folder / "libgreeter_cpp.so"))

    def test_an_extension_in_c(self):
        self.assertEqual(["ordinaut_extension_v1"], exported(self.build("c") / "libgreeter_c.so"))

    def test_an_extension_in_rust(self):
        project = self.folder / "greeter_rust"
        run(self.prefix / "bin/ordinaut", "ext", "new", project.name, "--lang", "rust", "--dir", self.folder)
        run("cargo", "test", "--offline", "--quiet", cwd=project)
        run("./build.sh", cwd=project)
        folder = project / "build/extensions" / project.name
        self.assertEqual(["ordinaut_extension_v1"], exported(folder / "libgreeter_rust.so"))
        run(self.prefix / "bin/ordinaut", "ext", "check", folder)

    def test_a_built_in_extension_is_one_as_any_other(self):
        project = self.folder / "built_in"
        shutil.copytree(SOURCE / "plugins/events_demo", project / "events_demo")
        (project / "CMakeLists.txt").write_text("""
            cmake_minimum_required(VERSION 3.25)
            project(built_in CXX)
            find_package(OrdinautSDK REQUIRED)
            function(ordinaut_builtin id)
              cmake_parse_arguments(arg "" "" "SOURCES" ${ARGN})
              ordinaut_add_extension(plugin_${id} SOURCES ${arg_SOURCES} OUTPUT ${CMAKE_BINARY_DIR}/extensions)
            endfunction()
            add_subdirectory(events_demo)
            """)
        run("cmake", "-S", project, "-B", project / "build", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={self.prefix}")
        run("cmake", "--build", project / "build")
        run(self.prefix / "bin/ordinaut", "ext", "check", project / "build/extensions/events_demo")

    def test_the_first_extension_page(self):
        folder = self.folder / "page"
        folder.mkdir()
        output = Page(SOURCE / "docs/extensions/first-extension.md", folder, {
            "PATH": f"{self.prefix / 'bin'}:{os.environ['PATH']}", "CMAKE_PREFIX_PATH": str(self.prefix), "CMAKE_GENERATOR": "Ninja",
            "ORDINAUT_DATA_DIR": str(folder / "data"), "ORDINAUT_PORT": "0", "HOME": str(folder)}).run()
        for text in ("Hello Ada", "did you mean 'name'?", '"message":"Hello Ada"'):
            self.assertIn(text, output)

    def test_pkg_config(self):
        config = {"PKG_CONFIG_PATH": str(self.prefix / "lib/pkgconfig")}
        flags = run("pkg-config", "--cflags", "--libs", "ordinaut-sdk", env=config).split()
        library = self.folder / "libmy_ext.so"
        run("gcc", "-DORDINAUT_EXTENSION_ID=\"my_ext\"", "-DORDINAUT_EXTENSION_VERSION=\"0.1.0\"",
            SOURCE / "sdk/templates/c/my_ext.c", *flags, "-o", library)
        self.assertEqual(["ordinaut_extension_v1"], exported(library))
        self.assertEqual("1.0.0", run("pkg-config", "--modversion", "ordinaut-sdk", env=config).strip())


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
