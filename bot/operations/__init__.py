"""Keep the process running and report on it: service, ticker, web server, status, doctor."""
