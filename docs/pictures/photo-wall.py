"""Draws docs/photo-wall.png: the example `examples/photo-wall` with the sample photos and a file that is not an image.

    python3 docs/pictures/photo-wall.py [DEPLOYER]

The program `photo-wall` must be beside the deployer. The scenario `picture` of its test draws.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    deployer = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/debug/deployer").resolve()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=ROOT / "testkit/browser", check=True)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shutil.copy(ROOT / "examples/photo-wall/deployer.yaml", folder)
        for sample in ("astronaut.jpg", "chelsea.png", "coffee.jpg"):
            shutil.copy(ROOT / "samples" / sample, folder)
        (folder / "text.jpg").write_text("no image")
        call = lambda *words: subprocess.run([deployer, "--local", *words], cwd=folder, check=True, stdout=sys.stderr)
        call("up", "--yes")
        command = [deployer.with_name("photo-wall"), "--local", "--port", "0", "--config", folder / "deployer.yaml"]
        wall = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        address = wall.stdout.readline().split()[-1] + "/"
        command = ["node", ROOT / "examples/photo-wall/tests/wall.mjs", "picture", address, ROOT / "docs"]
        scenario = subprocess.Popen(command, cwd=folder, env={**os.environ, "CHROMIUM": chromium}, text=True,
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for line in scenario.stdout:
            call(*json.loads(line))
            print(file=scenario.stdin, flush=True)
        wall.terminate()
        wall.wait()
        call("down", "--yes")
        sys.exit(scenario.wait())


main()
