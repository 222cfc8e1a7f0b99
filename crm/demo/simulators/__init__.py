"""Networks that a developer's machine cannot reach, each a process of its own that speaks the network's protocol."""
