"""Canned replies: texts written once and used often, with fields in braces."""
