"""Word of what happens: notices to people here, events owed to webhooks and their delivery.

Owns that word is owed in the transaction of the change itself. Leaves mails to `casework.mails`.
"""
