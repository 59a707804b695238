"""What an auditor asks: does everything kept still hold, does this seal, who looked at what."""
