"""Simulated people, who act only through the portal's own pages and as customers of a shop.

Owns what each does when a page shows that something waits for them. Leaves the script of each
listing to `simulator.stories`, and starting them to whoever runs the demonstration.
"""
