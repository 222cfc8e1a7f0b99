"""A year of the 24 Program Caring: what happened to lines, the nights that made tasks of it, and what people did."""
