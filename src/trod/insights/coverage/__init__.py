"""Where customers need a person and meet none: by stage and kind of customer, and as findings."""
