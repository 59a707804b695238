"""Mails, and packages on their way out by folder or mail."""
