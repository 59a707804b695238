"""What is set and minded: categories and their shots, the frame, prices, runs that do not come."""
