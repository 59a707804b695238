"""The door for people: server-rendered pages and forms over casework.

Owns what a page shows and which fields a form has, sessions' cookies, the permission of every
route, and the words in which refusals and faults reach a person. Leaves every change to `casework`,
so that a handler parses, makes one call and redirects.
"""
