"""The table and the verdicts, from the measured rounds. No clock, no process: figures in, lines out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from tests.bench.scenarios import (
    CSV_FIRST_BYTE,
    CSV_GROWTH,
    CSV_ROWS_PER_SECOND,
    FLAT,
    SCENARIOS,
    Scenario,
)


@dataclass
class Rounds:
    """What one side measured in a scenario: one value per round in each list."""

    rps: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p95: list[float] = field(default_factory=list)
    growth: list[int] = field(default_factory=list)
    first_byte: list[float] = field(default_factory=list)
    rows_per_second: list[float] = field(default_factory=list)
    faults: int = 0
    fault: str = ""

    def add(self, result: Mapping[str, Any], cpu: float, growth: int, units: int) -> None:
        """Note a round: what the driver saw, and the CPU seconds and bytes the server took for so many units."""
        self.rps.append(units / result["elapsed"])
        self.cpu_ms.append(1000 * cpu / max(units, 1))
        self.p50.append(result["p50"])
        self.p95.append(result["p95"])
        self.growth.append(growth)
        self.faults += result["faults"]
        self.fault = self.fault or result["fault"]
        if "lines" in result:
            self.first_byte.append(result["first_byte"])
            self.rows_per_second.append(result["lines"] / result["elapsed"])

    @property
    def cpu(self) -> float:
        """The median round's CPU ms per unit."""
        return median(self.cpu_ms) if self.cpu_ms else 0.0


Key = tuple[str, int, str]
Measured = Mapping[Key, Rounds]


def _ratio(ours: Rounds | None, bare: Rounds | None) -> float | None:
    return ours.cpu / bare.cpu if ours and bare and bare.cpu else None


def _cells(rounds: Rounds | None) -> str:
    if rounds is None or not rounds.rps:
        return f"{'':>8} {'':>9} {'':>7} {'':>7}"
    return f"{median(rounds.rps):8.1f} {rounds.cpu:9.2f} {median(rounds.p50):7.1f} {median(rounds.p95):7.1f}"


def table(measured: Measured, sizes: Sequence[int]) -> list[str]:
    """One line per scenario and size: requests a second, CPU ms per request, p50 and p95 in ms, of ours and bare, and the ratio."""
    head = f"{'per s':>8} {'CPU ms':>9} {'p50':>7} {'p95':>7}"
    lines = [f"{'page':44} {head} | {head} | {'ratio':>6}"]
    lines.append("-" * len(lines[0]))
    for scenario in SCENARIOS:
        for size in sizes:
            ours, bare = (measured.get((scenario.name, size, side)) for side in ("ours", "bare"))
            if ours is None and bare is None:
                continue
            title = scenario.title + (f" ({size:,})" if scenario.every_size else "")
            ratio = _ratio(ours, bare)
            shown = f"{ratio:6.2f}" if ratio is not None else ""
            lines.append(f"{title:44} {_cells(ours)} | {_cells(bare)} | {shown}")
    return lines


def files(measured: Measured, sizes: Sequence[int]) -> list[str]:
    """What the exports did beyond their CPU."""
    lines = []
    for size in sizes:
        for side in ("ours", "bare"):
            rounds = measured.get(("csv", size, side))
            if rounds and rounds.rows_per_second:
                lines.append(
                    f"CSV of {size:,} ({side}): {median(rounds.rows_per_second):,.0f} rows/s, first byte "
                    f"{1000 * median(rounds.first_byte):.0f} ms, RSS growth {max(rounds.growth) / 2**20:.1f} MiB"
                )
    return lines


def queries(ours: Sequence[Mapping[str, Any]], bare: Sequence[Mapping[str, Any]]) -> list[str]:
    """SQL statements and bytes of each page, ours and bare."""
    other = {row["name"]: row for row in bare}
    lines = [f"{'page':28} {'status':>6} {'SQL':>4} {'bare':>5} {'bytes':>9} {'bare':>9}"]
    for row in ours:
        same = other.get(row["name"])
        sql, size = (same["sql"], same["bytes"]) if same else ("", "")
        lines.append(
            f"{row['name']:28} {row['status']:>6} {row['sql']:>4} {sql:>5} {row['bytes']:>9} {size:>9}"
        )
    return lines


@dataclass(frozen=True)
class Verdict:
    """One target and whether it was met."""

    what: str
    figure: str
    target: str
    met: bool

    def __str__(self) -> str:
        return f"{'PASS' if self.met else 'FAIL'}  {self.what}: {self.figure} (target {self.target})"


# The analysis of a million answers may take so long, in seconds; of fewer it may take no longer.
ITEM_SECONDS = {"sqlite": 30.0, "postgresql": 10.0}


def items(figures: Mapping[str, Any]) -> tuple[list[str], Verdict]:
    """Lines and verdict of the item analysis: seconds beside one plain pass over the same answers, in the same run."""
    lines = [f"{'item analysis':28} {'wall s':>9} {'CPU s':>9} {'x pass':>8}"]
    plain = figures["yardstick"]
    for name, title in (
        ("quiz", "the whole quiz"),
        ("question", "one question"),
        ("yardstick", "one plain pass"),
    ):
        spent = figures[name]
        ratio = spent["cpu"] / plain["cpu"] if plain["cpu"] else 0.0
        lines.append(f"{title:28} {spent['wall']:9.2f} {spent['cpu']:9.2f} {ratio:8.1f}")
    drawn, regraded = figures["draw"], figures["regrade"]
    lines.append(f"a draw of 14 from {drawn['questions']:,} questions: {drawn['ms']:.0f} ms (target 50)")
    lines.append(
        f"a corrected key in {regraded['attempts']:,} attempts: {regraded['wall']:.1f} s in the background, "
        f"rows held {regraded['longest_step_ms']:,} ms at the longest"
    )
    most = ITEM_SECONDS[figures["vendor"]] * max(1.0, figures["answers"] / 1_000_000)
    wall = figures["quiz"]["wall"]
    what = f"item analysis of {figures['answers']:,} answers"
    return lines, Verdict(what, f"{wall:.1f} s", f"<= {most:g} s", wall <= most)


# So long, in ms, may the worker hold what learners wait for: all but the longest twentieth of its transactions.
HELD_MS = 100.0


def rekey(figures: Mapping[str, Any]) -> tuple[list[str], list[Verdict]]:
    """Lines and verdicts of a corrected key: its speed, how long rows were held, and what learners beside it noticed."""
    lines = [
        f"{figures['attempts']:,} attempts regraded, {figures['per_second']:,.0f} a second",
        f"weighed in {figures['weigh_seconds']:g} s, applied in {figures['apply_seconds']:g} s",
        f"the rest of the answers counted in {figures['count_seconds']:g} s more",
        f"{'ms':28} {'p50':>9} {'p95':>9} {'worst':>9} {'count':>8} {'faults':>7}",
    ]
    for name, title in (("held_weighing", "held while weighing"), ("held_applying", "held while applying")):
        held = figures[name]
        lines.append(f"{title:28} {held['p50']:9.1f} {held['p95']:9.1f} {held['worst']:9.1f}")
    faults = 0
    for name, title in (("learners_alone", "learners, alone"), ("learners_beside", "learners, beside it")):
        met = figures[name]
        faults += met["faults"]
        lines.append(
            f"{title:28} {met['p50']:9.1f} {met['p95']:9.1f} {met['worst']:9.1f} {met['count']:8,} {met['faults']:7,}"
        )
    longest = max(figures["held_weighing"]["p95"], figures["held_applying"]["p95"])
    left = figures["left"]
    return lines, [
        Verdict("rows held, p95", f"{longest:.0f} ms", f"<= {HELD_MS:g} ms", longest <= HELD_MS),
        Verdict("learners beside it, faults", f"{faults}", "0", not faults),
        Verdict("attempts left behind", f"{left}", "0", not left and figures["state"] == "applied"),
    ]


# Rows that must be sealed in a second of CPU, and verified in a minute of two cores, at the least: the wall swings with
# whatever else the machine does.
SEALED_PER_SECOND, VERIFIED_PER_MINUTE = 5_000, 2_000_000


def ledger(figures: Mapping[str, Any], tampered: Mapping[str, Any]) -> tuple[list[str], list[Verdict]]:
    """Lines and verdicts of the sealed ledger: how fast it is, and whether every tampering was found."""
    shape = f"{figures['events']:,} events in {figures['seals']:,} seals"
    spent = f"{figures['jobs']} processes, {figures['verify_cpu_us_per_event']:.0f} µs of CPU each"
    sealed_for = f"{figures['seal_cpu_us_per_event']:.0f} µs of CPU each"
    lines = [
        f"recording one completion after the other: {figures['recorded_per_second']:,} a second",
        f"sealing: {figures['sealed_per_second']:,} a second, {sealed_for}, batches to {figures['longest_batch_ms']:,} ms",
        f"verifying {shape}: {figures['verify_seconds']:.1f} s with {spent}",
        f"a proof: {figures['proof_ms']:.1f} ms",
    ]
    sealed = round(1e6 / figures["seal_cpu_us_per_event"])
    verified = round(2 * 60e6 / figures["verify_cpu_us_per_event"])
    found = tampered["made"] - len(tampered["missed"])
    whole = found == tampered["made"] and not tampered["false_alarms"]
    words = f"{found:,} of {tampered['made']:,} in {tampered['ways']} ways, {tampered['false_alarms']} false alarms"
    return lines, [
        Verdict("sealing, CPU", f"{sealed:,}/s", f">= {SEALED_PER_SECOND:,}/s", sealed >= SEALED_PER_SECOND),
        Verdict(
            "verifying, CPU of two cores",
            f"{verified:,}/min",
            f">= {VERIFIED_PER_MINUTE:,}/min",
            verified >= VERIFIED_PER_MINUTE,
        ),
        Verdict("tamperings found", words, "all, 0 false alarms", whole),
    ]


def verdicts(measured: Measured, sizes: Sequence[int], vendor: str) -> list[Verdict]:
    """Every target that this run can judge."""
    found = [
        verdict
        for scenario in SCENARIOS
        for size in sizes
        if (verdict := _against_bare(scenario, size, measured)) is not None
    ]
    return [*found, *_flat(measured, sizes), *_export(measured, sizes, vendor), *_sound(measured)]


def _against_bare(scenario: Scenario, size: int, measured: Measured) -> Verdict | None:
    ratio = _ratio(measured.get((scenario.name, size, "ours")), measured.get((scenario.name, size, "bare")))
    if ratio is None or scenario.at_most is None:
        return None
    where = f" ({size:,})" if scenario.every_size else ""
    most = scenario.at_most
    return Verdict(
        f"{scenario.title.strip()}{where}, CPU", f"{ratio:.2f} × the yardstick", f"<= {most:g}", ratio <= most
    )


def _flat(measured: Measured, sizes: Sequence[int]) -> list[Verdict]:
    found = []
    for name, title in ((s.name, s.title.strip()) for s in SCENARIOS if s.every_size):
        small, large = (measured.get((name, size, "ours")) for size in (min(sizes), max(sizes)))
        if small and large and small.cpu and min(sizes) < max(sizes):
            growth = large.cpu / small.cpu
            what = f"{title}, CPU at {max(sizes):,} / at {min(sizes):,}"
            found.append(Verdict(what, f"{growth:.2f}", f"<= {FLAT:g}", growth <= FLAT))
    return found


def _export(measured: Measured, sizes: Sequence[int], vendor: str) -> list[Verdict]:
    rounds = measured.get(("csv", max(sizes), "ours"))
    if rounds is None or not rounds.rows_per_second:
        return []
    speed, first, growth = median(rounds.rows_per_second), median(rounds.first_byte), max(rounds.growth)
    wanted = CSV_ROWS_PER_SECOND[vendor]
    return [
        Verdict("CSV speed", f"{speed:,.0f} rows/s", f">= {wanted:,}", speed >= wanted),
        Verdict("CSV first byte", f"{first:.2f} s", f"<= {CSV_FIRST_BYTE} s", first <= CSV_FIRST_BYTE),
        Verdict("CSV memory", f"+{growth / 2**20:.1f} MiB", "<= 16 MiB", growth <= CSV_GROWTH),
    ]


def _sound(measured: Measured) -> list[Verdict]:
    bad = [(key, rounds) for key, rounds in measured.items() if rounds.faults]
    words = "; ".join(f"{key[2]} {key[0]}: {rounds.faults} × {rounds.fault}" for key, rounds in bad)
    return [Verdict("answers as expected", words or "all", "all", not bad)]
