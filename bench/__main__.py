"""`make bench`: every benchmark in one run; each prints its ratios and refreshes its part of docs/performance.md."""

import pkgutil
from importlib import import_module

import bench

if __name__ == "__main__":
    for module in pkgutil.iter_modules(bench.__path__, "bench."):
        if module.name != "bench.__main__" and hasattr(one := import_module(module.name), "main"):
            one.main()
