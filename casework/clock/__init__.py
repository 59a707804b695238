"""What the clock does: wake-ups brought to Prefect, leases of runs, deadlines, sweeps, anchors."""
