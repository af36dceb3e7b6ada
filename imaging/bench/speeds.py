#!/usr/bin/env python3
"""Measures the times that `deployer estimate` uses: prints the `kinds` and `formats` of estimate/src/speeds.json.

    python3 imaging/bench/speeds.py [--rounds N]

Run run.py first, which creates the pictures. The cost of a format is what a second thumbnail of 1280 pixels adds. The cost
of a kind is that of a photo with one JPEG of 1280 pixels, minus the cost of the JPEG. Times are CPU milliseconds, the median
of the rounds; sizes are bytes of the thumbnails.
"""
import argparse, json, os, pathlib, statistics, subprocess

HERE = pathlib.Path(__file__).resolve().parent
CORPUS, ROOT = HERE / ".corpus", HERE.parent.parent
KINDS = {
    "jpeg": "jpeg-12mp-baseline.jpg",
    "progressive-jpeg": "jpeg-12mp-progressive.jpg",
    "png": "png-12mp-rgb.png",
    "webp": "webp-12mp-lossy.webp",
    "gif": "gif-02mp.gif",
    "tiff": "tiff-12mp-deflate.tif",
    "avif": "avif-12mp.avif",
}
FORMATS = ("webp", "jpeg", "png", "avif")
# The constant cost of a photo: headers, tables, and the placeholder.
FIXED_MS = 1


def worker():
    build = ["cargo", "build", "--profile", "lambda", "-p", "imaging", "--features", "avif,asm", "--example", "worker"]
    subprocess.run(build, cwd=ROOT, check=True)
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "lambda/examples/worker"


def run(program, name, sides, rounds):
    """Returns CPU milliseconds and bytes for one photo, without the start of the program."""
    def once(count):
        lines = f"{CORPUS / name} {sides}\n" * count
        process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        process.stdin.write(lines)
        process.stdin.close()
        answer = process.stdout.readline()
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
        return (used.ru_utime + used.ru_stime) * 1e3, int(answer)

    count = 4
    took = [(once(1 + count)[0] - once(1)[0]) / count for _ in range(rounds)]
    return statistics.median(took), once(1)[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    program = worker()
    # A thumbnail has 1280 x 960 pixels, a photo 4000 x 3000, and the GIF 1600 x 1200.
    megapixels = 1280 * 960 / 1e6
    formats, photo = {}, KINDS["jpeg"]
    one, bytes_of_one = run(program, photo, "1280:jpeg", rounds)
    for name in FORMATS:
        both, bytes_of_both = run(program, photo, f"1280:jpeg,1280:{name}", rounds)
        formats[name] = {
            "ms_a_megapixel": round((both - one) / megapixels, 1),
            "bytes_a_pixel": round((bytes_of_both - bytes_of_one) / megapixels / 1e6, 2),
        }
    kinds = {}
    for kind, name in KINDS.items():
        took, _ = run(program, name, "1280:jpeg", rounds)
        size = 1600 * 1200 / 1e6 if kind == "gif" else 12
        rest = took - formats["jpeg"]["ms_a_megapixel"] * megapixels - FIXED_MS
        kinds[kind] = {"ms": FIXED_MS, "ms_a_megapixel": round(rest / size, 1)}
    print(json.dumps({"kinds": kinds, "formats": formats}, indent=2))


main()
