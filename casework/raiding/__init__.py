"""Raids: planned, carried out, what sources say was seized, and who else was found."""
