"""Inbox, mails, and webhooks."""
