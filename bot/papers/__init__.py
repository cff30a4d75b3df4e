"""Papers gathered, merged, named by people, looked up, and cited."""
