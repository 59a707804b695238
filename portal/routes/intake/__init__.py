"""What comes in: uploads, the desk's parcels, photos and whom they resemble, codes on goods."""
