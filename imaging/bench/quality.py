#!/usr/bin/env python3
"""Compares the thumbnails of `imaging` and sharp with the same pictures that libvips resizes without shortcuts.

    python3 imaging/bench/quality.py

Run run.py first, which creates the pictures and installs the peers. The reference is the whole original, resized by the
Lanczos filter of libvips, once in gamma space (the default of browsers, Pillow, libvips, and sharp) and once in linear
light. The thumbnails are PNG, so that only decoding and resizing matter. Computes SSIM and PSNR of the luma, and writes
bench/quality.md.
"""
import json, os, pathlib, subprocess, sys

HERE = pathlib.Path(__file__).resolve().parent
PEERS, CORPUS = HERE / ".peers", HERE / ".corpus"
PYTHON, OUT = PEERS / "venv/bin/python", PEERS / "thumbnails"
SIDES = (256, 800)

SHARP = """
const [out, side, ...files] = process.argv.slice(1); const sharp = require('sharp'); const path = require('path');
(async () => { for (const file of files)
    await sharp(file, {limitInputPixels: 1e8}).rotate().resize(+side, +side, {fit: 'inside', withoutEnlargement: true})
        .png().toFile(path.join(out, path.basename(file))); })();
"""

JUDGE = """
import json, pathlib, sys
import numpy, pyvips
from skimage.metrics import structural_similarity
def luma(image):
    if image.hasalpha(): image = image.flatten(background=255)
    rgb = image.colourspace('srgb').numpy().astype('float64')
    return rgb[..., :3] @ [0.299, 0.587, 0.114]
def psnr(a, b): return float(10 * numpy.log10(255**2 / max(((a - b) ** 2).mean(), 1e-9)))
rows = []
out, side, files = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
for file in files:
    whole = pyvips.Image.new_from_file(file).copy_memory().colourspace('srgb')
    name = pathlib.Path(file).name
    ours = pyvips.Image.new_from_file(str(out / 'imaging' / f'{name}.png'))
    across, down = ours.width / whole.width, ours.height / whole.height
    alpha = whole.hasalpha()
    start = whole.premultiply() if alpha else whole
    gamma = start.resize(across, vscale=down, kernel='lanczos3')
    gamma = (gamma.unpremultiply() if alpha else gamma).cast('uchar').copy(interpretation='srgb')
    linear = whole.thumbnail_image(ours.width, height=ours.height, size='force', linear=True)
    row = {'file': name, 'side': side, 'linear_psnr': psnr(luma(gamma), luma(linear))}
    for by in ('imaging', 'sharp'):
        made = luma(pyvips.Image.new_from_file(str(out / by / (f'{name}.png' if by == 'imaging' else name))))
        row[by] = {'ssim': float(structural_similarity(made, luma(gamma), data_range=255)), 'psnr': psnr(made, luma(gamma))}
    rows.append(row)
print(json.dumps(rows))
"""


def main():
    root = HERE.parent.parent
    subprocess.run(["cargo", "build", "--workspace", "--bin", "deployer"], cwd=root, check=True)
    deployer = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", root / "target")) / "debug/deployer"
    config = PEERS / "deployer.yaml"
    sizes = [f"  - {{name: side-{side}, width: {side}, height: {side}, format: png}}\n" for side in SIDES]
    config.write_text("presets:\n" + "".join(sizes))
    files = sorted(CORPUS.iterdir())
    rows = []
    for side in SIDES:
        for by in ("imaging", "sharp"):
            (OUT / by).mkdir(parents=True, exist_ok=True)
        options = ["--config", config, "--preset", f"side-{side}", "--out", OUT / "imaging"]
        subprocess.run([deployer, "preview", CORPUS, *options], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["node", "-e", SHARP, OUT / "sharp", str(side), *files], cwd=PEERS, check=True)
        judged = subprocess.run([PYTHON, "-c", JUDGE, OUT, str(side), *files], check=True, stdout=subprocess.PIPE)
        rows += json.loads(judged.stdout)
    table = ["| file | side | SSIM: imaging | sharp | PSNR: imaging | sharp | linear light |", "|" + " --- |" * 7]
    for row in rows:
        ours, theirs = row["imaging"], row["sharp"]
        table.append(
            f"| {row['file']} | {row['side']} | {ours['ssim']:.4f} | {theirs['ssim']:.4f}"
            f" | {ours['psnr']:.1f} | {theirs['psnr']:.1f} | {row['linear_psnr']:.1f} |"
        )
    (HERE / "quality.md").write_text("\n".join(table) + "\n")
    print("\n".join(table))
    # Without a shortcut, sharp equals the reference, so a small tolerance is needed.
    worse = [row for row in rows if row["imaging"]["ssim"] < row["sharp"]["ssim"] - 0.002]
    if worse:
        sys.exit("less similar to the reference than sharp: " + ", ".join(f"{r['file']} at {r['side']}" for r in worse))


main()
