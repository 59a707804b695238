"""Coming in: accounts, invitations, sign-on, second factors, languages, tokens; who may what."""
