"""Memory against duration and price: the thumbnail function with the share of a processor for each memory setting.

With 1769 MB, a function gets a whole processor, and below that a share of it. This script limits the share by stopping
the process for the rest of every 20 ms. The price is Lambda's for arm64 and x86_64 in us-east-1.
"""
import json, os, pathlib, signal, threading, time

from cold_start import put
from peers import HERE, ROOT, Loopback, built, median, photographs
from runtime_api import Api, batch

SETTINGS = [512, 1024, 1536, 1769, 2048, 3008]
PERIOD = 0.02


def measure(quick):
    ours, folder = [built("handler", "thumbnail")], photographs(HERE / ".photos")
    slowest = pathlib.Path(ROOT / "imaging/bench/.corpus/avif-12mp.avif")
    photos = {"12-megapixel JPEG": folder / "phone.jpg", "2-megapixel JPEG": folder / "web.jpg"}
    if slowest.exists():
        photos["12-megapixel AVIF"] = slowest
    prices = json.loads((ROOT / "estimate/src/prices.json").read_text())["regions"]["us-east-1"]
    gb_second = {name: prices[f"lambda_{name}_gb_second"][0][1] for name in ("arm64", "x86_64")}
    rounds, rows = 3 if quick else 7, []
    for what, path in photos.items():
        body = path.read_bytes()
        for memory in SETTINGS:
            share, seconds = min(memory / 1769, os.cpu_count()), []
            api = Api()
            with Loopback() as s3:
                process = api.start(ours, api.environment(s3.endpoint, memory))[0]
                with Share(process.pid, share):
                    for index in range(rounds + 1):
                        key = f"photo-{index}"
                        event = batch({key: put(s3.endpoint, f"originals/{key}", body)})
                        begun = time.perf_counter()
                        seconds.append(api.invoke(event) - begun)
                api.stop(process)
            took = median(seconds[1:])
            usd = {name: took * memory / 1024 * price * 1e6 for name, price in gb_second.items()}
            rows.append({"what": what, "memory": memory, "ms": took * 1e3, "usd_a_million": usd})
    return {"table": rows, "rounds": rounds}


class Share:
    """Limits a process to `share` of a processor while the block runs. A share of one or more has no limit."""

    def __init__(self, pid, share):
        self.pid, self.share, self.over = pid, share, threading.Event()

    def __enter__(self):
        if self.share < 1:
            self.thread = threading.Thread(target=self.hold)
            self.thread.start()

    def hold(self):
        while not self.over.is_set():
            time.sleep(PERIOD * self.share)
            os.kill(self.pid, signal.SIGSTOP)
            time.sleep(PERIOD * (1 - self.share))
            os.kill(self.pid, signal.SIGCONT)

    def __exit__(self, *_):
        self.over.set()
        if self.share < 1:
            self.thread.join()
