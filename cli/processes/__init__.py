"""The processes of an installation: what each is, started, watched and ended together."""
