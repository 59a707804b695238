"""What comes in: uploads, the desk's parcels, codes on goods."""
