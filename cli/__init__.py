"""The operator's door: `testbuy` on the command line, and the processes of an installation.

Owns starting, ending and looking after an installation. Leaves every change to a test buy to
`casework`.
"""
