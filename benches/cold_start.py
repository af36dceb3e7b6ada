"""Cold start: from exec to the first GET /next, and to the first thumbnails, compared with functions for Node.js and Python."""
import urllib.request

from peers import HERE, Loopback, functions, median, photographs
from runtime_api import Api, batch


def measure(quick):
    commands = functions()
    photo = (photographs(HERE / ".photos") / "web.jpg").read_bytes()
    api, rounds = Api(), 5 if quick else 21
    ready, first = {name: [] for name in commands}, {name: [] for name in commands}
    with Loopback() as s3:
        event = batch({"cat.jpg": put(s3.endpoint, "originals/cat.jpg", photo)})
        # The first round fills the page cache.
        for round_ in range(rounds + 1):
            for name, command in commands.items():
                # Use an empty catalog, so that no photo is already done.
                put(s3.endpoint, "catalog", None)
                process, asked, begun = api.start(command, api.environment(s3.endpoint))
                answered = api.invoke(event) - begun
                api.stop(process)
                if round_:
                    ready[name].append(asked * 1e3)
                    first[name].append(answered * 1e3)
    rows = []
    for what, times in (("exec to first GET /next", ready), ("exec to first thumbnails (2 megapixels)", first)):
        ms = {name: median(values) for name, values in times.items()}
        rows.append({"what": what, "unit": "ms", "ours": ms.pop("ours"), "others": ms})
    return {"rows": rows, "rounds": rounds}


def put(endpoint, path, body):
    """Stores `body` and returns what S3's event says of it. Without a body, deletes the objects of the bucket."""
    request = urllib.request.Request(f"{endpoint}/{path}", data=body, method="PUT" if body is not None else "DELETE")
    with urllib.request.urlopen(request) as answer:
        return {"eTag": (answer.headers["etag"] or "").strip('"'), "size": len(body or b"")}
