#!/usr/bin/env python3
"""Processes 2,000 photos with the whole stack on this machine: checks that none is lost, measures the speed and the busiest
part, and compares the simulator.

    python3 benches/load.py [--photos N]

The first tenth of the photos calibrates: the functions' logs show how long a batch and a call to S3 take here. Then the rest
is uploaded while the stack works, and audited. `deployer estimate --simulate` simulates the same uploads with the measured
times, and the script compares the simulated with the measured duration. Writes benches/load.json.
"""
import argparse, datetime, json, os, pathlib, re, subprocess, tempfile, time

from peers import HERE, ROOT, built, photographs

CONCURRENCY = 2
TOLERANCE = 0.2

# The number of sequential rounds of calls to S3.
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
            known = process(run, "first", first, emulator)
            result = process(run, "rest", arguments.photos - first, emulator)
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
        raise SystemExit(f"the simulated duration is {ratio:.2f} times the measured one")


def process(run, folder, photos, emulator):
    """Uploads `folder`, waits until the functions' log shows that each of its `photos` is done, and returns the measurements."""
    begun, busy, emulated = time.time(), busy_seconds(), process_seconds(emulator)
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
    # The time from the first step of the first photo to the end of the last photo.
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
        "processors_busy": (busy_seconds() - busy) / took,
        # The emulator responds to all calls in one process. If this value is near 1, the emulator is the bottleneck.
        "processors_busy_in_emulator": (process_seconds(emulator) - emulated) / took,
    }


def is_empty(run):
    """Returns whether all queues are empty, without messages in flight."""
    queues = json.loads(run("--output", "json", "status"))["queues"]
    return not any(queue["waiting"] + queue["in_flight"] for queue in queues.values())


def done_since(run, begun):
    """Returns the log lines of photos that were done after `begun`, with the times when the work on each began and ended."""
    lines = []
    for text in run("--output", "json", "logs", "--since", "2h").splitlines():
        try:
            line = json.loads(json.loads(text)["message"])
        except (ValueError, KeyError):
            continue
        if isinstance(line, dict) and line.get("outcome") == "done":
            line["ended"] = unix_time(line["timestamp"])
            line["began"] = line["ended"] - sum(line["ms"].values()) / 1e3
            if line["began"] > begun:
                lines.append(line)
    return lines


def unix_time(text):
    """Returns the Unix time of a text like 2026-11-25T08:00:00.123456789Z."""
    return datetime.datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text).replace("Z", "+00:00")).timestamp()


def copies(folder, body, numbers):
    """Writes photos with the same pixels and different digests: the bytes after the end differ."""
    folder.mkdir()
    for number in numbers:
        (folder / f"photo-{number:05}.jpg").write_bytes(body + f"{number:08}".encode())


def simulate(deployer, folder, result, known):
    """Simulates the same uploads, with the times of a batch of ten and of a call to S3 from the calibration."""
    size = known["photos"] / known["batches"]
    ms = (known["batch_seconds"] * 1e3 - ROUNDS * known["call_ms"]) / size
    rate = result["photos"] / result["upload_seconds"]
    (folder / "mix.csv").write_text(f"kind,share,megapixels,megabytes,ms\njpeg,1,2,0.5,{ms:.1f}\n")
    (folder / "curve.csv").write_text(f"0,{rate}\n{result['upload_seconds']},{rate}\n")
    command = ["--output", "json", "estimate", "--per-day", str(result["photos"]), "--mix", "mix.csv", "--simulate", "curve.csv"]
    done = subprocess.run(
        [deployer, *command, "--request-ms", str(max(1, round(known["call_ms"])))], cwd=folder, check=True, capture_output=True, text=True
    )
    simulated = json.loads(done.stdout)["simulation"]
    return {"ms_a_photo": ms, **{name: simulated[name] for name in ("photos", "done", "seconds", "batches", "oldest_seconds", "median_seconds")}}


def listener(endpoint):
    """Returns the ID of the process that listens on the endpoint's port."""
    port = f":{int(endpoint.rsplit(':', 1)[1]):04X}"
    inodes = {line.split()[9] for line in open("/proc/net/tcp") if line.split()[1].endswith(port) and line.split()[3] == "0A"}
    for link in pathlib.Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(link)[8:-1] in inodes:
                return int(link.parts[2])
        except OSError:
            pass
    raise RuntimeError(f"no process listens on {endpoint}")


def process_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def busy_seconds():
    """Returns the seconds that all processors were busy since the machine started."""
    fields = [int(field) for field in open("/proc/stat").readline().split()[1:]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


main()
