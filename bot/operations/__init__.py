"""Keeps the process running and tells how it is: service, ticker, web server, status, doctor."""
