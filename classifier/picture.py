"""A report as one page of HTML: tables, confusion as a heat map, reliability and learning curve drawn in SVG."""

from collections.abc import Sequence
from html import escape

from classifier.evaluate import HeadReport, Report
from classifier.labels import HEADS
from classifier.study import Line

_SIDE, _EDGE, _CELL = 260, 40, 64
_COLOURS = {"type": "#2563eb", "urgency": "#dc2626", "nature": "#059669"}
_STYLE = (
    "body{font:14px/1.5 system-ui,sans-serif;max-width:960px;margin:2em auto;padding:0 1em;color:#1f2937}"
    "table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #d1d5db;padding:3px 9px;text-align:right}"
    "th:first-child,td:first-child{text-align:left}svg{margin:0 1em 1em 0;font:11px system-ui,sans-serif}"
)


def page(report: Report, title: str, curve: Sequence[Line] = ()) -> str:
    """Return the page; it needs nothing but itself."""
    heads = "".join(_section(head, part) for head, part in report.heads.items())
    policy = (
        f"<p>{report.size} messages. Requests lost as small talk {report.requests_lost:.2%}; urgent found "
        f"{report.urgent_recall:.1%}, with a question {report.urgent_noticed:.1%}, called routine "
        f"{report.urgent_called_routine:.1%}; type among the best two {report.top_two:.1%}.</p>"
    )
    body = f"<h1>{escape(title)}</h1>{policy}{heads}{_learning(curve) if curve else ''}"
    return (
        f"<!doctype html><html lang=zh><meta charset=utf-8><title>{escape(title)}</title><style>{_STYLE}</style>{body}"
    )


def _section(head: str, part: HeadReport) -> str:
    rows = "".join(
        f"<tr><td>{label}<td>{c.precision:.3f}<td>{c.recall:.3f}<td>{c.f1:.3f}<td>{c.count}</tr>"
        for label, c in part.classes.items()
    )
    return (
        f"<h2>{head}</h2><p>macro F1 {part.macro_f1:.3f}, accuracy {part.accuracy:.3f}, ECE {part.ece:.3f}; "
        f"sure from {part.sure_from:.2f}: {part.sure_share:.0%} of messages, precision {part.sure_precision:.3f}</p>"
        f"<table><tr><th>label<th>precision<th>recall<th>F1<th>messages</tr>{rows}</table>"
        f"{_reliability(head, part)}{_confusion(part)}"
    )


def _reliability(head: str, part: HeadReport) -> str:
    dots = "".join(
        f'<circle cx="{_x(one.confidence)}" cy="{_y(one.right)}" r="{2 + 10 * (one.count / total) ** 0.5:.1f}" '
        f'fill="{_COLOURS[head]}" fill-opacity=".7"><title>{one.count}: {one.confidence:.2f} → {one.right:.2f}</title>'
        "</circle>"
        for total in [sum(one.count for one in part.bins)]
        for one in part.bins
        if one.count
    )
    return _frame(
        f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="#9ca3af" stroke-dasharray="4"/>{dots}',
        "reliability: confidence → share that is right",
        [(0.0, "0"), (0.5, ".5"), (1.0, "1")],
    )


def _confusion(part: HeadReport) -> str:
    labels = list(part.confusion)
    size = _CELL * (len(labels) + 1)
    cells = "".join(
        f'<rect x="{_CELL * (x + 1)}" y="{_CELL * (y + 1) // 2}" width="{_CELL}" height="{_CELL // 2}" '
        f'fill="{"#059669" if true == given else "#dc2626"}" fill-opacity="{part.confusion[true][given] / total:.3f}"/>'
        f'<text x="{_CELL * (x + 1.5)}" y="{_CELL * (y + 1) // 2 + 20}" text-anchor="middle">'
        f"{part.confusion[true][given]}</text>"
        for y, true in enumerate(labels)
        for total in [max(1, sum(part.confusion[true].values()))]
        for x, given in enumerate(labels)
    )
    names = "".join(
        f'<text x="2" y="{_CELL * (at + 1) // 2 + 20}">{label}</text>'
        f'<text x="{_CELL * (at + 1.5)}" y="20" text-anchor="middle">{label}</text>'
        for at, label in enumerate(labels)
    )
    return f'<svg width="{size}" height="{size // 2}" role="img" aria-label="confusion">{cells}{names}</svg>'


def _learning(curve: Sequence[Line]) -> str:
    most = max(line.size for line in curve)
    lines = "".join(
        f'<polyline fill="none" stroke="{_COLOURS[head]}" stroke-width="2" points="'
        + " ".join(f"{_x(line.size / most)},{_y(line.macro_f1[head])}" for line in curve)
        + f'"/><text x="{_x(0.6)}" y="{_y(0.3 - 0.08 * at)}" fill="{_COLOURS[head]}">{head}</text>'
        for at, head in enumerate(HEADS)
    )
    ticks = [(line.size / most, str(line.size)) for line in curve]
    return "<h2>learning curve</h2>" + _frame(
        lines, "messages learnt from → macro F1, each author by the others", ticks
    )


def _frame(inside: str, caption: str, ticks: Sequence[tuple[float, str]]) -> str:
    side = _SIDE + 2 * _EDGE
    below = "".join(
        f'<text x="{_x(at)}" y="{_y(0) + 14}" text-anchor="middle">{escape(name)}</text>' for at, name in ticks
    )
    left = "".join(
        f'<text x="{_x(0) - 4}" y="{_y(at) + 4}" text-anchor="end">{at}</text>' for at in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    return (
        f'<svg width="{side}" height="{side}" role="img" aria-label="{escape(caption)}">'
        f'<rect x="{_EDGE}" y="{_EDGE}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#d1d5db"/>'
        f'{inside}{below}{left}<text x="{_EDGE}" y="{_EDGE - 12}">{escape(caption)}</text></svg>'
    )


def _x(share: float) -> float:
    return round(_EDGE + share * _SIDE, 1)


def _y(share: float) -> float:
    return round(_EDGE + (1 - share) * _SIDE, 1)
