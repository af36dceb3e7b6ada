"""The report: the measurements as tables in Markdown and as an SVG."""

TITLES = {
    "imaging": "Imaging: processor time of one photo",
    "cold-start": "Cold start",
    "handler": "The whole handler, batches of ten through a loopback S3",
    "delivery": "Pictures by URL, from a loopback S3",
    "memory": "Memory against duration and price",
    "transfer": "Transfers to and from one loopback S3",
    "stack": "The stack on the same emulator",
}


def ratio(row, other):
    """Returns how many times better ours is."""
    theirs = row["others"][other]
    return row["ours"] / theirs if row.get("more_is_better") else theirs / row["ours"]


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def markdown(result):
    lines = [
        "# Benchmarks",
        "",
        "`just bench` compares this project with other programs, in one run on one machine. A ratio above 1 means that this",
        "project is better.",
        "",
    ]
    for part, title in TITLES.items():
        measured = result["parts"].get(part)
        if not measured:
            continue
        quick = ", few rounds" if measured["quick"] else ""
        lines += [f"## {title}", "", f"{measured['measured']}, on {measured['machine']}{quick}", ""]
        if part == "memory":
            lines += table(measured["table"])
            continue
        rows = measured["rows"]
        with_memory = all("mib" in row for row in rows)
        columns = ["what", "ours", "others", "ratio", *(["peak memory", "others", "ratio"] if with_memory else [])]
        lines += [f"| {' | '.join(columns)} |", f"| --- |{' ---: | --- | ---: |' * (2 if with_memory else 1)}"]
        for row in rows:
            cells = [row["what"], *compared(row)]
            if with_memory:
                cells += compared(memory(row))
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


def memory(row):
    """Returns the peak memory of a row as a separate row."""
    mib = dict(row["mib"])
    return {"unit": "MiB", "ours": mib.pop("imaging"), "others": mib}


def compared(row):
    """Returns the cells of ours, of the others, and of the ratios."""
    others = ", ".join(f"{name} {number(value)}" for name, value in row["others"].items())
    ratios = ", ".join(f"{ratio(row, name):.2g}" if ratio(row, name) < 100 else number(ratio(row, name)) for name in row["others"])
    return [f"{number(row['ours'])} {row['unit']}", others, ratios]


def table(rows):
    lines = ["| photo | memory | duration | a million on arm64 | a million on x86_64 |", "| --- | ---: | ---: | ---: | ---: |"]
    for row in rows:
        usd = row["usd_a_million"]
        lines.append(f"| {row['what']} | {row['memory']} MB | {row['ms']:.0f} ms | ${usd['arm64']:.2f} | ${usd['x86_64']:.2f} |")
    return [*lines, ""]


def svg(result):
    bars = []
    for part, title in TITLES.items():
        measured = result["parts"].get(part)
        if measured and "rows" in measured:
            bars.append((title, None))
            bars += [(f"{row['what']} — {name}", ratio(row, name)) for row in measured["rows"] for name in row["others"]]
    height, left, width = 30 + 17 * len(bars) + 10, 380, 400
    # The axis is logarithmic, from a quarter to the largest ratio: half as fast is as far to the left as twice as fast to the right.
    import math

    most = max([ratio for _, ratio in bars if ratio] or [2])
    low, high = math.log(0.25), math.log(max(most, 2))
    x = lambda ratio: left + width * (math.log(max(ratio, 0.25)) - low) / (high - low)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 80} {height}" width="{left + width + 80}" height="{height}" font-family="sans-serif" font-size="11">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="8" y="18" font-size="13">how many times better ours is (right of the line)</text>',
        f'<line x1="{x(1):.1f}" x2="{x(1):.1f}" y1="26" y2="{height}" stroke="#374151"/>',
    ]
    for index, (label, value) in enumerate(bars):
        y = 42 + 17 * index
        if value is None:
            parts.append(f'<text x="8" y="{y}" font-weight="bold">{label}</text>')
            continue
        from_, to = sorted((x(1), x(value)))
        color = "#1b7f4b" if value >= 1 else "#b3261e"
        parts.append(f'<text x="{left - 90}" y="{y}" text-anchor="end">{label}</text>' if len(label) < 52 else f'<text x="16" y="{y}">{label}</text>')
        parts.append(f'<rect x="{from_:.1f}" y="{y - 9}" width="{max(to - from_, 1):.1f}" height="11" fill="{color}"/>')
        parts.append(f'<text x="{max(to, x(1)) + 5:.1f}" y="{y}">{value:.2g}</text>' if value < 100 else f'<text x="{to + 5:.1f}" y="{y}">{value:.0f}</text>')
    return "\n".join([*parts, "</svg>", ""])
