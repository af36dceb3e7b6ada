#!/usr/bin/env python3
"""2,000 photos through the whole stack on this machine: nothing lost, how fast, what holds it up; and the simulator's word.

    python3 benches/load.py [--photos N]

A tenth of the photos goes first: from the functions' log of those comes how long a batch and a call to S3 take here. Then
the rest is uploaded while the stack works, and audited. `deployer estimate --simulate` plays the same uploads with the
times of the first tenth; what it says is held against what happened. Writes benches/load.json.
"""
import argparse, datetime, json, os, pathlib, re, subprocess, tempfile, time

from peers import HERE, ROOT, built, photographs

CONCURRENCY = 2
TOLERANCE = 0.2

# Calls to S3 that wait for each other.
ROUNDS = int(re.search(r"ROUNDS: u32 = (\d+)", (ROOT / "contract/src/calls.rs").read_text())[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--photos", type=int, default=2000)
    arguments = parser.parse_args()
    deployer, photo = built("deployer", "deployer"), (photographs(HERE / ".photos") / "web.jpg").read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "deployer.yaml").write_text(f"stack: load\nfunction: {{ maximum_concurrency: {CONCURRENCY} }}\n")

        def run(*command, check=True):
            done = subprocess.run([deployer, "--local", "--yes", "--quiet", *command], cwd=folder, capture_output=True, text=True)
            if check and done.returncode:
                raise RuntimeError(f"{command}: {done.stdout[-1000:]}{done.stderr[-2000:]}")
            return done.stdout

        first = arguments.photos // 10
        copies(folder / "first", photo, range(first))
        copies(folder / "rest", photo, range(first, arguments.photos))
        run("up", "--release")
        try:
            emulator = listener(json.loads(run("--output", "json", "status"))["endpoint"])
            known = through(run, "first", first, emulator)
            result = through(run, "rest", arguments.photos - first, emulator)
            audit = json.loads(run("--output", "json", "audit", check=False).splitlines()[-1])["summary"]
        finally:
            run("down", check=False)
        result["audit"] = audit
        result["simulated"] = simulate(deployer, folder, result, known)
    ratio = result["simulated"]["seconds"] / result["seconds"]
    result["simulated_to_measured"] = ratio
    (HERE / "load.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))
    if audit["lost"] or audit["done"] != arguments.photos:
        raise SystemExit("photos are lost")
    if not 1 - TOLERANCE < ratio < 1 + TOLERANCE:
        raise SystemExit(f"the simulator says {ratio:.2f} times what it took")


def through(run, folder, photos, emulator):
    """Uploads `folder`, waits until each of its `photos` is done by the functions' log, and says how it went."""
    begun, busy, emulated = time.time(), processor(), process_seconds(emulator)
    run("upload", "--recursive", folder)
    uploaded = time.time() - begun
    while not is_empty(run):
        if time.time() - begun > 1800:
            raise RuntimeError("the queue is not empty after half an hour")
        time.sleep(2)
    work = done_since(run, begun)
    if len(work) != photos:
        raise RuntimeError(f"{len(work)} of {photos} photos are done")
    took = max(line["ended"] for line in work) - begun
    batches = {}
    for line in work:
        batches.setdefault(line["request_id"], []).append(line)
    # From the first step of the first photo to the end of the last.
    seconds = [max(line["ended"] for line in lines) - min(line["began"] for line in lines) for lines in batches.values()]
    return {
        "photos": photos,
        "seconds": took,
        "photos_a_second": photos / took,
        "upload_seconds": uploaded,
        "batches": len(batches),
        "batch_seconds": sum(seconds) / len(seconds),
        "call_ms": sum(line["ms"]["look"] for line in work) / photos,
        "mean_step_ms": {step: sum(line["ms"].get(step, 0) for line in work) / photos for step in ("look", "fetch", "render", "store")},
        "processors": os.cpu_count(),
        "processors_busy": (processor() - busy) / took,
        # The emulator answers everything in one process: near 1 it is what holds all up.
        "processors_busy_in_emulator": (process_seconds(emulator) - emulated) / took,
    }


def is_empty(run):
    """Whether no queue holds a message, visible or in flight."""
    queues = json.loads(run("--output", "json", "status"))["queues"]
    return not any(queue["waiting"] + queue["in_flight"] for queue in queues.values())


def done_since(run, begun):
    """The log's lines of photos done since then, with the moments at which work on each began and ended."""
    lines = []
    for text in run("--output", "json", "logs", "--since", "2h").splitlines():
        try:
            line = json.loads(json.loads(text)["message"])
        except (ValueError, KeyError):
            continue
        if isinstance(line, dict) and line.get("outcome") == "done":
            line["ended"] = moment(line["timestamp"])
            line["began"] = line["ended"] - sum(line["ms"].values()) / 1e3
            if line["began"] > begun:
                lines.append(line)
    return lines


def moment(text):
    """Seconds of a time like 2026-11-25T08:00:00.123456789Z."""
    return datetime.datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text).replace("Z", "+00:00")).timestamp()


def copies(folder, body, numbers):
    """Photos that are all the same to a decoder and have each their own digest: bytes after the end differ."""
    folder.mkdir()
    for number in numbers:
        (folder / f"photo-{number:05}.jpg").write_bytes(body + f"{number:08}".encode())


def simulate(deployer, folder, result, known):
    """The same uploads, with what a batch of ten and a call to S3 took the first time."""
    size = known["photos"] / known["batches"]
    ms = (known["batch_seconds"] * 1e3 - ROUNDS * known["call_ms"]) / size
    rate = result["photos"] / result["upload_seconds"]
    (folder / "mix.csv").write_text(f"kind,share,megapixels,megabytes,ms\njpeg,1,2,0.5,{ms:.1f}\n")
    (folder / "course.csv").write_text(f"0,{rate}\n{result['upload_seconds']},{rate}\n")
    command = ["--output", "json", "estimate", "--per-day", str(result["photos"]), "--mix", "mix.csv", "--simulate", "course.csv"]
    done = subprocess.run(
        [deployer, *command, "--request-ms", str(max(1, round(known["call_ms"])))], cwd=folder, check=True, capture_output=True, text=True
    )
    played = json.loads(done.stdout)["simulation"]
    return {"ms_a_photo": ms, **{name: played[name] for name in ("photos", "done", "seconds", "batches", "oldest_seconds", "median_seconds")}}


def listener(endpoint):
    """The process that listens on the endpoint's port."""
    port = f":{int(endpoint.rsplit(':', 1)[1]):04X}"
    inodes = {line.split()[9] for line in open("/proc/net/tcp") if line.split()[1].endswith(port) and line.split()[3] == "0A"}
    for link in pathlib.Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(link)[8:-1] in inodes:
                return int(link.parts[2])
        except OSError:
            pass
    raise RuntimeError("nobody listens there")


def process_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def processor():
    """Seconds that all processors were busy since the machine started."""
    fields = [int(field) for field in open("/proc/stat").readline().split()[1:]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


main()
