"""The benchmarks: each module prints medians and ratios of one run. They measure and never fail for being slow."""
