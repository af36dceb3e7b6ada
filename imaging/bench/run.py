#!/usr/bin/env python3
"""Compares `imaging` with sharp, libvips, and Pillow (plain and tuned): CPU time and peak memory, with one thread each.

    python3 imaging/bench/run.py [--rounds N] [--quick]

Creates its pictures from freely licensed photographs of scikit-image and scikit-learn, and installs the peers in its
own folders, which git ignores. Alternates between the programs, so that a busy machine slows all of them equally. Writes
bench/result.json, bench/result.md, and bench/result.svg, which git ignores. Compare the ratios. Columns such as
"imaging ms" are the CPU time of all threads of a program.
"""
import argparse, json, math, os, pathlib, subprocess, sys, time

HERE = pathlib.Path(__file__).resolve().parent
PEERS, CORPUS = HERE / ".peers", HERE / ".corpus"
PYTHON = PEERS / "venv/bin/python"

WORKERS = {
    "pillow": """
import sys, io
from PIL import Image
Image.MAX_IMAGE_PIXELS = None
for line in sys.stdin:
    path, sides = line.rsplit(' ', 1)
    n = 0
    for side in map(int, sides.split(',')):
        im = Image.open(path); im.thumbnail((side, side))
        out = io.BytesIO(); im.convert('RGB').save(out, 'JPEG', quality=80); n += out.tell()
    print(n, flush=True)
""",
    # Reads each photo once, at the smallest size that the largest thumbnail allows, and resizes the smaller ones from it.
    "pillow tuned": """
import sys, io
from PIL import Image
Image.MAX_IMAGE_PIXELS = None
for line in sys.stdin:
    path, sides = line.rsplit(' ', 1)
    n, sides = 0, sorted(map(int, sides.split(',')), reverse=True)
    im = Image.open(path); im.draft('RGB', (sides[0], sides[0])); im = im.convert('RGB')
    for side in sides:
        im.thumbnail((side, side), Image.LANCZOS, reducing_gap=2)
        out = io.BytesIO(); im.save(out, 'JPEG', quality=80); n += out.tell()
    print(n, flush=True)
""",
    "libvips": """
import sys, os
os.environ['VIPS_CONCURRENCY'] = '1'
import pyvips
pyvips.cache_set_max(0)
for line in sys.stdin:
    path, sides = line.rsplit(' ', 1)
    n = 0
    for side in map(int, sides.split(',')):
        im = pyvips.Image.thumbnail(path, side, height=side, size='down')
        n += len(im.jpegsave_buffer(Q=80, keep='none'))
    print(n, flush=True)
""",
    "sharp": """
const sharp = require('sharp'); sharp.concurrency(1); sharp.cache(false);
const lines = require('readline').createInterface({input: process.stdin});
(async () => { for await (const line of lines) {
    const i = line.lastIndexOf(' '); const path = line.slice(0, i); let n = 0;
    for (const side of line.slice(i + 1).split(',').map(Number)) {
        const {data} = await sharp(path, {limitInputPixels: 1e8}).rotate().resize(side, side, {fit: 'inside', withoutEnlargement: true})
            .jpeg({quality: 80, optimiseCoding: false}).toBuffer({resolveWithObject: true}); n += data.length;
    }
    console.log(n);
} })();
""",
}


def install():
    PEERS.mkdir(exist_ok=True)
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS / "venv"], check=True)
        packages = ["numpy==2.4.6", "pillow==13.0.0", "pyvips==3.2.0", "pyvips-binary==8.18.7"]
        packages += ["scikit-image==0.26.0", "scikit-learn==1.9.1"]  # only for their photographs
        subprocess.run([PYTHON, "-m", "pip", "install", "-q", *packages], check=True)
    if not (PEERS / "node_modules/sharp").exists():
        (PEERS / "package.json").write_text('{"name":"peers","private":true}')
        subprocess.run(["npm", "install", "--silent", "sharp@0.35.5"], cwd=PEERS, check=True)


MAKE = """
import glob, os, sys, random
import numpy, skimage, sklearn
from PIL import Image
out = sys.argv[1]
names = ['astronaut.png', 'chelsea.png', 'coffee.png', 'rocket.jpg', 'retina.jpg', 'hubble_deep_field.jpg', 'motorcycle_left.png', 'motorcycle_right.png']
tiles = [os.path.join(os.path.dirname(skimage.__file__), 'data', n) for n in names]
tiles += glob.glob(os.path.join(os.path.dirname(sklearn.__file__), 'datasets/images/*.jpg'))
tiles = [Image.open(t).convert('RGB') for t in sorted(tiles) if os.path.exists(t)]
def mosaic(w, h):
    r = random.Random(7); im = Image.new('RGB', (w, h))
    for y in range(0, h, 280):
        for x in range(0, w, 400):
            t = r.choice(tiles)
            if r.random() < .5: t = t.transpose(Image.FLIP_LEFT_RIGHT)
            dx, dy = r.randint(0, max(0, t.width - 400)), r.randint(0, max(0, t.height - 280))
            im.paste(t.crop((dx, dy, dx + 400, dy + 280)).resize((400, 280)), (x, y))
    # sensor noise
    noise = numpy.random.default_rng(7).normal(0, 2, (h, w, 1))
    return Image.fromarray((numpy.asarray(im) + noise).clip(0, 255).astype('uint8'))
for mp, (w, h), q in (('12', (4000, 3000), 88), ('24', (6000, 4000), 92), ('02', (1600, 1200), 80)):
    im = mosaic(w, h)
    im.save(f'{out}/jpeg-{mp}mp-baseline.jpg', quality=q, subsampling=2)
    if mp != '02': im.save(f'{out}/jpeg-{mp}mp-progressive.jpg', quality=q, subsampling=2, progressive=True)
    if mp == '12':
        im.save(f'{out}/png-12mp-rgb.png', compress_level=6)
        rgba = im.copy(); rgba.putalpha(Image.linear_gradient('L').resize(im.size)); rgba.save(f'{out}/png-12mp-rgba.png', compress_level=6)
        im.save(f'{out}/avif-12mp.avif', quality=60, speed=9, max_threads=1)
        im.save(f'{out}/webp-12mp-lossy.webp', quality=80, method=2)
        im.save(f'{out}/tiff-12mp-deflate.tif', compression='tiff_adobe_deflate')
    if mp == '02': im.quantize(256).save(f'{out}/gif-02mp.gif')
"""


# The compared libraries, in the order of the tables.
NAMES = ["sharp", "libvips", "pillow", "pillow tuned"]


class Worker:
    def __init__(self, name):
        if name == "imaging":
            command, cwd = [str(imaging())], HERE
        elif name == "sharp":
            command, cwd = ["node", "-e", WORKERS[name]], PEERS
        else:
            command, cwd = [str(PYTHON), "-c", WORKERS[name]], PEERS
        environment = {**os.environ, "VIPS_CONCURRENCY": "1", "UV_THREADPOOL_SIZE": "1"}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=cwd, env=environment)

    def cpu(self):
        """Returns the CPU time of all threads in milliseconds, including threads that have ended."""
        return time.clock_gettime((~self.process.pid << 3) | 2) * 1e3

    def run(self, path, sides):
        before = self.cpu()
        self.process.stdin.write(f"{path} {sides}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer.strip():
            raise RuntimeError(f"no answer for {path}")
        return self.cpu() - before

    def peak(self):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def imaging():
    target = os.environ.get("CARGO_TARGET_DIR", HERE.parent.parent / "target")
    return pathlib.Path(target) / "lambda/examples/worker"


def svg(rows, names):
    colors = {"imaging": "#1b7f4b", "sharp": "#888", "libvips": "#4477aa", "pillow": "#bb8844", "pillow tuned": "#ddaa66"}
    height, lines = 30 + len(rows) * 83, []
    for i, row in enumerate(rows):
        y, most = 30 + i * 83, max(row["ms"].values())
        lines.append(f'<text x="8" y="{y}" font-weight="bold">{row["file"]} to {row["sides"]}</text>')
        for j, name in enumerate(names):
            width = 380 * row["ms"][name] / most
            lines.append(f'<rect x="80" y="{y + 5 + j * 13}" width="{width:.1f}" height="10" fill="{colors[name]}"/>')
            lines.append(f'<text x="8" y="{y + 14 + j * 13}">{name}</text>')
            lines.append(f'<text x="{85 + width:.1f}" y="{y + 14 + j * 13}">{row["ms"][name]:.1f} ms, {row["mib"][name]:.0f} MiB</text>')
    style = 'font-family="sans-serif" font-size="11"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="630" height="{height}" {style}><rect width="100%" height="100%" fill="white"/>{"".join(lines)}</svg>\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--quick", action="store_true", help="three rounds, no build")
    arguments = parser.parse_args()
    rounds = 3 if arguments.quick else arguments.rounds
    install()
    if not arguments.quick:
        subprocess.run(["cargo", "build", "--profile", "lambda", "-p", "imaging", "--features", "asm", "--example", "worker"], cwd=HERE.parent.parent, check=True)
    if not (CORPUS / "avif-12mp.avif").exists():
        CORPUS.mkdir(exist_ok=True)
        subprocess.run([PYTHON, "-c", MAKE, CORPUS], check=True)
    names = ["imaging", *NAMES]
    jobs = [(path, "256") for path in sorted(CORPUS.iterdir())]
    jobs += [(path, "800") for path in sorted(CORPUS.iterdir()) if "02mp" not in path.name]
    jobs += [(path, "1280,512,128") for path in sorted(CORPUS.iterdir()) if "baseline" in path.name and "02mp" not in path.name]
    jobs += [(path, "1280") for path in sorted(CORPUS.iterdir()) if "baseline" in path.name and "02mp" not in path.name]
    workers = {name: Worker(name) for name in names}
    times = {(path, sides, name): [] for path, sides in jobs for name in names}
    for round_ in range(rounds + 1):
        for path, sides in jobs:
            for name in names:
                spent = workers[name].run(path, sides)
                if round_ > 0:
                    times[path, sides, name].append(spent)
    for worker in workers.values():
        worker.close()
    rows = []
    for path, sides in jobs:
        row = {"file": path.name, "sides": sides, "ms": {}, "mib": {}}
        for name in names:
            row["ms"][name] = sorted(times[path, sides, name])[rounds // 2]
            worker = Worker(name)
            worker.run(path, sides)
            row["mib"][name] = worker.peak()
            worker.close()
        row["ratio_to_sharp"] = row["ms"]["sharp"] / row["ms"]["imaging"]
        rows.append(row)
    (HERE / "result.json").write_text(json.dumps({"rounds": rounds, "rows": rows}, indent=1) + "\n")
    (HERE / "result.svg").write_text(svg(rows, names))
    others = " | ".join(NAMES)
    table = [f"| file | sides | imaging ms | {others} | sharp / imaging | MiB: imaging | {others} |", "|" + " --- |" * (2 * len(names) + 3)]
    for row in rows:
        ms, mib = row["ms"], row["mib"]
        table.append(
            f"| {row['file']} | {row['sides']} | " + " | ".join(f"{ms[name]:.1f}" for name in names)
            + f" | {row['ratio_to_sharp']:.2f} | " + " | ".join(f"{mib[name]:.0f}" for name in names) + " |"
        )
    (HERE / "result.md").write_text("\n".join(table) + "\n")
    print("\n".join(table))
    classes = {}
    for row in rows:
        kind = row["file"].split("-")[0] + ("-" + row["file"].split("-")[2].split(".")[0] if row["file"].startswith("jpeg") else "")
        classes.setdefault((kind, row["sides"]), []).append(row["ratio_to_sharp"])
    for (kind, sides), ratios in classes.items():
        print(f"{kind} to {sides}: {math.exp(sum(map(math.log, ratios)) / len(ratios)):.2f} x sharp")


if __name__ == "__main__":
    main()
