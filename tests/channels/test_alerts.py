"""Prometheus' own tool reads our alerts."""

import subprocess
from pathlib import Path

from tests.channels.conftest import need

ALERTS = Path(__file__).resolve().parents[2] / "docs" / "deploy" / "alerts.yml"
PROOF = """
rule_files: [{alerts}]
evaluation_interval: 15s
tests:
  - interval: 15s
    input_series:
      - {{series: sapa_clock_overdue_seconds, values: 0x8 30x8}}
      - {{series: sapa_clock_heartbeat_seconds, values: 1x16}}
      - {{series: sapa_events_parked, values: 0x16}}
    alert_rule_test:
      - {{eval_time: 2m, alertname: SapaClockLate, exp_alerts: []}}
      - {{eval_time: 2m, alertname: SapaAway, exp_alerts: []}}
      - eval_time: 4m
        alertname: SapaClockLate
        exp_alerts:
          - exp_labels: {{severity: critical}}
            exp_annotations:
              summary: SLA clocks are handled 30s late
              do: Start a clock worker; it catches up, every mark exactly once. Look for "sweep failed" in its log.
  - interval: 15s
    input_series: [{{series: sapa_requests_total, values: 0x20}}]
    alert_rule_test:
      - eval_time: 4m
        alertname: SapaAway
        exp_alerts:
          - exp_labels: {{severity: critical}}
            exp_annotations:
              summary: No numbers come from Sapa
              do: Is web up, does the proxy answer, is the metrics token right, does /readyz say 200?
"""


def told(*words: str) -> str:
    done = subprocess.run([need("promtool"), *words], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_rule_is_one_to_prometheus() -> None:
    assert "SUCCESS" in told("check", "rules", str(ALERTS))


def test_a_late_clock_and_a_silent_product_ring(tmp_path: Path) -> None:
    proof = tmp_path / "proof.yml"
    proof.write_text(PROOF.format(alerts=ALERTS))
    told("test", "rules", str(proof))
