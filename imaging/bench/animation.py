#!/usr/bin/env python3
"""Compares animated thumbnails with those of sharp and gifsicle: CPU time and bytes.

    python3 imaging/bench/animation.py

The originals are GIFs that Pillow draws. `imaging` and sharp write WebP of quality 80, `imaging` also AVIF; gifsicle writes
GIF. The programs take turns. Install gifsicle first.
"""
import pathlib, resource, subprocess, sys

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
(async () => { const {data} = await sharp(process.argv[1], {animated: true}).resize(320, 320, {fit: 'inside', withoutEnlargement: true})
    .webp({quality: 80}).toBuffer({resolveWithObject: true}); console.log(data.length); })();
"""


def commands(file):
    ours = lambda kind: ([imaging()], f"{file} {SIDE}:animated-{kind}\n")
    return {
        "imaging, WebP": ours("webp"),
        "imaging, AVIF": ours("avif"),
        "sharp, WebP": (["node", "-e", SHARP, file], None),
        "gifsicle, GIF": (["gifsicle", "--resize-fit", f"{SIDE}x{SIDE}", "-O3", file], None),
    }


def run(name, command, line):
    """Returns the processor time of a program in milliseconds, and the length of its thumbnail."""
    def spent():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (usage.ru_utime + usage.ru_stime) * 1e3

    before = spent()
    done = subprocess.run(command, input=line and line.encode(), stdout=subprocess.PIPE, cwd=PEERS, check=True)
    return spent() - before, len(done.stdout) if name.startswith("gifsicle") else int(done.stdout)


def main():
    install()
    root = HERE.parent.parent
    build = ["cargo", "build", "--profile", "lambda", "-p", "imaging", "--features", "asm,avif", "--example", "worker"]
    subprocess.run(build, cwd=root, check=True)
    FOLDER.mkdir(exist_ok=True)
    subprocess.run([PYTHON, "-c", MAKE, FOLDER, root / "samples/coffee.jpg"], check=True)
    table = ["| animation | program | processor time | bytes |", "| --- | --- | ---: | ---: |"]
    worse = []
    for file in sorted(FOLDER.glob("*.gif")):
        all_commands = commands(file)
        times, lengths = {name: [] for name in all_commands}, {}
        for _ in range(ROUNDS):
            for name, (command, line) in all_commands.items():
                milliseconds, lengths[name] = run(name, command, line)
                times[name].append(milliseconds)
        median = {name: sorted(values)[ROUNDS // 2] for name, values in times.items()}
        table += [f"| {file.stem} | {name} | {median[name]:.0f} ms | {lengths[name]:,} |" for name in all_commands]
        ours, theirs = "imaging, WebP", "sharp, WebP"
        if median[ours] > median[theirs] or lengths[ours] > lengths[theirs]:
            worse.append(file.stem)
    (HERE / "animation.md").write_text("\n".join(table) + "\n")
    print("\n".join(table))
    if worse:
        sys.exit(f"slower or larger than sharp: {', '.join(worse)}")


main()
