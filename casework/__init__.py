"""Every change to a test buy, through one door; one transaction each.

Owns what a move writes: the row, its record, the ledger entry and the wake-up, together or not at
all. Leaves what is allowed to `rules`, SQL to `storage`, and calls to other people's systems to
`tasks`.

`move` is the door. The folders follow the way of the data, each built on those below it and on no
other; their order is a contract of pyproject.toml. `views` is what pages read.
"""
