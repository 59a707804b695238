"""Requests and campaigns, what a buyer does with a phone, and the test buy's own page."""
