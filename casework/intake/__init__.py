"""What comes in of a test buy: captures, photos, codes, the parcel, a desk's consignment."""
