"""The SLA report. One query (`facts.py`) stands behind the page, the command, the case lists and the exports."""
