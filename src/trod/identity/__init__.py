"""Takes touchpoints, gives who did it, keeps evidence. No name of a journey is known here."""
