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
        measured = {}
        api = Api()
        with Loopback() as s3:
            body = (folder / photo).read_bytes()
            processes = {}
            for name, command in commands.items():
                processes[name] = api.start(command, api.environment(s3.endpoint))[0]
                keys = [f"{len(processes)}-{index}.jpg" for index in range(10 * batches + 1)]
                tags = {key: put(s3.endpoint, f"originals/{key}", body) for key in keys}
                # The first is not counted, because it has no connections yet.
                first = keys.pop()
                api.invoke(batch({first: tags[first]}))
                before, begun = cpu(processes[name].pid), time.perf_counter()
                for index in range(batches):
                    api.invoke(batch({key: tags[key] for key in keys[index * 10 : index * 10 + 10]}))
                seconds = time.perf_counter() - begun
                count = len(keys)
                measured[name] = (count / seconds, (cpu(processes[name].pid) - before) / count * 1e3, peak(processes[name].pid))
                api.stop(processes[name])
        size = "12 megapixels" if photo == "phone.jpg" else "2 megapixels"
        for index, (what, unit) in enumerate((("photos a second", "1/s"), ("processor time a photo", "ms"), ("peak memory", "MiB"))):
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


def cpu(pid):
    """Returns the CPU seconds of all threads."""
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def peak(pid):
    for line in open(f"/proc/{pid}/status"):
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
