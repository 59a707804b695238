"""What pages read: one module a family of pages, each a consistent view from one transaction.

Owns who may see which row (own tasks, granted brands, a shot's audience) and hides the rest as if
it were not there. Changes nothing.
"""
