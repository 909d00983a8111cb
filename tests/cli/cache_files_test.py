"""What the program keeps on disk about a Vulkan device may be damaged or another's: it says so, makes the
file anew and gives the right answers. Standard library only; skips without a Vulkan device.

    cache_files_test.py PATH_OF_CONVOY
"""

import ctypes
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LENET5 = ROOT / "models" / "bundled" / "lenet5"
SAMPLES = LENET5 / "samples"
CONVOY = ""


class InstanceInfo(ctypes.Structure):  # VkInstanceCreateInfo
    _fields_ = [("type", ctypes.c_int32), ("next", ctypes.c_void_p), ("flags", ctypes.c_uint32),
                ("application", ctypes.c_void_p), ("layer_count", ctypes.c_uint32), ("layers", ctypes.c_void_p),
                ("extension_count", ctypes.c_uint32), ("extensions", ctypes.c_void_p)]


class DeviceProperties(ctypes.Structure):  # VkPhysicalDeviceProperties up to what is asked for
    _fields_ = [("api", ctypes.c_uint32), ("driver", ctypes.c_uint32), ("vendor", ctypes.c_uint32),
                ("device", ctypes.c_uint32), ("kind", ctypes.c_uint32), ("name", ctypes.c_char * 256),
                ("cache_uuid", ctypes.c_uint8 * 16), ("rest", ctypes.c_uint8 * 4096)]


def first_device():
    """What the loader tells of device 0; None where there is none."""
    try:
        vulkan = ctypes.CDLL("libvulkan.so.1")
    except OSError:
        return None
    instance = ctypes.c_void_p()
    info = InstanceInfo(type=1)
    if vulkan.vkCreateInstance(ctypes.byref(info), None, ctypes.byref(instance)) != 0:
        return None
    count = ctypes.c_uint32(1)
    device = ctypes.c_void_p()
    vulkan.vkEnumeratePhysicalDevices(instance, ctypes.byref(count), ctypes.byref(device))
    properties = DeviceProperties()
    if count.value > 0:
        vulkan.vkGetPhysicalDeviceProperties(device, ctypes.byref(properties))
    vulkan.vkDestroyInstance(instance, None)
    return properties if count.value > 0 else None


def sealed(key, data):
    """A pipeline cache as the program writes it, but for the hash of its bytes."""
    return b"convoy cache 1\n" + key + b"\n%d bytes 0123456789abcdef\n" % len(data) + data


class CacheFilesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.device = first_device()
        if cls.device is None:
            raise unittest.SkipTest("no Vulkan device")

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.cache = pathlib.Path(self.folder.name) / "convoy"
        self.labels = dict(line.split() for line in (SAMPLES / "labels.txt").read_text().splitlines())

    def tearDown(self):
        self.folder.cleanup()

    def classify(self):
        """Classifies the samples on Vulkan; the log."""
        result = subprocess.run(
            [CONVOY, "classify", "--repository", LENET5, "--device", "vulkan:0", "--json", SAMPLES],
            capture_output=True, timeout=300, text=True,
            env={"MESA_SHADER_CACHE_DIR": self.mesa_folder(), **os.environ, "XDG_CACHE_HOME": self.folder.name})
        self.assertEqual(result.returncode, 0, result.stderr)
        rows = json.loads(result.stdout)["results"]
        given = {pathlib.Path(row["image"]).name: row["classes"][0]["label"] for row in rows}
        self.assertEqual(given, self.labels)
        return result.stderr

    @staticmethod
    def mesa_folder():
        """The driver's own cache, shared with other runs: it spares minutes of compiling."""
        home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        return os.path.join(home, "convoy", "mesa")

    def verdicts(self):
        return next(self.cache.glob("verdicts-*"))

    def pipelines(self):
        uuid = bytes(self.device.cache_uuid).hex()
        return self.cache / f"pipelines-{self.device.vendor:08x}-{self.device.device:08x}-{uuid}"

    def test_damaged_and_foreign_verdicts_are_made_anew(self):
        self.assertIn("testing the kernels", self.classify())
        whole = self.verdicts().read_bytes()
        lines = whole.split(b"\n")
        log = self.classify()
        self.assertNotIn("testing the kernels", log)
        for name, text in (("garbage", os.urandom(5000)), ("empty", b""), ("cut", whole[:len(whole) // 2]),
                           ("foreign", b"\n".join([lines[0], b"another device", *lines[2:]])),
                           ("huge", whole + b"x" * 100000)):
            with self.subTest(name):
                self.verdicts().write_bytes(text)
                log = self.classify()
                if name == "huge":  # what follows the end says nothing
                    continue
                self.assertRegex(log, "the kernel verdicts '.*verdicts-.*' are damaged or were written for other")
                self.assertIn("testing the kernels", log)
                self.assertEqual(self.verdicts().read_bytes(), whole)
                self.assertNotIn("damaged", self.classify())

    def test_damaged_and_foreign_pipeline_caches_are_made_anew(self):
        self.classify()
        pipelines = self.pipelines()
        for name, text in (("garbage", os.urandom(5000)), ("empty", b""), ("cut", b"convoy cache 1\nx"),
                           ("foreign", sealed(b"another device", os.urandom(300)))):
            with self.subTest(name):
                pipelines.write_bytes(text)
                self.assertRegex(self.classify(), "the pipeline cache '.*pipelines-.*' is damaged or was written for")
                # Written anew, or gone where the driver has nothing to keep.
                if pipelines.exists():
                    self.assertNotEqual(pipelines.read_bytes(), text)
                self.assertNotIn("damaged", self.classify())


if __name__ == "__main__":
    CONVOY = sys.argv.pop(1)
    unittest.main()
