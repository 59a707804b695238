"""The programme's rules: frozen facts and `now` in, a decision with its reasons out.

Owns what is allowed and why. Knows no clock, disk, chance, database or framework; the floors above
read the facts, ask here, and act.
"""
