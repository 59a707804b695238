"""Words of enums that English writes otherwise than their values: `grey_market` needs none."""

NAMES = {
    "exif_device": "EXIF device", "wilson": "Wilson", "clopper_pearson": "Clopper–Pearson",
    "warned": "warning", "listing_removed": "removal of listings",
    "shop_closed": "closure of the shop",
    "referral_move.send": "handed over", "referral_move.acknowledge": "acknowledged",
    "referral_move.accept": "accepted", "referral_move.decline_by_agency": "declined",
    "referral_move.ask_material": "further material asked for",
    "referral_move.send_material": "further material sent", "referral_move.plan": "action planned",
    "referral_move.file": "criminal file opened", "referral_move.indict": "indictment",
    "referral_move.close": "closed",
}  # fmt: skip
"""By value, or by group and value where it means something of its own there: names, initials,
measures not yet taken, what an agency did.
"""
