#!/usr/bin/env python3
"""Compares animated thumbnails with those of sharp and gifsicle: CPU time, bytes, and PSNR.

    python3 imaging/bench/animation.py

The originals are GIFs that Pillow draws. `imaging` and sharp write WebP of quality 80, `imaging` also AVIF; gifsicle writes
GIF. The programs take turns. The PSNR is the mean of all frames, compared with what libvips resizes without losses. Install
gifsicle first.
"""
import json, os, pathlib, resource, subprocess, sys

from run import HERE, PEERS, PYTHON, imaging, install

SIDE, ROUNDS = 320, 5
FOLDER = HERE / ".animations"

MAKE = """
import math, pathlib, sys
from PIL import Image, ImageDraw
folder, photo = pathlib.Path(sys.argv[1]), Image.open(sys.argv[2]).convert('RGB')
def ball(frame, i):
    ImageDraw.Draw(frame).ellipse((200, 160 + int(120 * math.sin(i / 5)), 240, 200 + int(120 * math.sin(i / 5))), fill=(250, 20, 20))
    return frame
def sticker(i):
    frame = Image.new('RGBA', (480, 480), (0, 0, 0, 0))
    ImageDraw.Draw(frame).pieslice((30, 30, 450, 450), i * 12, i * 12 + 270, fill=(250, 200, 20, 255), outline=(0, 0, 0, 255), width=8)
    return frame
animations = {
    'pan': [photo.crop((i * 3, 10, i * 3 + 480, 370)) for i in range(40)],
    'ball': [ball(photo.crop((0, 10, 480, 370)), i) for i in range(40)],
    'sticker': [sticker(i) for i in range(30)],
}
for name, frames in animations.items():
    frames[0].save(folder / f'{name}.gif', save_all=True, append_images=frames[1:], duration=40, loop=0, disposal=2 if name == 'sticker' else 0)
"""

SHARP = """
const sharp = require('sharp'); sharp.concurrency(1); sharp.cache(false);
const [from, to] = process.argv.slice(1), webp = to.endsWith('.webp');
(async () => { const pictures = sharp(from, {animated: true}).resize(SIDE, SIDE, {fit: 'inside', withoutEnlargement: true});
    const {data} = await (webp ? pictures.webp({quality: 80}) : pictures.png()).toBuffer({resolveWithObject: true});
    require('fs').writeFileSync(to, data); console.log(data.length); })();
""".replace("SIDE", str(SIDE))

# The reference has all frames, one below the other. Programs merge equal frames, so the frames are compared by time.
JUDGE = """
import json, sys
import numpy
from PIL import Image, ImageSequence
def on_white(image):
    rgba = numpy.asarray(image.convert('RGBA')).astype('float64')
    alpha = rgba[..., 3:] / 255
    return rgba[..., :3] * alpha + 255 * (1 - alpha)
def by_time(file):
    with Image.open(file) as image:
        # Pillow determines the duration of a frame only when it loads the frame.
        return [(picture, frame.info['duration']) for frame in ImageSequence.Iterator(image) for picture in [on_white(frame)]]
def at(frames, time):
    for frame, duration in frames:
        time -= duration
        if time < 0: break
    return frame
original, reference, files = sys.argv[1], on_white(Image.open(sys.argv[2])), sys.argv[3:]
with Image.open(original) as image:
    durations = [frame.info['duration'] for frame in ImageSequence.Iterator(image)]
pictures = numpy.split(reference, len(durations))
result = []
for frames in map(by_time, files):
    values, time = [], 0
    for duration, picture in zip(durations, pictures):
        error = ((at(frames, time) - picture) ** 2).mean()
        values.append(float(10 * numpy.log10(255**2 / max(error, 1e-9))))
        time += duration
    result.append(sum(values) / len(values))
print(json.dumps(result))
"""

OUTPUTS = {"imaging, WebP": "ours.webp", "imaging, AVIF": "ours.avif", "sharp, WebP": "sharp.webp", "gifsicle, GIF": "gifsicle.gif"}


def commands(file):
    ours = lambda kind: ([imaging()], f"{file} {SIDE}:animated-{kind}\n")
    return {
        "imaging, WebP": ours("webp"),
        "imaging, AVIF": ours("avif"),
        "sharp, WebP": (["node", "-e", SHARP, file, FOLDER / file.stem / "sharp.webp"], None),
        "gifsicle, GIF": (["gifsicle", "--resize-fit", f"{SIDE}x{SIDE}", "-O3", file, "-o", FOLDER / file.stem / "gifsicle.gif"], None),
    }


def preview(deployer, file):
    """Writes the thumbnails of `imaging`, and the reference of libvips."""
    out = FOLDER / file.stem
    config = FOLDER / "deployer.yaml"
    presets = [f"  - {{name: {kind}, width: {SIDE}, height: {SIDE}, format: {kind}, animated: true}}\n" for kind in ("webp", "avif")]
    config.write_text("presets:\n" + "".join(presets))
    for kind in ("webp", "avif"):
        options = ["--config", config, "preview", file, "--preset", kind, "--out", out]
        subprocess.run([deployer, *options], check=True, stdout=subprocess.DEVNULL)
        (made,) = [path for path in out.iterdir() if path.suffix == f".{kind}" and path.stem not in ("ours", "sharp")]
        made.rename(out / f"ours.{kind}")
    subprocess.run(["node", "-e", SHARP, file, out / "reference.png"], cwd=PEERS, check=True, stdout=subprocess.DEVNULL)


def run(command, line):
    """Returns the processor time of a program in milliseconds."""
    def spent():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (usage.ru_utime + usage.ru_stime) * 1e3

    before = spent()
    subprocess.run(command, input=line and line.encode(), stdout=subprocess.DEVNULL, cwd=PEERS, check=True)
    return spent() - before


def main():
    install()
    root = HERE.parent.parent
    build = ["cargo", "build", "--profile", "lambda", "-p", "imaging", "--features", "asm,avif", "--example", "worker"]
    subprocess.run(build, cwd=root, check=True)
    subprocess.run(["cargo", "build", "--workspace", "--bin", "deployer"], cwd=root, check=True)
    deployer = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", root / "target")) / "debug/deployer"
    FOLDER.mkdir(exist_ok=True)
    subprocess.run([PYTHON, "-c", MAKE, FOLDER, root / "samples/coffee.jpg"], check=True)
    table = ["| animation | program | processor time | bytes | PSNR |", "| --- | --- | ---: | ---: | ---: |"]
    worse = []
    for file in sorted(FOLDER.glob("*.gif")):
        out = FOLDER / file.stem
        out.mkdir(exist_ok=True)
        preview(deployer, file)
        all_commands = commands(file)
        times = {name: [] for name in all_commands}
        for _ in range(ROUNDS):
            for name, (command, line) in all_commands.items():
                times[name].append(run(command, line))
        files = [out / OUTPUTS[name] for name in all_commands]
        judged = subprocess.run([PYTHON, "-c", JUDGE, file, out / "reference.png", *files], check=True, stdout=subprocess.PIPE)
        psnr = dict(zip(all_commands, json.loads(judged.stdout)))
        median = {name: sorted(values)[ROUNDS // 2] for name, values in times.items()}
        bytes = {name: (out / OUTPUTS[name]).stat().st_size for name in all_commands}
        table += [f"| {file.stem} | {name} | {median[name]:.0f} ms | {bytes[name]:,} | {psnr[name]:.1f} dB |" for name in all_commands]
        ours, theirs = "imaging, WebP", "sharp, WebP"
        # A larger file may contain more detail.
        if median[ours] > median[theirs] or (bytes[ours] > bytes[theirs] and psnr[ours] <= psnr[theirs]):
            worse.append(file.stem)
    (HERE / "animation.md").write_text("\n".join(table) + "\n")
    print("\n".join(table))
    if worse:
        sys.exit(f"worse than sharp: {', '.join(worse)}")


main()
