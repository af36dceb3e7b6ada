#!/usr/bin/env python3
"""Runs the whole comparison: our programs and others take turns on this machine, and the results are ratios.

    python3 benches/run.py [--quick] [--only PART...]

Parts: imaging, cold-start, handler, delivery, memory, transfer, stack. Results of parts that do not run stay.
Writes benches/result.json, result.md, and result.svg. Installs the others (boto3, Pillow, ipx, thumbor, the AWS CLI, s5cmd,
the CDK) in separate folders below benches/.peers. A busy machine slows all programs equally, because they take turns.
Compare only ratios between machines. BENCH_PROGRAMS is a folder with the built programs deployer, thumbnail, delivery,
loopback, front, and load.
"""
import argparse, datetime, json, os, pathlib, platform

import cold_start, delivery, handler, imaging, memory, stack, transfer
from peers import HERE
from report import markdown, svg

PARTS = {
    "imaging": imaging.measure,
    "cold-start": cold_start.measure,
    "handler": handler.measure,
    "delivery": delivery.measure,
    "memory": memory.measure,
    "transfer": transfer.measure,
    "stack": stack.measure,
}


def machine():
    model = "an unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{os.cpu_count()} x {model}, {platform.system()} {platform.machine()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few rounds and small loads")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="only these parts")
    arguments = parser.parse_args()
    path = HERE / "result.json"
    result = json.loads(path.read_text()) if path.exists() else {"parts": {}}
    for part in arguments.only:
        print(f"== {part}", flush=True)
        measured = PARTS[part](arguments.quick)
        today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
        result["parts"][part] = {"measured": today, "machine": machine(), "quick": arguments.quick, **measured}
        path.write_text(json.dumps(result, indent=1) + "\n")
    (HERE / "result.md").write_text(markdown(result))
    (HERE / "result.svg").write_text(svg(result))
    print(markdown(result))


main()
