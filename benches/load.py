#!/usr/bin/env python3
"""2,000 photos through the whole stack on this machine: nothing lost, how fast, what holds it up; and the simulator's word.

    python3 benches/load.py [--photos N]

Uploads the photos while the stack works on them, waits until the queue is empty, audits, and reads from the functions'
log how long each photo took. Then `deployer estimate --simulate` plays the same uploads with the same time a photo, and
both are compared. Writes benches/load.json.
"""
import argparse, json, os, pathlib, subprocess, tempfile, time

from peers import HERE, built, photographs

CONCURRENCY = 2
TOLERANCE = 0.2


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--photos", type=int, default=2000)
    arguments = parser.parse_args()
    deployer, photo = built("deployer", "deployer"), photographs(HERE / ".photos") / "web.jpg"
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "deployer.yaml").write_text(f"stack: load\nfunction: {{ maximum_concurrency: {CONCURRENCY} }}\n")

        def run(*command, check=True):
            done = subprocess.run([deployer, "--local", "--yes", "--quiet", *command], cwd=folder, capture_output=True, text=True)
            if check and done.returncode:
                raise RuntimeError(f"{command}: {done.stdout[-1000:]}{done.stderr[-2000:]}")
            return done.stdout

        copies(folder / "photos", photo.read_bytes(), arguments.photos)
        run("up")
        try:
            status = json.loads(run("--output", "json", "status"))
            emulator = listener(status["endpoint"])
            busy, begun = processor(), time.time()
            emulated = process_seconds(emulator)
            run("upload", "--recursive", "photos")
            uploaded = time.time() - begun
            while not is_empty(run):
                time.sleep(1)
            took = time.time() - begun
            emulated = process_seconds(emulator) - emulated
            busy = processor() - busy
            audit = json.loads(run("--output", "json", "audit", check=False).splitlines()[-1])
            lines = [json.loads(line) for line in run("--output", "json", "logs", "--since", "2h").splitlines()]
        finally:
            run("down", check=False)
        work = [line for line in map(log_line, lines) if line.get("outcome") == "done"]
        result = report(arguments.photos, uploaded, took, emulated, busy, audit, work)
        result["simulated"] = simulate(deployer, folder, arguments.photos, uploaded, work)
    ratio = result["simulated"]["seconds"] / result["seconds"]
    result["simulated_to_measured"] = ratio
    (HERE / "load.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))
    if result["audit"].get("lost") or result["audit"].get("done") != arguments.photos:
        raise SystemExit("photos are lost")
    if not 1 - TOLERANCE < ratio < 1 + TOLERANCE:
        raise SystemExit(f"the simulator says {ratio:.2f} times what it took")


def copies(folder, body, count):
    """Photos that are all the same to a decoder and have each their own digest: a comment at the end differs."""
    folder.mkdir()
    for index in range(count):
        (folder / f"photo-{index:05}.jpg").write_bytes(body + f"{index:08}".encode())


def is_empty(run):
    queues = json.loads(run("--output", "json", "status"))["queues"]
    numbers = [value for queue in (queues if isinstance(queues, list) else queues.values()) for value in (queue.values() if isinstance(queue, dict) else [queue])]
    return not any(value for value in numbers if isinstance(value, int))


def log_line(line):
    """The function's own words, which stand in the event's message."""
    if "outcome" in line:
        return line
    try:
        return json.loads(line.get("message", "{}"))
    except ValueError:
        return {}


def report(photos, uploaded, took, emulated, busy, audit, work):
    steps = {step: sum(line["ms"].get(step, 0) for line in work) / len(work) for step in ("look", "fetch", "render", "store")}
    cores = os.cpu_count()
    return {
        "photos": photos,
        "seconds": took,
        "photos_a_second": photos / took,
        "upload_seconds": uploaded,
        "mean_step_ms": steps,
        "processors_busy": busy / took,
        "processors": cores,
        # Of all that was computed, the part of the emulator itself, which answers one request after the other.
        "emulator_processors": emulated / took,
        "audit": audit.get("summary", audit),
    }


def simulate(deployer, folder, photos, uploaded, work):
    """The same uploads; a photo takes what the log says, and its calls what the log says they took."""
    render = sum(line["ms"].get("render", 0) for line in work) / len(work)
    calls = sum(line["ms"].get(step, 0) for line in work for step in ("look", "fetch", "store")) / len(work)
    (folder / "mix.csv").write_text(f"kind,share,megapixels,megabytes,ms\njpeg,1,2,0.5,{render:.1f}\n")
    (folder / "course.csv").write_text(f"0,{photos / uploaded}\n{uploaded},{photos / uploaded}\n")
    command = ["--output", "json", "estimate", "--per-day", str(photos), "--mix", "mix.csv", "--simulate", "course.csv"]
    done = subprocess.run([deployer, *command, "--request-ms", str(max(1, round(calls / 6)))], cwd=folder, check=True, capture_output=True, text=True)
    played = json.loads(done.stdout)["simulation"]
    return {name: played[name] for name in ("photos", "done", "seconds", "batches", "oldest_seconds", "median_seconds")}


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
