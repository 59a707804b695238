"""What an auditor opens: overrides, verified chains, seals, keys, who looked at what."""
