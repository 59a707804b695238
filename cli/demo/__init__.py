"""`testbuy demo`: what is played, by whom, how it looks, and what is told of it afterwards."""
