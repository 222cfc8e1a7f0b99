"""What the operators see: logs without personal data, request ids, probes, numbers for Prometheus."""
