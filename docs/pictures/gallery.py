"""Draws docs/gallery.png: the gallery of a local stack with three sample photos and a file that is not an image.

    python3 docs/pictures/gallery.py [DEPLOYER]
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
ALT_TEXTS = {
    "astronaut.jpg": "Eileen Collins, in her orange launch suit, smiles in front of the flag and a model of the space shuttle",
    "chelsea.png": "A ginger tabby cat with whiskers spread wide looks past the camera",
    "coffee.jpg": "A cup of espresso on a saucer with a spoon, seen from above on a wooden table",
}


def main():
    deployer = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/debug/deployer").resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        env = {**os.environ, "DEPLOYER_LOCAL": "true"}
        call = lambda *words, check=True: subprocess.run([deployer, *words], cwd=folder, env=env, check=check)
        (folder / "deployer.yaml").write_text("stack: photos\nalt_text: { enabled: true }\n")
        (folder / "text.jpg").write_text("no image")
        for sample in ALT_TEXTS:
            shutil.copy(ROOT / "samples" / sample, folder / sample)
        call("up", "--yes")
        for sample in ALT_TEXTS:
            call("upload", "--wait", sample)
            call("alt", sample, "--set", ALT_TEXTS[sample])
        call("upload", "--force", "--wait", "text.jpg", check=False)
        gallery = subprocess.Popen([deployer, "gallery"], cwd=folder, env=env, stdout=subprocess.PIPE, text=True)
        address = next(word for line in gallery.stdout for word in line.split() if word.startswith("http"))
        browser = shutil.which("chromium") or "chromium-browser"
        subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1227,566", "--force-device-scale-factor=1.25",
             "--disable-background-networking", "--virtual-time-budget=5000",
             f"--screenshot={ROOT / 'docs/gallery.png'}", address],
            check=True,
        )
        gallery.terminate()
        call("down", "--yes")


main()
