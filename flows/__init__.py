"""Prefect's flows: the order in which a test buy's steps are due, and the worker that runs them.

Owns the order of steps and what Prefect shows of it. Leaves the steps to `tasks`, every change to
`casework`, and every decision to `rules`.
"""
