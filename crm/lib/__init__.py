"""Things without models that any room may use."""
