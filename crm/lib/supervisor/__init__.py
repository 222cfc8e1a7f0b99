"""`make run`: every process of the product under one parent, for a machine without a process manager.

docs/adr/0003-own-supervisor.md says why it is our own.
"""
