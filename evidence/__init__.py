"""What proves something later: photos, vault, ledger, dossier, bundle. Works with no database.

Owns original bytes, their digests, and the documents made of them. Leaves what a photo must show to
`rules`, and which rows refer to which digest to `storage`.
"""
