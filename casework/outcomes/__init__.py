"""The rows of what comes of a test buy: referral, package, claim, sanction, and its one word.

Owns holding a row, bringing it one step on, and which of them rest on a test buy: what the rest of
casework asks before it changes something. Leaves every decision about them to `referring`, `suing`
and `sanctioning`.
"""
