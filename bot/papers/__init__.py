"""Papers: collected, merged, named by people, looked up, cited."""
