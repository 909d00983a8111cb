"""What helps with the command line: help, the manual, completions, `serve --print-config`. Standard library only.

    completion_test.py PATH_OF_CONVOY

What needs a shell or a checker that is not installed is skipped, and says so.
"""

import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

CONVOY = ""
BUNDLED = pathlib.Path(__file__).resolve().parents[2] / "models" / "bundled"
BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_convoy
printf '%s\\n' "${COMPREPLY[@]}"
"""


def output(*arguments, code=0, env=None, **options):
    result = subprocess.run(list(map(str, arguments)), capture_output=True, text=True, timeout=120,
                            env={**os.environ, **(env or {})}, **options)
    if result.returncode != code:
        raise AssertionError(f"{arguments} ended with {result.returncode}: {result.stderr}")
    return result.stdout


@functools.cache
def docs(*words):
    return output(CONVOY, "docs", *words)


@functools.cache
def commands():
    """Each command's words with the flags and subcommands that its --help lists."""
    found = {}

    def visit(words):
        text = output(CONVOY, *words, "--help")
        flags = set(re.findall(r"^  (?:-\w,)?(--[a-z][a-z0-9-]*)", text, re.MULTILINE))
        below = text.partition("Subcommands:\n")[2]
        names = set(re.findall(r"^  (\w[\w-]*) ", below, re.MULTILINE))
        found[words] = (flags, names)
        for name in names:
            visit((*words, name))

    visit(())
    return found


class HelpTest(unittest.TestCase):
    def test_every_help_fits_a_screen_and_starts_with_examples(self):
        for words in commands():
            lines = output(CONVOY, *words, "--help").splitlines()
            self.assertLessEqual(len(lines), 50, words)
            self.assertIn("Examples:", lines[:4], words)

    def test_the_nearest_model_is_suggested(self):
        result = subprocess.run([CONVOY, "inspect", "--repository", BUNDLED, "lenet"], capture_output=True, text=True)
        self.assertEqual(result.returncode, 1)
        self.assertIn("Did you mean 'lenet5'?", result.stderr)


def needs(program):
    return unittest.skipUnless(shutil.which(program), f"SKIPPED: {program} is not installed")


class ScriptTest(unittest.TestCase):
    shell = ""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.script = pathlib.Path(self.folder.name, "script")
        if self.shell:
            self.script.write_text(docs("completion", self.shell))


class BashTest(ScriptTest):
    shell = "bash"

    def complete(self, *words, **options):
        return output("bash", "--norc", "-c", BASH, "bash", self.script, "convoy", *words, **options).split()

    def test_every_command_and_flag_of_help_is_offered(self):
        self.assertIn(("bench", "compare"), commands())
        self.assertGreater(len(commands()), 12)
        for words, (flags, names) in commands().items():
            self.assertIn("--help", flags)
            self.assertLessEqual(flags, set(self.complete(*words, "--")), words)
            self.assertLessEqual(names, set(self.complete(*words, "")) if names else set(), words)

    def test_beginnings(self):
        self.assertEqual(self.complete("ser"), ["serve"])
        self.assertEqual(self.complete("bench", "comp"), ["compare"])
        self.assertEqual(self.complete("serve", "--grpc-p"), ["--grpc-port"])
        self.assertEqual(self.complete("docs", "completion", "b"), ["bash"])
        self.assertEqual(self.complete("nosuch", "x"), [])

    def test_values(self):
        self.assertEqual(self.complete("serve", "--precision", ""), ["fp32", "fp16"])
        self.assertEqual(self.complete("serve", "--precision", "=", "fp1"), ["fp16"])
        self.assertEqual(self.complete("serve", "--precision", "="), ["fp32", "fp16"])
        self.assertEqual(self.complete("serve", "--device", "vu"), ["vulkan"])
        self.assertEqual(self.complete("serve", "--exit-on-error", ""), ["true", "false"])
        self.assertEqual(self.complete("serve", "--access-log", "s"), ["slow:"])
        self.assertEqual(self.complete("verify", "--tune", "t"), ["timed"])
        self.assertEqual(self.complete("bench", "--as", "by"), ["bytes"])
        self.assertEqual(self.complete("serve", "--grpc-port", ""), [])

    def test_files_and_folders(self):
        folder = pathlib.Path(self.folder.name, "d")
        (folder / "models").mkdir(parents=True)
        (folder / "model.onnx").touch()
        self.assertEqual(sorted(self.complete("serve", "mod", cwd=folder)), ["model.onnx", "models"])
        self.assertEqual(self.complete("classify", "--repository", "mod", cwd=folder), ["models"])


class OtherShellsTest(ScriptTest):
    def test_every_flag_of_help_is_there(self):
        pages = {"zsh": docs("completion", "zsh"), "fish": docs("completion", "fish")}
        for words, (flags, names) in commands().items():
            function = pages["zsh"].partition("\n" + "_".join(["_convoy", *words]) + "() {\n")[2].partition("\n}\n")[0]
            start = f"-n '__convoy_at {' '.join(words)}"
            lines = [line for line in pages["fish"].splitlines() if re.search(re.escape(start) + "[;']", line)]
            for flag in flags:
                self.assertRegex(function, f"[*)]{flag}[=[]", words)
                self.assertTrue(any(f" -l {flag[2:]} " in line for line in lines), (words, flag))
            for name in names:
                self.assertIn(f"'{name}:", function)
                self.assertTrue(any(f" -a {name} -d " in line for line in lines), (words, name))

    @needs("zsh")
    def test_zsh_takes_it(self):
        self.script.write_text(docs("completion", "zsh"))
        output("zsh", "-n", self.script)
        registered = output("zsh", "-fc", 'autoload -U compinit; compinit -u -D; source "$1"; print $_comps[convoy]', "zsh",
                            self.script)
        self.assertEqual(registered, "_convoy\n")

    @needs("fish")
    def test_fish_completes(self):
        self.script.write_text(docs("completion", "fish"))

        def complete(line):
            text = output("fish", "--no-config", "-c", f'source {self.script}; complete -C "{line}"', env={"HOME": self.folder.name})
            return [row.split("\t")[0] for row in text.splitlines()]

        self.assertEqual(complete("convoy ser"), ["serve"])
        self.assertEqual(complete("convoy bench comp"), ["compare"])
        self.assertEqual(complete("convoy serve --grpc-p"), ["--grpc-port"])
        self.assertEqual(sorted(complete("convoy serve --precision ")), ["fp16", "fp32"])
        self.assertEqual(complete("convoy serve --device vu"), ["vulkan"])
        self.assertEqual(complete("convoy docs completion b"), ["bash"])


class ManTest(ScriptTest):
    def setUp(self):
        super().setUp()
        self.script.write_text(docs("man"))

    def test_every_command_and_flag_of_help_is_there(self):
        sections = dict(re.findall(r"^\.S[SH] (.*)\n((?:(?!\.S[SH]).*\n)*)", docs("man"), re.MULTILINE))
        for words, (flags, _) in commands().items():
            title = " ".join(["convoy", *words]).replace("-", "\\-") if words else "OPTIONS"
            for flag in flags:
                self.assertIn("\\fB" + flag.replace("-", "\\-") + "\\fR", sections[title], words)

    @needs("groff")
    def test_groff_warns_of_nothing(self):
        result = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-rLL=100n", self.script], capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("convoy serve", result.stdout)

    @needs("mandoc")
    def test_mandoc_warns_of_nothing(self):
        # It asks for a date, which would be that of no change of the page.
        result = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", self.script], capture_output=True, text=True)
        self.assertEqual([line for line in result.stdout.splitlines() if "missing date" not in line], [])


class InstallTest(unittest.TestCase):
    @needs("cmake")
    def test_installs_what_shells_and_man_look_for(self):
        build = pathlib.Path(CONVOY).parent
        with tempfile.TemporaryDirectory() as folder:
            output("cmake", "--install", build, "--component", "documentation", "--prefix", folder)
            share = pathlib.Path(folder, "share")
            for path, words in [("man/man1/convoy.1", ["man"]),
                                ("bash-completion/completions/convoy", ["completion", "bash"]),
                                ("zsh/site-functions/_convoy", ["completion", "zsh"]),
                                ("fish/vendor_completions.d/convoy.fish", ["completion", "fish"])]:
                self.assertEqual((share / path).read_text(), docs(*words), path)


class PrintConfigTest(unittest.TestCase):
    def rows(self, *arguments, env=None):
        lines = output(CONVOY, "serve", "--print-config", *arguments, env=env).splitlines()
        self.assertEqual(lines[0].split(), ["setting", "value", "origin"])
        return {row[0]: (row[1], row[2]) for row in (re.split(r"  +", line) for line in lines[1:])}

    def test_every_setting_has_a_value_and_an_origin(self):
        rows = self.rows()
        documented = set(re.findall(r"^\| `--([a-z0-9-]+) [^|]*(?:\|[^`|]+)*` \| `CONVOY_", docs("configuration"), re.MULTILINE))
        self.assertGreater(len(documented), 40)
        self.assertEqual(set(rows), documented)
        self.assertEqual(rows["grpc-port"], ("8001", "default"))

    def test_a_flag_beats_the_environment(self):
        env = {"CONVOY_GRPC_PORT": "9", "CONVOY_METRICS_PORT": "7", "CONVOY_MODEL_REPOSITORY": "a:b"}
        rows = self.rows("here", "--grpc-port", "8", "--exit-timeout-secs", "20", env=env)
        self.assertEqual(rows["PATH"], ("here", "command line"))
        self.assertEqual(rows["grpc-port"], ("8", "--grpc-port"))
        self.assertEqual(rows["metrics-port"], ("7", "CONVOY_METRICS_PORT"))
        self.assertEqual(rows["model-repository"], ("a b", "CONVOY_MODEL_REPOSITORY"))
        self.assertEqual(rows["drain-seconds"], ("20", "--exit-timeout-secs"))

    def test_refuses_what_serve_refuses(self):
        output(CONVOY, "serve", "--print-config", "--grpc-port", "many", code=2)


if __name__ == "__main__":
    CONVOY = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(verbosity=2)
