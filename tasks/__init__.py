"""One retryable step each, around the outside world: a marketplace, a carrier, an agency.

A task asks casework what is due, makes one call outside any transaction, and hands casework what
came of it. It decides nothing.
"""
