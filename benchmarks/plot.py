"""Draw the two comparisons: new papers, and papers of the library."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING, Any, Final

from benchmarks.measure import Key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.report import Results

_COLOURS: Final = {
    "digest": "#0b6e4f",
    "tantivy": "#c0562f",
    "FTS5": "#d9a441",
    "regexes": "#8a8f98",
}


def draw(results: Results, path: Path) -> None:
    """Write the plot as SVG or PNG; the same results give the same bytes."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update({"svg.hashsalt": "digest", "svg.fonttype": "none", "font.size": 10})
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
    incoming = {
        engine: [results.rate(Key("incoming", size, engine)) for size in results.sizes]
        for engine in _COLOURS
    }
    _bars(panels[0], results.sizes, incoming, "papers that come in: papers a second")
    cores = max((key.cores for key in results.rows if key.part == "library"), default=1)
    library = {
        engine: [
            results.rate(Key("library", size, engine, cores), results.papers)
            for size in results.sizes
        ]
        for engine in _COLOURS
    }
    title = f"papers of the library: papers a second, {cores} cores, whole process"
    _bars(panels[1], results.sizes, library, title)
    names, labels = panels[0].get_legend_handles_labels()
    figure.legend(names, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    pyplot.close(figure)


def _bars(
    panel: Any,  # noqa: ANN401 - matplotlib is not there for everybody who checks types
    sizes: Sequence[int],
    rates: dict[str, list[float | None]],
    title: str,
) -> None:
    known = {engine: row for engine, row in rates.items() if None not in row}
    if not known:
        return
    width = 0.8 / max(1, len(known))
    for number, (engine, row) in enumerate(known.items()):
        places = [place + (number - (len(known) - 1) / 2) * width for place in range(len(sizes))]
        bars = panel.bar(places, row, width * 0.94, label=engine, color=_COLOURS[engine])
        labels = [f"{rate / 1000:.3g}k" if rate and rate >= 1000 else f"{rate:.0f}" for rate in row]
        panel.bar_label(bars, labels, fontsize=7, padding=1)
    panel.set_yscale("log")
    least = min(rate for row in known.values() for rate in row if rate)
    panel.set_ylim(bottom=10 ** floor(log10(least)))
    panel.margins(y=0.12)
    panel.set_xticks(range(len(sizes)), [f"{size:,} rules" for size in sizes])
    panel.set_title(title, fontsize=10)
    panel.spines[["top", "right"]].set_visible(False)
