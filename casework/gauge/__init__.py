"""What an operator's trade comes to: thresholds, prices, made-up orders, and the gap to refer.

Leaves the sums to `rules`.
"""
