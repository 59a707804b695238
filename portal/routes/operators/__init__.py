"""Operators and their shops: what ties them, sellers' pictures, what the docket says of one."""
