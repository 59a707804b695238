"""Civil claims, suits of a campaign, and what is struck."""
