"""The programs that we compare with, each in its own folder, and our programs."""
import os, pathlib, shutil, subprocess, sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
PEERS = HERE / ".peers"

# A folder with built programs, which are then not built again.
READY = os.environ.get("BENCH_PROGRAMS")


def venv(name):
    """Returns the bin folder of a virtual environment with the packages of `requirements-<name>.txt`."""
    folder, wanted = PEERS / name, HERE / f"requirements-{name}.txt"
    stamp = folder / "installed"
    if not stamp.exists() or stamp.read_text() != wanted.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "--require-hashes", "-r", wanted], check=True)
        stamp.write_text(wanted.read_text())
    return folder / "bin"


def target():
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def built(package, program):
    """Builds one of our programs with the settings of a release. Handlers are built as in `deployer package`."""
    if READY:
        return pathlib.Path(READY) / program
    profile = "lambda" if package == "handler" else "release"
    subprocess.run(["cargo", "build", "--quiet", "--profile", profile, "-p", package, "--features", "asm", "--bin", program], cwd=ROOT, check=True)
    return target() / profile / program


def npm(name):
    """Returns a folder with the packages of `<name>/package-lock.json` and the scripts of `<name>`."""
    folder, wanted = PEERS / name, HERE / name / "package-lock.json"
    stamp = folder / "installed"
    if not stamp.exists() or stamp.read_text() != wanted.read_text():
        folder.mkdir(parents=True, exist_ok=True)
        for path in (HERE / name).iterdir():
            shutil.copy(path, folder)
        subprocess.run(["npm", "ci", "--silent", "--ignore-scripts"], cwd=folder, check=True)
        stamp.write_text(wanted.read_text())
    return folder


def loopback_program(name):
    """Builds a helper program of the benchmarks."""
    folder = HERE / "loopback"
    if READY:
        return pathlib.Path(READY) / name
    subprocess.run(["cargo", "build", "--quiet", "--release", "--bin", name], cwd=folder, check=True)
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", folder / "target")) / "release" / name


class Loopback:
    """An S3 in memory, the same for all compared programs."""

    def __init__(self):
        self.process = subprocess.Popen([loopback_program("loopback")], stdout=subprocess.PIPE, text=True)
        self.endpoint = self.process.stdout.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def aws(endpoint, **more):
    """Returns an environment in which programs call `endpoint` and nothing else of AWS."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        **more,
    }


def median(values):
    values = sorted(values)
    return values[len(values) // 2]


def photographs(folder):
    """Returns a folder with collages of the sample photos: `phone.jpg` with 12 megapixels, `web.jpg` with 2."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "web.jpg").exists():
        make = """
import sys
from PIL import Image
tiles = [Image.open(p).convert('RGB') for p in sys.argv[2:]]
for name, (width, height) in (('phone', (4000, 3000)), ('web', (1600, 1200))):
    photo = Image.new('RGB', (width, height))
    at = 0
    for y in range(0, height, 400):
        for x in range(0, width, 400):
            photo.paste(tiles[at % len(tiles)].resize((400, 400)), (x, y)); at += 1
    photo.save(f'{sys.argv[1]}/{name}.jpg', quality=88)
"""
        samples = sorted(path for path in (ROOT / "samples").iterdir() if path.suffix in (".jpg", ".png"))
        subprocess.run([venv("python") / "python", "-c", make, folder, *samples], check=True)
    return folder
