"""Fails when an alert does not ring as it should, or what watches Ordinaut asks for a metric that it does not have.

promtool is the judge of every expression; the names are those that tests/e2e/metrics_test.cpp finds in the running program."""
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MONITORING = ROOT / "docker/monitoring"
OURS = re.compile(r"\b(?:ord|orchestrator|process)_[a-z_]+[a-z]\b(?!\s*=)")


def promtool(*arguments):
    return subprocess.run(["promtool", *arguments], capture_output=True, text=True, cwd=MONITORING, timeout=60)


def metrics_of_the_program():
    text = (ROOT / "tests/e2e/metrics_test.cpp").read_text()
    return set(re.findall(r'^    "([a-z_]+)",$', text, re.M))


def expressions():
    """(where, expression) of the dashboard."""
    dashboard = json.loads((MONITORING / "grafana/ordinaut.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"].replace("$__rate_interval", "5m")


def asked_for(expression):
    without_labels = re.sub(r"\{[^}]*\}|\bby \([^)]*\)", "", expression)
    return {re.sub(r"_(bucket|count|sum)$", "", name) for name in OURS.findall(without_labels)}


class Monitoring(unittest.TestCase):
    def assert_judged_right(self, *arguments):
        judged = promtool(*arguments)
        self.assertEqual(judged.returncode, 0, judged.stdout + judged.stderr)

    def test_the_scrape_configuration_and_the_rules_are_right(self):
        self.assert_judged_right("check", "config", "prometheus.yaml")
        self.assert_judged_right("check", "rules", "--lint=all", "--lint-fatal", "alerts.yaml")

    def test_every_alert_rings_when_it_should(self):
        self.assert_judged_right("test", "rules", "alerts_test.yaml")
        alerts = set(re.findall(r"alert: (\w+)", (MONITORING / "alerts.yaml").read_text()))
        rung = re.findall(r"alertname: (\w+)\n        exp_alerts", (MONITORING / "alerts_test.yaml").read_text())
        self.assertEqual(alerts, set(rung), "every alert has a test in which it rings")

    def test_the_dashboard_asks_what_prometheus_understands(self):
        rules = [{"record": f"panel:{n}", "expr": expression} for n, (_, expression) in enumerate(expressions())]
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)  # JSON is YAML.
            file.flush()
            self.assert_judged_right("check", "rules", file.name)

    def test_what_is_asked_for_exists(self):
        known = metrics_of_the_program()
        self.assertGreater(len(known), 20)
        for title, expression in expressions():
            self.assertEqual(asked_for(expression) - known, set(), f"{title}: {expression}")
            self.assertTrue(asked_for(expression), title)
        alerts = re.sub(r"(?m)^\s*(summary|description):.*$", "", (MONITORING / "alerts.yaml").read_text())
        self.assertEqual(asked_for(alerts) - known, set())

    def test_every_panel_has_a_place_of_its_own(self):
        dashboard = json.loads((MONITORING / "grafana/ordinaut.json").read_text())
        taken = set()
        for panel in dashboard["panels"]:
            grid = panel["gridPos"]
            cells = {(x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])}
            self.assertFalse(cells & taken, panel["title"])
            self.assertLessEqual(grid["x"] + grid["w"], 24, panel["title"])
            taken |= cells


if __name__ == "__main__":
    unittest.main()
