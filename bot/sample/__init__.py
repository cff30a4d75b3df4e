"""An invented sample day: papers, sources and summaries without any network."""
