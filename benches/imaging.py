"""Imaging, by its benchmark in imaging/bench: each class of files, compared with sharp, libvips, and Pillow, plain and tuned."""
import json, math, subprocess, sys

from peers import ROOT


def measure(quick):
    bench = ROOT / "imaging/bench"
    subprocess.run([sys.executable, bench / "run.py", *(["--rounds", "3"] if quick else [])], check=True)
    classes = {}
    for row in json.loads((bench / "result.json").read_text())["rows"]:
        classes.setdefault((row["file"].rsplit(".", 1)[0], row["sides"]), []).append(row)
    rows = []
    for (file, sides), members in classes.items():
        mean = lambda name: math.exp(sum(math.log(row["ms"][name]) for row in members) / len(members))
        others = {name: mean(name) for name in members[0]["ms"] if name != "imaging"}
        memory = {name: max(row["mib"][name] for row in members) for name in members[0]["mib"]}
        rows.append({"what": f"{file} to {sides}", "unit": "ms", "ours": mean("imaging"), "others": others, "mib": memory})
    return {"rows": rows}
