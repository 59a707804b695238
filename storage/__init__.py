"""Rows: the tables, the one way to open a transaction, and a query module per noun.

Owns all SQL. Leaves every rule to `rules` and every change's meaning to `casework`.
"""
