"""What a run found, as text, as a document for programs, and as JUnit's XML for build servers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from xml.etree import ElementTree as ET

from liveroom.conform.phrases import counted
from liveroom.conform.playing import CallVerdict, PlayedCall
from liveroom.conform.session import ConformReport

COLUMNS: Final = ("app", "calls", "works", "limited", "breaks", "not_tried")
_HEADINGS: Final = {
    CallVerdict.BREAKS: "What breaks",
    CallVerdict.LIMITED: "What apps do without",
    CallVerdict.NOT_TRIED: "What was not tried",
}


def count_rows(report: ConformReport) -> Sequence[Mapping[str, str | int]]:
    """Return a row an app: how many calls came to which verdict."""
    rows: list[Mapping[str, str | int]] = []
    for app in report.apps:
        counts = report.count(app)
        verdicts = {verdict.replace(" ", "_"): counts[verdict] for verdict in CallVerdict}
        rows.append({"app": app.key, "calls": counts.total(), **verdicts})
    return rows


def sentences(report: ConformReport) -> Iterator[str]:
    """Yield the lines below the table: what breaks and where, what apps do without, what was not tried or is left."""
    for verdict, heading in _HEADINGS.items():
        lines = _lines(report.of(verdict))
        if lines:
            yield ""
            yield f"{heading}:"
            yield from (f"- {line}" for line in lines)
    if report.left_behind:
        yield ""
        yield "What could not be removed:"
        yield from (f"- {left}" for left in report.left_behind)
    yield ""
    yield verdict_of(report)


def _lines(results: Sequence[PlayedCall]) -> Sequence[str]:
    """Return each sentence once: what breaks with its request, all others with the apps for which it is true."""
    about: dict[str, list[str]] = {}
    for result in results:
        said = _request(result) if result.verdict is CallVerdict.BREAKS else result.app.key
        for sentence in result.sentences:
            about.setdefault(sentence, []).append(said)
    return [f"{sentence} ({', '.join(dict.fromkeys(said))})" for sentence, said in about.items()]


def verdict_of(report: ConformReport) -> str:
    """Return the last line."""
    broken = report.of(CallVerdict.BREAKS)
    apps = len({result.app.key for result in broken})
    if report.stopped:
        return "The run ended early."
    if broken:
        return f"{counted(apps, 'app')} would break, at {counted(len(broken), 'call')}."
    return f"No app would break: {report.sent} requests, {counted(len(report.apps), 'app')}."


def as_document(report: ConformReport) -> Mapping[str, Any]:
    """Return everything for programs."""
    return {
        "url": report.url,
        "stopped": report.stopped or None,
        "requests": report.sent,
        "apps": [{**row, "name": app.name} for app, row in zip(report.apps, count_rows(report), strict=True)],
        "calls": [_call(result) for result in report.results],
        "left_behind": list(report.left_behind),
    }


def _call(result: PlayedCall) -> Mapping[str, Any]:
    return {
        "app": result.app.key,
        "call": _request(result),
        "does": result.call.does,
        "verdict": result.verdict.value,
        "sentences": list(result.sentences),
        "places": [problem.place for problem in result.problems],
        "seconds": round(result.answer.seconds, 3) if result.answer else None,
    }


def as_junit(report: ConformReport) -> bytes:
    """Return JUnit's XML: a suite an app, a case a call; what an app only does without is in its output."""
    root = ET.Element("testsuites", name="liveroom conform")
    for app in report.apps:
        results = [result for result in report.results if result.app is app]
        counts = report.count(app)
        suite = ET.SubElement(root, "testsuite", name=app.name, tests=str(len(results)), errors="0")
        suite.set("failures", str(counts[CallVerdict.BREAKS]))
        suite.set("skipped", str(counts[CallVerdict.NOT_TRIED]))
        for result in results:
            _add_case(suite, result)
    if report.stopped:
        suite = ET.SubElement(root, "testsuite", name="the run", tests="1", errors="1", failures="0", skipped="0")
        case = ET.SubElement(suite, "testcase", name="goes on to its end", classname="conform")
        ET.SubElement(case, "error", message=_plain(report.stopped))
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _add_case(suite: ET.Element, result: PlayedCall) -> None:
    seconds = f"{result.answer.seconds:.3f}" if result.answer else "0"
    name = f"{result.call.does} ({_request(result)})"
    case = ET.SubElement(suite, "testcase", name=name, classname=f"conform.{result.app.key}", time=seconds)
    text = _plain("\n".join(result.sentences))
    match result.verdict:
        case CallVerdict.BREAKS:
            failure = ET.SubElement(case, "failure", message=text.partition("\n")[0], type="breaks")
            failure.text = text
        case CallVerdict.NOT_TRIED:
            ET.SubElement(case, "skipped", message=text)
        case CallVerdict.LIMITED:
            ET.SubElement(case, "system-out").text = text
        case CallVerdict.WORKS:
            pass


def _plain(text: str) -> str:
    """Return a text without the characters that XML cannot carry."""
    return "".join(char if char.isprintable() or char == "\n" else "\N{REPLACEMENT CHARACTER}" for char in text)


def _request(result: PlayedCall) -> str:
    return f"{result.call.form} {result.app.path_of(result.call)}"
