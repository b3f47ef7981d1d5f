"""Metrics with a definition, a unit, an owner, a direction and a target.

`folds` counts, `figure` turns counts into figures, `measure` does both for a metric of trod.yml,
`words` holds what each kind means. All figures are integers: millionths, or microseconds of a time.
"""
