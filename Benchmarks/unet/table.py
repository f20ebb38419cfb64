"""From seconds to figures, and to the table."""

import statistics

from engines import KINDS

LABELS = {kind.key: kind.label for kind in KINDS}
OURS = "unet"


def summarise(seconds: dict, counted: set) -> dict:
    """Figures of one case. `seconds` has the runs of each engine, round by round; the best peer is one of `counted`."""
    engines = {
        key: {"median_seconds": statistics.median(runs), "min_seconds": min(runs), "max_seconds": max(runs), "runs": runs}
        for key, runs in seconds.items()
    }
    figures = {"rounds": max(map(len, seconds.values())), "engines": engines}
    peers = {key: engines[key]["median_seconds"] for key in seconds if key in counted}
    if OURS in seconds and peers:
        best = min(peers, key=peers.get)
        rounds = ratios(seconds[best], seconds[OURS])
        figures["best_peer"] = best
        figures["ratio"] = peers[best] / engines[OURS]["median_seconds"]
        figures["ratio_per_round"] = {"median": statistics.median(rounds), "min": min(rounds), "max": max(rounds)}
    if {"pytorch", "unet-libtorch"} <= seconds.keys():
        figures["pytorch_to_libtorch_kernels"] = statistics.median(ratios(seconds["pytorch"], seconds["unet-libtorch"]))
    return figures


def ratios(theirs: list, ours: list) -> list:
    return [a / b for a, b in zip(theirs, ours)]


def rows(results: list) -> list[list[str]]:
    present = [key for key in LABELS if any(key in result["engines"] for result in results)]
    head = ["ms"] + [LABELS[key] for key in present]
    head += ["best peer ÷ unet", "the same per round", "PyTorch ÷ unet with libtorch kernels", "rounds"]
    table = [head]
    for result in results:
        row = [result["title"]]
        for key in present:
            engine = result["engines"].get(key)
            row.append(spread(engine, key == result.get("best_peer")) if engine else "–")
        per_round = result.get("ratio_per_round")
        row.append(f"**{result['ratio']:.2f}**" if per_round else "–")
        row.append("{median:.2f} ({min:.2f}–{max:.2f})".format(**per_round) if per_round else "–")
        libtorch = result.get("pytorch_to_libtorch_kernels")
        row.append(f"{libtorch:.2f}" if libtorch else "–")
        table.append(row + [str(result["rounds"])])
    return table


def spread(engine: dict, best: bool) -> str:
    # Three figures, and never a decimal more than the times deserve.
    median, low, high = (1000 * engine[f"{key}_seconds"] for key in ("median", "min", "max"))
    digits = 0 if median >= 100 else 1
    text = f"{median:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"
    return f"**{text}**" if best else text


def markdown(results: list) -> str:
    table = rows(results)
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in table]
    rule = "| " + " | ".join("-" * width if column == 0 else "-" * (width - 1) + ":" for column, width in enumerate(widths))
    return "\n".join([lines[0], rule + " |", *lines[1:]])
