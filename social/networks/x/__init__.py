"""X (Twitter): how it counts, how it is spoken to, what comes from it. docs/channels.md says how it is connected."""
