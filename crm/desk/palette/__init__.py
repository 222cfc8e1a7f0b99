"""The palette behind Ctrl+K: finds people, cases and pages, and does what can be done here."""
