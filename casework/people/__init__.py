"""Accounts: how a person comes in, proves who they are, is shut out, and leaves work behind."""
