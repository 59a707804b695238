"""All that is on record of a test buy, read in one view and checked, and the key that signs it."""
