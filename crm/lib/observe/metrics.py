"""The numbers that processes count themselves; those read from tables are in crm/reports/metrics.py.

Under several processes they meet in the folder PROMETHEUS_MULTIPROC_DIR names, which prometheus_client reads when it
is imported.
"""

import os
import socket

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, multiprocess, values

if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
    # Containers share the folder, and each has a process 1.
    values.ValueClass = values.MultiProcessValue(lambda: f"{socket.gethostname()}-{os.getpid()}")

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter("sapa_requests_total", "Requests answered.", ["view", "method", "status"])
REQUEST_SECONDS = Histogram("sapa_request_seconds", "Time to answer.", ["view", "method"], buckets=SECONDS)
TASK_SECONDS = Histogram("sapa_task_seconds", "Run time of tasks.", ["task", "state"], buckets=(*SECONDS, 60, 600))


def counted() -> CollectorRegistry:
    """What all processes together have counted."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return registry
