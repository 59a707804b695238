"""Flags, made-up orders, and how often a flag's source was right."""
