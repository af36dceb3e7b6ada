"""The whole handler: batches of ten photos through a loopback S3, compared with the same function for Node.js and Python."""
import time

from cold_start import put
from peers import HERE, Loopback, functions, photographs
from runtime_api import Api, batch

TICKS_PER_SECOND = 100  # of /proc


def measure(quick):
    commands, folder, batches = functions(), photographs(HERE / ".photos"), 3 if quick else 10
    rows = []
    for photo in ("phone.jpg", "web.jpg"):
        with Loopback() as s3:
            body = (folder / photo).read_bytes()
            measured = take_turns(commands, s3, body, batches)
        size = "12 megapixels" if photo == "phone.jpg" else "2 megapixels"
        for index, (what, unit) in enumerate((("photos per second", "1/s"), ("processor time per photo", "ms"), ("peak memory", "MiB"))):
            rows.append(
                {
                    "what": f"{what}, {size}, 3 thumbnails",
                    "unit": unit,
                    "ours": measured["ours"][index],
                    "others": {name: values[index] for name, values in measured.items() if name != "ours"},
                    "more_is_better": unit == "1/s",
                }
            )
    return {"rows": rows, "batches": batches}


def take_turns(commands, s3, body, batches):
    """Gives each function `batches` of ten photos, one batch of each function after the other. Returns their figures."""
    running, seconds, used = {}, dict.fromkeys(commands, 0), dict.fromkeys(commands, 0)
    for name, command in commands.items():
        # Each function has its own API, because otherwise another function could get its batch.
        api = Api()
        running[name] = api, api.start(command, api.environment(s3.endpoint))[0]
    # The first batch is one photo and is not counted, because the function has no connections yet.
    for number, count in enumerate([1] + [10] * batches):
        for index, (name, (api, process)) in enumerate(running.items()):
            keys = [f"{index}-{number}-{photo}.jpg" for photo in range(count)]
            event = batch({key: put(s3.endpoint, f"originals/{key}", body) for key in keys})
            before, begun = cpu(process.pid), time.perf_counter()
            api.invoke(event)
            if number:
                seconds[name] += time.perf_counter() - begun
                used[name] += cpu(process.pid) - before
    figures = {}
    for name, (api, process) in running.items():
        photos = 10 * batches
        figures[name] = (photos / seconds[name], used[name] / photos * 1e3, peak(process.pid))
        api.stop(process)
    return figures


def cpu(pid):
    """Returns the CPU seconds of all threads."""
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def peak(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
