"""What the measurements are told with: quantiles, goals, tables, and what wrk says."""

import pytest

from bench.load import _BAD, _found, _milliseconds
from bench.tables import Goal, Report, markdown, p50, p95, quantile

WRK = """Running 5s test @ http://127.0.0.1:8000
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    25.31ms    8.87ms 122.14ms   89.37%
    Req/Sec   318.40     39.65   390.00     78.00%
  Latency Distribution
     50%  980.00us
     75%   27.26ms
     90%   31.07ms
     99%    1.02s
  1589 requests in 5.01s, 41.04MB read
  Socket errors: connect 0, read 3, write 0, timeout 1
  Non-2xx or 3xx responses: 12
Requests/sec:    317.31
Transfer/sec:      8.19MB
"""


def test_quantiles_are_values_that_occurred():
    values = [float(number) for number in range(1, 101)]
    assert (p50(values), p95(values), quantile(values, 0.99)) == (50.5, 95.0, 99.0)
    assert p95([3.0, 1.0]) == 3.0
    assert quantile([7.0], 0.5) == 7.0


@pytest.mark.parametrize(
    ("goal", "value", "verdict"),
    [
        (Goal(most=5, unit=" ms"), 5.0, "at most 5 ms: met"),
        (Goal(most=5, unit=" ms"), 5.01, "at most 5 ms: **missed**"),
        (Goal(least=0.85), 0.85, "at least 0.85: met"),
        (Goal(least=0.85), 0.849, "at least 0.85: **missed**"),
    ],
)
def test_a_goal_is_met_or_missed(goal, value, verdict):
    assert goal.verdict(value) == verdict


def test_a_report_shows_goals_beside_numbers():
    report = Report()
    report.times("search", [1.0] * 19 + [20.0], "note", goal_p50=2.0, goal_p95=0.5)
    assert str(report).splitlines()[-1] == (
        "| search | 1.00 ms | 1.00 ms | p50 at most 2 ms: met; p95 at most 0.5 ms: **missed** | note |"
    )
    assert markdown(("a", "b"), [("x", "1")]) == "| a | b |\n| -- | --: |\n| x | 1 |"


def test_wrk_is_read_in_all_its_units_and_its_errors_are_kept():
    assert float(_found(r"Requests/sec:\s+([\d.]+)", WRK)[0]) == 317.31
    assert _milliseconds(WRK, "50%") == 0.98
    assert _milliseconds(WRK, "75%") == 27.26
    assert _milliseconds(WRK, "99%") == 1020.0
    assert [match[0] for match in _BAD.finditer(WRK)] == [
        "Socket errors: connect 0, read 3, write 0, timeout 1",
        "Non-2xx or 3xx responses: 12",
    ]
    with pytest.raises(SystemExit, match="something else"):
        _milliseconds("unable to connect", "50%")
